"""text -> URL spans: with a scheme, with www, or a bare host with a path behind it."""

import re

from ticketstream.processors.detectors.span import LEFT, Span

ADDRESS = re.compile(r'(?:https?://|www\.)[^\s<>"]{2,2048}', re.IGNORECASE)
BARE = re.compile(
    rf"{LEFT}(?:[a-z0-9-]{{1,63}}\.){{1,4}}"
    r'(?:com|de|at|ch|nl|ie|uk|eu|org|net|info|io|me|shop|example)/[^\s<>"]{2,2048}',
    re.IGNORECASE,
)
TRAILING = ".,;:!?'*_]}»”"


def find(text: str) -> list[Span]:
    """Every web address; punctuation behind it is not part of it."""
    found = list(ADDRESS.finditer(text)) if "://" in text or "www." in text.lower() else []
    if "/" in text:
        found += BARE.finditer(text)
    return [Span(m.start(), m.start() + len(trimmed(m[0])), "URL", 0.99, "url") for m in found]


def trimmed(url: str) -> str:
    """The address without the punctuation of the sentence that it stands in."""
    bare = url.rstrip(TRAILING)
    if bare.endswith(")") and bare.count(")") > bare.count("("):
        return trimmed(bare[:-1])
    return bare


def canonical(surface: str) -> str:
    """The address itself: its path may tell capitals apart."""
    return surface


def host(url: str) -> str:
    """The host of a web address, in lower case."""
    return re.split(r"[/?#:]", re.sub(r"^https?://", "", url.lower()), maxsplit=1)[0].split("@")[-1]
