"""Labelled texts -> a classifier on a tuned trunk: probabilities of the labels for other texts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ticketstream.learning.trunk.tune import Recipe, Task, logits, read, tuned
from ticketstream.processors.calibration import Doubles, probabilities
from ticketstream.processors.lower import Lower


@dataclass(frozen=True, slots=True)
class Told:
    """What a tuned trunk says of texts.

    Attributes:
        labels: in alphabetical order.
        logits: float64 [texts, labels].
    """

    labels: tuple[str, ...]
    logits: npt.NDArray[np.float64]

    @property
    def probabilities(self) -> Doubles:
        """Shares of the labels, not calibrated."""
        return probabilities(self.logits, 1.0)


def tune(
    texts: Sequence[str],
    labels: Sequence[str],
    others: Sequence[str],
    lower: Lower,
    *,
    recipe: Recipe,
    seed: int,
) -> Told:
    """Tune the encoder's upper layers on labelled texts, and let them judge other texts.

    Any texts, one label each: Banking77's 8,000 take minutes on one core. Needs the extra `train`.
    To judge by it, average its probabilities with those of the shipped kind of heads.

    Args:
        texts: what is learned from.
        labels: of each text its label.
        others: texts to judge, which are not learned from.
        lower: the encoder's lower half, which stays as it is (`Lower.load(models / "encoder")`).
        recipe: `SHORT` for short texts with many labels.
        seed: of every draw; with one thread of torch the result is the same every time.
    """
    names = tuple(sorted(set(labels)))
    place = {name: number for number, name in enumerate(names)}
    answers = np.array([place[label] for label in labels], np.float32)
    task = Task(len(names), answers, np.ones(len(labels), np.float32))
    model = tuned(read(texts, lower), {"label": task}, recipe, seed)
    return Told(names, logits(model, read(others, lower), "label"))
