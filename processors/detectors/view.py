"""text -> the same text as detectors read it, with the way back to where each character stood.

Full-width and other compatibility forms become plain ones (NFKC), and so do dashes and apostrophes;
what nobody sees is dropped; look-alikes in words with digits or Latin letters become those.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace

from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

# soft hyphen, zero-width characters, marks of direction, byte order mark, variation selectors
UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e0fff]"
)
# a character and what combines with it; bounded, for reordering marks takes quadratic time
CLUSTER = re.compile(
    "(?s:.)[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u064b-\u065f\u20d0-\u20f0\u3099\u309a]{0,8}"
)
# lines through and under letters, and marks that no letter takes up: what they stand on is meant
STRAY = re.compile("[\u0300-\u036f\u0488\u0489\u20d0-\u20f0]")
MARKS = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2212\ufe58\ufe63\uff0d"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u02bc\u02b9\u2032"), "'"),
}
LOOK_ALIKES = str.maketrans(
    "АВЕЅІЈКМНОРСТУХаеорсухіјѕԁӏΑΒΕΖΗΙΚΜΝΟΡΤΥΧο",  # noqa: RUF001
    "ABESIJKMHOPCTYXaeopcyxijsdlABEZHIKMNOPTYXo",
)
WORD = re.compile(r"[^\W_]+(?:[-.@/][^\W_]+)*")
OTHER_DIGIT = re.compile(r"(?![0-9])\d")
FOREIGN = re.compile("[\u0370-\u052f]")
# O for zero and I or l for one, in a word that is digits otherwise: 37O4, l2345, but not 20l
TOUCHING = re.compile(r"[0-9][OoIl]|[OoIl][0-9]")
MISTYPED = re.compile(
    rf"{LEFT}(?=[0-9OoIl]*[OoIl])(?=(?:[OoIl]*[0-9]){{2}})"
    rf"[OoIl]?[0-9]+(?:[OoIl]+[0-9]+)*[Oo]?{RIGHT}"
)
DIGITS = str.maketrans("OoIl", "0011")


@dataclass(frozen=True, slots=True)
class View:
    """What detectors read; `starts` and `ends` say which characters of the original each one is.

    Both are empty where the view has as many characters as the original, one for one.
    """

    text: str
    starts: Sequence[int] = ()
    ends: Sequence[int] = ()

    def original(self, span: Span) -> Span:
        """The span in the original text; what is seen only in part is covered whole."""
        if not self.starts:
            return span
        return replace(span, start=self.starts[span.start], end=self.ends[span.end - 1])


def view(text: str) -> View:
    """The text as detectors read it."""
    if text.isascii():
        return View(corrected(text))
    seen = text.translate(MARKS)
    if unicodedata.is_normalized("NFKC", seen) and not (UNSEEN.search(seen) or STRAY.search(seen)):
        return View(corrected(seen))
    pieces: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for found in CLUSTER.finditer(seen):
        piece = STRAY.sub("", UNSEEN.sub("", unicodedata.normalize("NFKC", found[0])))
        pieces.append(piece)
        starts += [found.start()] * len(piece)
        ends += [found.end()] * len(piece)
    return View(corrected("".join(pieces)), starts, ends)


def corrected(text: str) -> str:
    """The text with look-alikes written as what they look like; its length stays."""
    if not text.isascii():
        if FOREIGN.search(text):
            text = WORD.sub(latin, text)
        text = OTHER_DIGIT.sub(lambda m: str(unicodedata.decimal(m[0])), text)
    if not TOUCHING.search(text):
        return text
    return MISTYPED.sub(lambda m: m[0].translate(DIGITS), text)


def latin(found: re.Match[str]) -> str:
    """A word in Latin letters, if it has digits or Latin letters already."""
    word = found[0]
    mixed = any(c.isascii() or c.isdigit() for c in word)
    return word.translate(LOOK_ALIKES) if mixed else word
