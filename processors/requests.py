"""A ticket's sentences and how each is judged -> the further requests in it.

One vector of a whole ticket says what it is mostly about; a second request hardly shows in it. So
each sentence is judged for itself, by the vector that it has within its ticket, which costs no
second reading.
"""

import re
from collections.abc import Iterator

from ticketstream.processors.calibration import Doubles, probabilities
from ticketstream.processors.heads import Floats
from ticketstream.processors.taxonomy import FOREIGN, Labels
from ticketstream.schemas.classified import Label

SURE = 0.4  # from this probability on a sentence is about a request (docs/classification.md)
FEWEST_WORDS = 4
MOST_SENTENCES = 12
NO_REQUEST = frozenset({"complaint", FOREIGN})  # how it is said, and what no queue works on
SENTENCE = re.compile(r"\S(?:.*?[.!?](?=\s|$)|.*?$)", re.MULTILINE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of the sentences that can hold a request; none of a text that has only one."""
    found = [m.span() for m in SENTENCE.finditer(text) if len(m[0].split()) >= FEWEST_WORDS]
    return found[:MOST_SENTENCES] if len(found) > 1 else []


def further_requests(
    category: str, scores: Floats, labels: Labels, temperature: float
) -> tuple[Label, ...]:
    """The surest label of each other category that a sentence is about, surest first.

    Args:
        category: of the whole ticket.
        scores: of the sub-categories, before calibration, [sentences, labels].
        labels: the label set.
        temperature: of the sub-categories' calibration.
    """
    best: dict[str, Label] = {}
    for label in _sure(probabilities(scores, temperature), labels):
        known = best.get(label.category)
        if label.category != category and (known is None or known.score < label.score):
            best[label.category] = label
    return tuple(sorted(best.values(), key=lambda label: (-label.score, label.sub_category)))


def _sure(shares: Doubles, labels: Labels) -> Iterator[Label]:
    for place, share in zip(shares.argmax(axis=1), shares.max(axis=1), strict=True):
        name = labels.sub_categories[place]
        category = labels.category_of[name]
        if share >= SURE and category not in NO_REQUEST:
            yield Label(category, name, float(share))
