"""The text of a mail in, what is new in it and what it quotes out, in any common language."""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from ticketstream.doors.intake.quote_signs import QUOTED, heading
from ticketstream.doors.intake.signature import says_nothing, signature_at

FULL_LINE = 65  # characters: mail programs wrap quoted lines of such a length
SENTENCE_END = (".", "!", "?", ":", ";", ">")


class Split(NamedTuple):
    """A mail's own words, and the words of others that it carries."""

    newest: str
    quoted: str


def split_quote(text: str) -> Split:
    """New words and quoted words; every line that is not blank lands in one of the two, in order.

    Lines behind `>` and headings over them are quotes; text between them is new, so answers given
    point by point stay; a signature under them goes with the quotes. A heading without `>` below it
    ("-----Original Message-----", Outlook's From block, "On ... wrote:") makes a quote of all that
    follows. A mail that is nothing but a quote (forwarded without a word) speaks with the quote's
    words: then nothing is quoted.
    """
    lines = text.split("\n")
    marks = quoted_lines(lines)
    newest = _joined(line for line, quoted in zip(lines, marks, strict=True) if not quoted)
    quoted = _joined(line for line, quoted in zip(lines, marks, strict=True) if quoted)
    return Split(newest, quoted)


def quoted_lines(lines: Sequence[str]) -> list[bool]:
    """For each line whether it is quoted; none is where nothing else is said."""
    marks = _marks(lines)
    _mark_signature(lines, marks)
    own = "\n".join(line for line, quoted in zip(lines, marks, strict=True) if not quoted)
    return [False] * len(lines) if says_nothing(own) else marks


def _marks(lines: Sequence[str]) -> list[bool]:
    """For each line whether it is quoted."""
    marks = [False] * len(lines)
    at = 0
    while at < len(lines):
        if QUOTED.match(lines[at]) or _is_wrapped(lines, at, marks):
            marks[at] = True
        elif found := heading(lines[at : at + 24]) if lines[at].strip() else None:
            end = at + found.lines
            below = next((line for line in lines[end:] if line.strip()), "")
            if not QUOTED.match(below) and found.sure:
                return [*marks[:at], *([True] * (len(lines) - at))]
            if QUOTED.match(below):
                marks[at:end] = [True] * found.lines
                at = end - 1
        at += 1
    return marks


def _mark_signature(lines: Sequence[str], marks: list[bool]) -> None:
    """Mark the signature under the new words, where there are any above it."""
    own = [at for at, quoted in enumerate(marks) if not quoted]
    begins = signature_at([lines[at] for at in own])
    if begins is None or says_nothing("\n".join(lines[at] for at in own[:begins])):
        return
    for at in own[begins:]:
        marks[at] = True


def _is_wrapped(lines: Sequence[str], at: int, marks: Sequence[bool]) -> bool:
    """The rest of a long quoted line that a mail program broke and left without its `>`."""
    if not (0 < at < len(lines) - 1 and marks[at - 1] and QUOTED.match(lines[at + 1])):
        return False
    above, line = lines[at - 1].rstrip(), lines[at]
    goes_on = len(above) >= FULL_LINE and not above.endswith(SENTENCE_END)
    return bool(line.strip()) and goes_on and QUOTED.match(above) is not None


def _joined(lines: Iterable[str]) -> str:
    """Lines as text, blank lines at the ends and doubled ones left out."""
    text = "\n".join(line.rstrip() for line in lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip("\n")
