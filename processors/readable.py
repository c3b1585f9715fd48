"""spans, the shop's own words -> the spans without those: they stay readable."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from ticketstream.processors.detectors import CANONICAL, canonical, url
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.stems import lowered, phrases

HOST = re.compile(r"(?:https?://)?[\w-]+(?:\.[\w-]+)+(?:/\S*)?")


@dataclass(frozen=True, slots=True)
class Readable:
    """The shop's own words: where they stand, as hosts, and in each type's one spelling."""

    places: Callable[[str], Iterator[tuple[int, int]]]
    hosts: tuple[str, ...]
    values: frozenset[str]


@cache
def readable_of(own: frozenset[str]) -> Readable:
    """Names, addresses, numbers, sites and goods of a shop, made ready for comparison."""
    words = [lowered(o.strip()) for o in own if o.strip()]
    hosts = {url.host(o).removeprefix("www.") for o in own if HOST.fullmatch(o)}
    values = {canonical(kind, o) for o in own for kind in (*CANONICAL, "IBAN")}
    return Readable(phrases(words), (*hosts,), frozenset(values - {""}))


def without_own(text: str, spans: Sequence[Span], own: frozenset[str]) -> list[Span]:
    """The spans that are not the shop's own contact data, nor its goods."""
    if not spans or not own:
        return list(spans)
    readable = readable_of(own)
    places = [*readable.places(text)]
    return [s for s in spans if not is_own(text[s.start : s.end], s, readable, places)]


def is_own(surface: str, span: Span, readable: Readable, places: Sequence[tuple[int, int]]) -> bool:
    """Whether a span is the shop's: within its own words, on its own site, or its own number."""
    if any(start <= span.start and span.end <= end for start, end in places):
        return True
    if span.type == "URL":
        site = url.host(surface)
        return any(site == h or site.endswith(f".{h}") for h in readable.hosts)
    return canonical(span.type, surface) in readable.values
