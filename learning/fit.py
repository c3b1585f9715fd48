"""A corpus -> fitted heads, and their scores for another corpus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ticketstream.learning import linear
from ticketstream.learning.corpus import Corpus
from ticketstream.learning.examples import Example
from ticketstream.learning.linear import Doubles, Plane, Space
from ticketstream.processors.heads import MOODS
from ticketstream.processors.taxonomy import JUNK, OUT_OF_SCOPE, Labels

KNOWN: Mapping[str, Callable[[Example], float | None]] = {
    "anger": lambda e: e.anger,
    "urgency": lambda e: e.urgency,
    "polarity": lambda e: e.polarity,
    "out_of_scope": lambda e: float(e.sub_category == OUT_OF_SCOPE) if e.sub_category else None,
    "spam": lambda e: float(e.sub_category == JUNK) if e.sub_category else None,
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Heads in their space: "sub_category", "intent" and each of `MOODS`."""

    space: Space
    planes: Mapping[str, Plane]

    def scores(self, corpus: Corpus) -> dict[str, Doubles]:
        """Scores by head: [n, labels] for the first two, [n] for the others."""
        placed = self.space.place(self.space.features(corpus.vectors, corpus.rows))
        scores = {name: linear.scored(placed, plane) for name, plane in self.planes.items()}
        return {name: s[:, 0] if name in MOODS else s for name, s in scores.items()}


def fit(corpus: Corpus, labels: Labels, seed: int) -> Fitted:
    """All heads, each on the examples that know its answer."""
    space = linear.space_of(corpus.vectors, corpus.rows, seed)
    placed = space.place(space.features(corpus.vectors, corpus.rows))
    planes = {
        "sub_category": _classes(corpus, placed, lambda e: e.sub_category, labels.sub_categories),
        "intent": _classes(corpus, placed, lambda e: e.intent, labels.intents),
    }
    return Fitted(space, planes | {name: _mood(corpus, placed, name) for name in MOODS})


def _classes(
    corpus: Corpus, placed: Doubles, label: Callable[[Example], str], names: tuple[str, ...]
) -> Plane:
    known = corpus.where(lambda e: bool(label(e)))
    examples = [corpus.examples[i] for i in known]
    return linear.classes(placed[known], [label(e) for e in examples], _weights(examples), names)


def _mood(corpus: Corpus, placed: Doubles, name: str) -> Plane:
    value = KNOWN[name]
    known = corpus.where(lambda e: value(e) is not None)
    examples = [corpus.examples[i] for i in known]
    values = [float(value(e) or 0.0) for e in examples]
    if len(set(values)) <= 1:  # nothing to learn: always the one value that is known
        return np.zeros((1, placed.shape[1])), np.array([_constant(name, values)])
    kind = linear.number if name == "polarity" else linear.degree
    return kind(placed[known], values, _weights(examples))


def _constant(name: str, values: list[float]) -> float:
    value = values[0] if values else 0.0
    return value if name == "polarity" else 12.0 * value - 6.0


def _weights(examples: list[Example]) -> list[float]:
    return [e.weight for e in examples]
