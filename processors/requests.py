"""A ticket's sentences and how each is judged -> the further requests in it.

One vector of a whole ticket says what it is mostly about; a second request hardly shows in it. So
each sentence is judged by the vector that it has within its ticket, which costs no second reading.
But the sentences around it speak in that too. So where it hints at something else, the upper half
of the encoder reads it once more by itself, and only what is clear then counts.
"""

import re
from collections.abc import Iterator

import numpy as np

from ticketstream.processors.calibration import Doubles, probabilities
from ticketstream.processors.heads import Floats
from ticketstream.processors.taxonomy import FOREIGN, Labels
from ticketstream.schemas.classified import Label

# both measured (docs/classification.md)
HINT = 0.01  # what a sentence leaves to other categories within its ticket, to be read alone
SURE = 0.95  # from this share on of one category a sentence that was read alone asks for it
FEWEST_WORDS = 4
MOST_SENTENCES = 12
NO_REQUEST = frozenset({"complaint", FOREIGN})  # how it is said, and what no queue works on
SENTENCE = re.compile(r"\S(?:.*?[.!?](?=\s|$)|.*?$)", re.MULTILINE)


def sentences(text: str) -> list[tuple[int, int]]:
    """Start and end of the sentences that can hold a request; none of a text that has only one."""
    found = [m.span() for m in SENTENCE.finditer(text) if len(m[0].split()) >= FEWEST_WORDS]
    return found[:MOST_SENTENCES] if len(found) > 1 else []


def hinting(category: str, scores: Floats, labels: Labels, temperature: float) -> list[int]:
    """The places of the sentences that may be about a request of another category.

    Args:
        category: of the whole ticket.
        scores: of the sub-categories within the ticket, before calibration, [sentences, labels].
        labels: the label set.
        temperature: of the sub-categories' calibration.
    """
    own = {*NO_REQUEST, category}
    others = [labels.category_of[name] not in own for name in labels.sub_categories]
    left = probabilities(scores, temperature)[:, others].sum(axis=1)
    return [int(place) for place in np.flatnonzero(left >= HINT)]


def further_requests(
    category: str, scores: Floats, labels: Labels, temperature: float
) -> tuple[Label, ...]:
    """The surest label of each other category that a sentence is about, surest first.

    A sentence may leave open whether the invoice is asked for or only looked for: its category is
    what must be sure, for that says which queue it is for.

    Args:
        category: of the whole ticket.
        scores: as for `hinting`, but of sentences that were read alone.
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
    categories = np.array([labels.category_of[name] for name in labels.sub_categories])
    for row in shares:
        best = int(row.argmax())
        category = str(categories[best])
        if category not in NO_REQUEST and row[categories == category].sum() >= SURE:
            yield Label(category, labels.sub_categories[best], float(row[best]))
