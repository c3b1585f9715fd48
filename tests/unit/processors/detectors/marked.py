"""A text with `⟦TYPE:value⟧` in it -> the plain text and what a detector must find there."""

import re
from collections.abc import Callable

from ticketstream.processors.detectors.span import Span
from ticketstream.processors.masking import resolve

MARK = re.compile(r"⟦(?:([A-Z_]+):)?(.*?)⟧", re.DOTALL)
Find = Callable[[str], list[Span]]


def plain(text: str) -> str:
    """The text without its marks."""
    return MARK.sub(lambda m: m[2], text)


def wanted(text: str) -> list[str]:
    """The marked values in order."""
    return [m[2] for m in MARK.finditer(text)]


def found(find: Find, text: str) -> list[str]:
    """What a detector finds in a text, in order, overlaps as one."""
    return [text[s.start : s.end] for s in resolve(text, find(text))]


def scores(find: Find, text: str) -> list[float]:
    """How sure a detector is of what it found, in order."""
    return [s.score for s in resolve(text, find(text))]
