"""parts of a ticket and what was found in them -> masked parts and what their tokens stand for."""

from bisect import bisect_left, bisect_right, insort
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ticketstream.processors.detectors.span import Span
from ticketstream.schemas.masked import Token, TokenValue
from ticketstream.vault import tokens

OWN = "OWN"  # what is a token of the ticket already: no type of a value


@dataclass(frozen=True, slots=True)
class Masking:
    """Masked parts in the order given, every token with its value, and how often each stands."""

    parts: tuple[str, ...]
    values: tuple[TokenValue, ...]
    counts: Mapping[str, int]

    @property
    def tokens(self) -> tuple[Token, ...]:
        """The tokens by first appearance, with type and count."""
        named = ((t, tokens.name_of(t), n) for t, n in self.counts.items())
        return tuple(Token(t, name.type, n) for t, name, n in named if name)

    @property
    def findings(self) -> dict[str, int]:
        """How often a value of each type stood in the ticket."""
        total: Counter[str] = Counter()
        for found in self.tokens:
            total[found.type] += found.count
        return dict(total)


def resolve(text: str, spans: Sequence[Span], fixed: Sequence[Span] = ()) -> list[Span]:
    """Spans without overlaps, in order; every letter and digit that was found stays covered.

    Spans of one type that overlap become one. Of two types the higher score wins, then the longer
    span, then the earlier; what sticks out of the other stays a span of its own. `fixed` spans lie
    in order beside each other and win over all.
    """
    kept = list(fixed)
    for span in sorted(_joined(spans), key=lambda s: (-s.score, s.start - s.end, s.start, s.type)):
        for rest in _beside(text, span, kept):
            insort(kept, rest, key=_start)
    return kept


def _joined(spans: Sequence[Span]) -> list[Span]:
    """Overlapping spans of one type as one, with the best score among them."""
    made: list[Span] = []
    for span in sorted(spans, key=lambda s: (s.type, s.start, -s.end)):
        if span.start == span.end:
            continue
        last = made[-1] if made else None
        if last and last.type == span.type and span.start < last.end:
            best = max(last, span, key=lambda s: s.score)
            made[-1] = replace(best, start=last.start, end=max(last.end, span.end))
        else:
            made.append(span)
    return made


def _beside(text: str, span: Span, kept: Sequence[Span]) -> Iterator[Span]:
    """What of a span no kept span covers: all of it, or the parts that hold letters or digits."""
    place = span.start
    first = max(bisect_right(kept, span.start, key=_start) - 1, 0)
    last = bisect_left(kept, span.end, key=_start)
    cuts = [s for s in kept[first:last] if span.start < s.end]
    if not cuts:
        yield span
        return
    for start, end in [*((s.start, s.end) for s in cuts), (span.end, span.end)]:
        written = [i for i in range(place, start) if text[i].isalnum()]
        if written:
            yield replace(span, start=written[0], end=written[-1] + 1)
        place = max(place, end)


def _start(span: Span) -> int:
    return span.start


class Numbering:
    """Which token stands for which value of a ticket; grows as values are met.

    Args:
        write: writes the tokens of this ticket.
        canonical: the same text for every spelling of a value of a type.
        given: tokens that the ticket has already; they keep their values.
    """

    def __init__(
        self,
        write: tokens.Write,
        canonical: Callable[[str, str], str],
        given: Sequence[TokenValue] = (),
    ) -> None:
        self.values: list[TokenValue] = []
        self._write = write
        self._canonical = canonical
        self._tokens: dict[tuple[str, str], str] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._last: Counter[str] = Counter()
        self._spellings: Counter[tuple[str, int]] = Counter()
        for value in given:
            self._take(value)

    def token_of(self, kind: str, surface: str) -> str:
        """The token of a value; a new value gets the next number, a new spelling the next form."""
        if (kind, surface) not in self._tokens:
            same = self._canonical(kind, surface)
            number = self._numbers.get((kind, same), self._last[kind] + 1)
            spelling = self._spellings[kind, number] + 1
            self._take(TokenValue(self._write(kind, number, spelling), surface))
        return self._tokens[kind, surface]

    def _take(self, value: TokenValue) -> None:
        self.values.append(value)
        name = tokens.name_of(value.token)
        if name is None:
            return
        self._tokens[name.type, value.value] = value.token
        self._numbers.setdefault((name.type, self._canonical(name.type, value.value)), name.number)
        self._last[name.type] = max(self._last[name.type], name.number)
        key = (name.type, name.number)
        self._spellings[key] = max(self._spellings[key], name.spelling)


def mask_parts(
    parts: Sequence[str],
    found: Sequence[Sequence[Span]],
    numbering: Numbering,
    own: frozenset[str] = frozenset(),
) -> Masking:
    """Each part with its spans replaced by tokens, numbered by first appearance over all parts.

    Args:
        parts: texts in the order in which values are numbered.
        found: the spans of each part, overlaps allowed.
        numbering: the ticket's tokens so far.
        own: tokens that may stand in the parts as tokens (a text that was written masked).

    Exact: `unmask(masked, values)` is the part, byte for byte, when `own` is empty.
    """
    masked = [
        "".join(pieces(part, resolve(part, spans, owned(part, own)), numbering))
        for part, spans in zip(parts, found, strict=True)
    ]
    counts = Counter(t for part in masked for t in tokens.tokens_in(part))
    return Masking(tuple(masked), tuple(numbering.values), counts)


def owned(part: str, own: frozenset[str]) -> list[Span]:
    """Where tokens of the ticket stand in a text: nothing within them is a value."""
    if not own:
        return []
    spans = (m.span() for m in tokens.TOKEN_LIKE.finditer(part) if m[0] in own)
    return [Span(start, end, OWN, 1.0, "token") for start, end in spans]


def pieces(part: str, spans: Sequence[Span], numbering: Numbering) -> Iterator[str]:
    """What stays, escaped, and the tokens between."""
    place = 0
    for span in spans:
        surface = part[span.start : span.end]
        yield tokens.escape(part[place : span.start])
        yield surface if span.type == OWN else numbering.token_of(span.type, surface)
        place = span.end
    yield tokens.escape(part[place:])
