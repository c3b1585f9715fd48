"""Scores and vectors -> how likely texts are about none of the labels, 0 to 1; numpy alone."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ticketstream.processors.calibration import Doubles, log_odds, probabilities

Floats = npt.NDArray[np.float32]

FEATURES = ("energy", "doubt", "strangeness", "mismatch")


@dataclass(frozen=True, slots=True)
class OutOfScope:
    """A logistic regression on four numbers of a text (`features`).

    Attributes:
        centres: float32 [labels, 384], the mean direction of each label's texts, unit length;
            a label without texts has zeros.
        weights: [4], on the features in the order of `FEATURES`.
        bias: of the log odds.
    """

    centres: Floats
    weights: tuple[float, ...]
    bias: float

    def score(self, scores: npt.ArrayLike, vectors: Floats) -> Doubles:
        """The probability, [n], that each text is out of scope.

        Args:
            scores: [n, labels], logits in label order, before calibration.
            vectors: float32 [n, 384], centred, unit length.
        """
        odds = features(scores, vectors, self.centres) @ np.array(self.weights) + self.bias
        shares: Doubles = 1.0 / (1.0 + np.exp(-odds))
        return shares


def features(scores: npt.ArrayLike, vectors: Floats, centres: Floats) -> Doubles:
    """[n, 4]: each is higher the less a text looks like one of the labels' own.

    Energy: how little all scores add up to. Doubt: the log odds of the most probable label, turned.
    Strangeness: how far the nearest centre is. Mismatch: how far the centre of the winner is.
    """
    logits = np.asarray(scores, np.float64)
    top = logits.max(axis=1)
    energy = -(top + np.log(np.exp(logits - top[:, None]).sum(axis=1)))
    doubt = -log_odds(probabilities(logits, 1.0).max(axis=1))
    near = np.asarray(vectors, np.float64) @ centres.T
    own = near[np.arange(len(near)), logits.argmax(axis=1)]
    return np.column_stack([energy, doubt, 1.0 - near.max(axis=1), 1.0 - own])
