"""Texts within the labels and texts about none of them -> the score that tells them apart.

Tuned on Banking77's and CLINC150's own training rows and on the abstention sets made from them
(look-alike intents, other domains): energy alone misses look-alikes, the distance to the winner's
centre alone misses other domains, the four together are at least as good as the best of them.
The shipped heads have a head of their own for this; this score is for label sets without one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression

from ticketstream.processors.calibration import Doubles, log_odds, probabilities
from ticketstream.processors.heads import Floats
from ticketstream.schemas.errors import ModelError

STRENGTH = 1.0  # inverse penalty, on features of unit deviation
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


def fit_out_of_scope(
    known: tuple[Doubles, Floats], foreign: tuple[Doubles, Floats], centres: Floats
) -> OutOfScope:
    """The score fitted on texts that neither heads nor centres have seen.

    Args:
        known: logits [n, labels] and centred unit vectors [n, 384] of texts within the labels.
        foreign: the same of texts about none of them.
        centres: of the texts that the heads learned from (`centres_of`).

    Raises:
        ModelError: one of both kinds is missing.
    """
    given = [features(scores, vectors, centres) for scores, vectors in (known, foreign)]
    if not all(len(rows) for rows in given):
        raise ModelError(
            "an out-of-scope score needs texts of both kinds: within the labels, and not"
        )
    rows = np.vstack(given)
    mean, deviation = rows.mean(axis=0), np.maximum(rows.std(axis=0), 1e-9)
    answers = np.repeat([0, 1], [len(part) for part in given])
    model = LogisticRegression(C=STRENGTH, class_weight="balanced", max_iter=1000)
    model.fit((rows - mean) / deviation, answers)
    weights = model.coef_[0] / deviation
    bias = float(model.intercept_[0] - weights @ mean)
    return OutOfScope(centres, tuple(float(w) for w in weights), bias)


def centres_of(vectors: Floats, labels: Sequence[str], names: Sequence[str]) -> Floats:
    """Float32 [names, 384]: the mean direction of each label's centred vectors, or zeros."""
    places = np.array([names.index(label) for label in labels])
    sums = np.zeros((len(names), vectors.shape[1]))
    np.add.at(sums, places, vectors)
    lengths = np.linalg.norm(sums, axis=1, keepdims=True)
    unit: Floats = (sums / np.maximum(lengths, 1e-9)).astype(np.float32)
    return unit
