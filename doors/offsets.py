"""A text as a line gave it -> the texts that the door made of it, each character with its place."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ticketstream.doors.intake.charset import CONTROL, LINE_END, UNSEEN
from ticketstream.doors.intake.quotes import quoted_lines
from ticketstream.processors.detectors.span import Span

BLANKS = re.compile(r"\n{3,}")


@dataclass(frozen=True, slots=True)
class Traced:
    """A text made from another; `places` says where in that one each character stood."""

    text: str
    places: tuple[int, ...]

    @classmethod
    def same(cls, given: str) -> "Traced":
        """A given text, as it is."""
        return cls(given, (*range(len(given)),))

    @classmethod
    def of(cls, given: str) -> "Traced":
        """A given text, as the door cleans every one."""
        return cls.same(given).sub(LINE_END, "\n").sub(CONTROL, "").sub(UNSEEN, "")

    def sub(self, pattern: re.Pattern[str], by: str) -> "Traced":
        """With everything that the pattern matches replaced."""
        kept, place = [], 0
        for found in pattern.finditer(self.text):
            start = self.places[found.start()]
            kept += [self.cut(place, found.start()), Traced(by, (start,) * len(by))]
            place = found.end()
        return joined([*kept, self.cut(place, len(self.text))])

    def cut(self, start: int, end: int) -> "Traced":
        return Traced(self.text[start:end], self.places[start:end])

    def lines(self) -> "list[Traced]":
        """Line by line, each with the newline that ends it."""
        ends = [m.end() for m in re.finditer("\n", self.text)]
        return [self.cut(*ends_of) for ends_of in pairwise([0, *ends, len(self.text)])]

    def stripped(self) -> "Traced":
        """Without white space at its end, newlines apart."""
        words = self.text.rstrip()
        newline = len(self.text.removesuffix("\n"))
        return joined([self.cut(0, len(words)), self.cut(newline, len(self.text))])

    def told(self, spans: Iterable[Span]) -> list[dict[str, Any]]:
        """Spans as JSON has them, in offsets of the given text."""
        return [
            {
                "start": self.places[span.start],
                "end": self.places[span.end - 1] + 1,
                "type": span.type,
                "score": span.score,
                "detector": span.detector,
            }
            for span in spans
        ]


def joined(parts: Iterable[Traced]) -> Traced:
    """Texts one behind the other."""
    listed = [*parts]
    return Traced("".join(p.text for p in listed), tuple(i for p in listed for i in p.places))


def split(given: str) -> tuple[Traced, Traced]:
    """What is new in a mail's text and what it quotes, as `intake.quotes.split_quote` says."""
    lines = Traced.of(given).lines()
    marks = quoted_lines([line.text.removesuffix("\n") for line in lines])
    pairs = [*zip(lines, marks, strict=True)]
    return _part(pairs, quoted=False), _part(pairs, quoted=True)


def _part(lines: Iterable[tuple[Traced, bool]], *, quoted: bool) -> Traced:
    whole = joined(line.stripped() for line, marked in lines if marked is quoted)
    whole = whole.sub(BLANKS, "\n\n")
    end = len(whole.text.rstrip("\n"))
    return whole.cut(min(len(whole.text) - len(whole.text.lstrip("\n")), end), end)
