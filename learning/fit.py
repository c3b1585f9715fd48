"""A corpus -> fitted heads, and their scores for another corpus."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np

from ticketstream.learning import linear
from ticketstream.learning.corpus import Corpus
from ticketstream.learning.examples import Example
from ticketstream.learning.linear import Doubles, Plane, Space
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.heads import MOODS
from ticketstream.processors.taxonomy import JUNK, OUT_OF_SCOPE, Labels

HABIT = 0.5  # how much the usual intents of the likely sub-categories count, measured
RARE = 0.05  # what a pair that never occurred counts as


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a head is fitted: inverse penalty, and what other sources than seeds count (measured)."""

    strength: float
    phrases: float
    foreign: float

    def weight(self, example: Example) -> float:
        """What an example counts for this head."""
        shares = {"phrases": self.phrases, "foreign": self.foreign}
        return example.weight * shares.get(example.kind, 1.0)


RECIPES: Mapping[str, Recipe] = {
    "sub_category": Recipe(10.0, phrases=0.5, foreign=0.1),
    "intent": Recipe(3.0, phrases=0.2, foreign=0.0),
    "anger": Recipe(10.0, phrases=0.1, foreign=0.0),
    "urgency": Recipe(10.0, phrases=0.0, foreign=0.0),
    "polarity": Recipe(0.3, phrases=0.0, foreign=0.0),
    "out_of_scope": Recipe(10.0, phrases=0.5, foreign=0.1),
    "spam": Recipe(10.0, phrases=0.5, foreign=0.1),
}
KNOWN: Mapping[str, Callable[[Example], float | None]] = {
    "anger": lambda e: e.anger,
    "urgency": lambda e: e.urgency,
    "polarity": lambda e: e.polarity,
    "out_of_scope": lambda e: float(e.sub_category == OUT_OF_SCOPE) if e.sub_category else None,
    "spam": lambda e: float(e.sub_category == JUNK) if e.sub_category else None,
}


@dataclass(frozen=True, slots=True)
class Fitted:
    """Heads in their space: "sub_category", "intent" and each of `MOODS`.

    `habits` [sub-categories, intents] is what an intent gains where it is usual.
    """

    space: Space
    planes: Mapping[str, Plane]
    habits: Doubles = field(repr=False)

    def scores(self, corpus: Corpus) -> dict[str, Doubles]:
        """Scores by head: [n, labels] for the first two, [n] for the others."""
        placed = self.space.place(self.space.features(corpus.vectors, corpus.rows))
        scores = {name: linear.scored(placed, plane) for name, plane in self.planes.items()}
        scores["intent"] += probabilities(scores["sub_category"], 1.0) @ self.habits
        return {name: s[:, 0] if name in MOODS else s for name, s in scores.items()}


def fit(corpus: Corpus, labels: Labels, seed: int) -> Fitted:
    """All heads, each on the examples that know its answer."""
    space = linear.space_of(corpus.vectors, corpus.rows, seed)
    placed = space.place(space.features(corpus.vectors, corpus.rows))
    planes = {
        "sub_category": _classes(corpus, placed, "sub_category", labels.sub_categories),
        "intent": _classes(corpus, placed, "intent", labels.intents),
    }
    planes |= {name: _mood(corpus, placed, name) for name in MOODS}
    return Fitted(space, planes, habits(corpus, labels))


def habits(corpus: Corpus, labels: Labels) -> Doubles:
    """Log of how much more often than usual an intent comes with a sub-category, weakened."""
    counts = np.full((len(labels.sub_categories), len(labels.intents)), RARE)
    sub_of = {name: i for i, name in enumerate(labels.sub_categories)}
    intent_of = {name: i for i, name in enumerate(labels.intents)}
    for e in corpus.examples:
        if e.sub_category and e.intent:
            weight = RECIPES["sub_category"].weight(e)
            counts[sub_of[e.sub_category], intent_of[e.intent]] += weight
    within = counts / counts.sum(axis=1, keepdims=True)
    usual = counts.sum(axis=0, keepdims=True) / counts.sum()
    gains: Doubles = HABIT * np.log(within / usual)
    return gains


def _classes(corpus: Corpus, placed: Doubles, name: str, labels: tuple[str, ...]) -> Plane:
    recipe = RECIPES[name]
    known = corpus.where(lambda e: bool(getattr(e, name)) and recipe.weight(e) > 0)
    examples = [corpus.examples[i] for i in known]
    return linear.classes(
        placed[known],
        [getattr(e, name) for e in examples],
        [recipe.weight(e) for e in examples],
        labels,
        recipe.strength,
    )


def _mood(corpus: Corpus, placed: Doubles, name: str) -> Plane:
    recipe, value = RECIPES[name], KNOWN[name]
    known = corpus.where(lambda e: value(e) is not None and recipe.weight(e) > 0)
    examples = [corpus.examples[i] for i in known]
    values = [float(value(e) or 0.0) for e in examples]
    if len(set(values)) <= 1:  # nothing to learn: always the one value that is known
        return np.zeros((1, placed.shape[1])), np.array([_constant(name, values)])
    kind = linear.number if name == "polarity" else linear.degree
    return kind(placed[known], values, [recipe.weight(e) for e in examples], recipe.strength)


def _constant(name: str, values: list[float]) -> float:
    value = values[0] if values else 0.0
    return value if name == "polarity" else 12.0 * value - 6.0
