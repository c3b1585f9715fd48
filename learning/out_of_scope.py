"""Texts within the labels and texts about none of them -> the score that tells them apart.

Tuned on Banking77's and CLINC150's own training rows and on the abstention sets made from them
(look-alike intents, other domains): energy alone misses look-alikes, the distance to the winner's
centre alone misses other domains, the four together are at least as good as the best of them.
"""

from collections.abc import Sequence

import numpy as np
from sklearn.linear_model import LogisticRegression

from ticketstream.processors.calibration import Doubles
from ticketstream.processors.out_of_scope import Floats, OutOfScope, features
from ticketstream.schemas.errors import ModelError

STRENGTH = 1.0  # inverse penalty, on features of unit deviation


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
