"""What a detector found: a stretch of text, its type, how sure that is, and who says so."""

import re
from collections.abc import Callable
from dataclasses import dataclass

# a letter or digit must not stand directly before or after; an underscore may (file names)
LEFT = r"(?<![^\W_])"
RIGHT = r"(?![^\W_])"


@dataclass(frozen=True, slots=True)
class Span:
    """Characters `start` to `end` (exclusive) of a text; `score` 0 to 1."""

    start: int
    end: int
    type: str
    score: float
    detector: str


def scan(
    candidate: re.Pattern[str], read: Callable[[re.Match[str]], Span | None], text: str
) -> list[Span]:
    """What `read` makes of each candidate; the search goes on behind what it took of it."""
    spans: list[Span] = []
    place = 0
    while found := candidate.search(text, place):
        span = read(found)
        if span is not None:
            spans.append(span)
        place = span.end if span is not None else found.start() + 1
    return spans


def offsets_of(surface: str) -> list[int]:
    """Where the letters and digits of a number stand that is written with separators."""
    return [i for i, c in enumerate(surface) if c.isalnum()]
