"""What a masker found in marked texts -> recall, precision and leaks, in all and by type.

A marked value counts as found when every letter and digit of it is covered, by spans of any type;
`typed` asks for the right type too. A span is right when it touches a marked value. Harmless
strings are marked too: they count as masked when any letter or digit of them is covered.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any

from masking_sets import HARMLESS, IGNORED, Text

Found = list[tuple[int, int, str]]
Z = 1.96  # 95 %


@dataclass
class Score:
    """Counts of one masker on one set, or on one type of it."""

    marked: int = 0
    whole: int = 0
    typed: int = 0
    letters: int = 0
    leaked: int = 0
    spans: int = 0
    right: int = 0
    harmless: int = 0
    harmed: int = 0

    def figures(self) -> dict[str, Any]:
        """Shares; `recall_95` is Wilson's interval."""
        recall = self.whole / max(1, self.marked)
        precision = self.right / max(1, self.spans)
        return {
            "marked": self.marked,
            "found": self.whole,
            "recall": recall,
            "recall_95": wilson(self.whole, self.marked),
            "typed": self.typed / max(1, self.marked),
            "spans": self.spans,
            "precision": precision,
            "f2": 5 * precision * recall / max(1e-9, 4 * precision + recall),
            "leaked": self.leaked / max(1, self.letters),
            "harmless": self.harmless,
            "harmless_masked": self.harmed / max(1, self.harmless),
        }


def wilson(hits: int, of: int) -> tuple[float, float]:
    """The 95 % interval of a share."""
    if not of:
        return (0.0, 1.0)
    share, square = hits / of, Z * Z
    middle = (share + square / (2 * of)) / (1 + square / of)
    half = Z * sqrt(share * (1 - share) / of + square / (4 * of * of)) / (1 + square / of)
    return (max(0.0, middle - half), min(1.0, middle + half))


def scored(texts: Sequence[Text], found: Sequence[Found]) -> tuple[Score, dict[str, Score]]:
    """Counts in all, and by type: values by their own type, spans by the one they were given."""
    whole = Score()
    by_type: dict[str, Score] = defaultdict(Score)
    for text, spans in zip(texts, found, strict=True):
        _count(text, spans, whole, by_type)
    return whole, dict(by_type)


def _count(text: Text, spans: Found, whole: Score, by_type: dict[str, Score]) -> None:
    written = text.whole
    covered: dict[int, str] = {i: k for a, b, k in spans for i in range(a, b)}
    meant = set()
    for start, end, kind in text.marks:
        places = [i for i in range(start, end) if written[i].isalnum()]
        open_ones = [i for i in places if i not in covered]
        if kind == HARMLESS:
            whole.harmless += 1
            whole.harmed += len(open_ones) < len(places)
            continue
        meant |= {*range(start, end)}
        if kind == IGNORED:
            continue
        for score in (whole, by_type[kind]):
            score.marked += 1
            score.whole += not open_ones
            score.typed += not open_ones and {covered[i] for i in places} == {kind}
            score.letters += len(places)
            score.leaked += len(open_ones)
    for start, end, kind in spans:
        for score in (whole, by_type[kind]):
            score.spans += 1
            score.right += any(i in meant for i in range(start, end))
