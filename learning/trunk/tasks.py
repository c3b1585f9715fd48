"""Examples -> the tasks that a trunk is tuned on: labels, moods, and what nobody asks a shop."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ticketstream.learning.examples import Example
from ticketstream.learning.fit import KNOWN, RECIPES
from ticketstream.learning.trunk.tune import UNKNOWN, Task
from ticketstream.processors.lower import Vectors
from ticketstream.processors.taxonomy import Labels

MOOD = 0.5  # what a mood counts beside a label
DEGREES: Mapping[str, Callable[[float], float]] = {
    "anger": float,
    "urgency": float,
    "polarity": lambda value: (value + 1) / 2,
    "out_of_scope": float,
}


def tasks_of(examples: Sequence[Example], labels: Labels) -> dict[str, Task]:
    """The tasks; an example counts for each what it counts for the head of that name."""
    classes = {"sub_category": labels.sub_categories, "intent": labels.intents}
    tasks = {
        name: Task(len(names), _places(examples, name, names), _weights(examples, name))
        for name, names in classes.items()
    }
    moods = {
        name: Task(1, _degrees(examples, name, scale), _weights(examples, name), MOOD)
        for name, scale in DEGREES.items()
    }
    return tasks | moods


def _places(examples: Sequence[Example], name: str, names: Sequence[str]) -> Vectors:
    place = {label: float(number) for number, label in enumerate(names)}
    return _floats([place.get(getattr(e, name), UNKNOWN) for e in examples])


def _degrees(examples: Sequence[Example], name: str, scale: Callable[[float], float]) -> Vectors:
    values = [KNOWN[name](e) for e in examples]
    return _floats([UNKNOWN if value is None else scale(value) for value in values])


def _weights(examples: Sequence[Example], name: str) -> Vectors:
    return _floats([RECIPES[name].weight(e) for e in examples])


def _floats(values: Sequence[float]) -> Vectors:
    return np.array(values, np.float32)
