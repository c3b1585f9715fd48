"""Features and labels -> linear weights: regularised logistic regression in a reduced space."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import LogisticRegression, Ridge

from ticketstream.processors import ngrams
from ticketstream.processors.heads import Floats, centred
from ticketstream.processors.lower import Vectors

Doubles = npt.NDArray[np.float64]
Plane = tuple[Doubles, Doubles]  # weights [outputs, features], bias [outputs]

BITS = 13
SPELLING = 1.0  # how much spelling counts beside meaning, measured
DIMENSIONS = 800  # as good as all of them, measured, and ten times faster
MOST_STEPS = 200
UNSEEN = -30.0  # the score of a label without examples: it never wins


@dataclass(frozen=True, slots=True)
class Space:
    """Where the heads are fitted: the training texts' own directions.

    `axes` is [dimensions, 384 + 2**bits]. Fitting there and mapping back is fitting on all
    features, but for the directions that hardly any text has.
    """

    mean: Floats
    idf: Floats
    axes: Doubles

    def place(self, features: sparse.csr_matrix) -> Doubles:
        """Features [n, all] in the space, [n, dimensions]."""
        placed: Doubles = features @ self.axes.T
        return placed

    def features(self, vectors: Vectors, rows: ngrams.Rows) -> sparse.csr_matrix:
        """Centred vector and weighted n-grams side by side."""
        return joined(centred(vectors, self.mean), ngrams.weighted(rows, self.idf))


def space_of(vectors: Vectors, rows: ngrams.Rows, seed: int) -> Space:
    """The space of training texts, given as float32 [n, 384] and n-gram counts."""
    mean = vectors.mean(axis=0)
    idf = ngrams.rarity(rows, BITS)
    features = joined(centred(vectors, mean), ngrams.weighted(rows, idf))
    dimensions = min(DIMENSIONS, len(rows) - 1, features.shape[1])
    found = TruncatedSVD(dimensions, random_state=seed, n_iter=3).fit(features)
    return Space(mean, idf, found.components_)


def joined(vectors: Vectors, rows: ngrams.Rows) -> sparse.csr_matrix:
    """One sparse row a text: vector, then n-grams times their weight beside meaning."""
    ends = np.cumsum([0, *(len(b) for b, _ in rows)])
    buckets = np.concatenate([b for b, _ in rows])
    values = np.concatenate([c for _, c in rows]) * np.float32(SPELLING)
    spelled = sparse.csr_matrix((values, buckets, ends), shape=(len(rows), 2**BITS))
    return sparse.hstack([sparse.csr_matrix(vectors), spelled], format="csr")


def classes(
    placed: Doubles,
    labels: Sequence[str],
    weights: Sequence[float],
    names: Sequence[str],
    strength: float,
) -> Plane:
    """One output a name; a name without examples gets a score that never wins."""
    plane, bias = np.zeros((len(names), placed.shape[1])), np.full(len(names), UNSEEN)
    for name, row, constant in _rows(placed, labels, weights, strength):
        plane[names.index(name)], bias[names.index(name)] = row, constant
    return plane, bias


def _rows(
    placed: Doubles, labels: Sequence[str], weights: Sequence[float], strength: float
) -> Iterator[tuple[str, Doubles, float]]:
    """Label, weights and constant of each label that occurs."""
    found = sorted(set(labels))
    if len(found) == 1:
        yield found[0], np.zeros(placed.shape[1]), 0.0
        return
    model = LogisticRegression(C=strength, max_iter=MOST_STEPS)
    model.fit(placed, np.asarray(labels), np.asarray(weights))
    two = len(found) == 1 + len(model.coef_)  # of two labels only the second has a row
    rows = np.vstack([-model.coef_, model.coef_]) / 2 if two else model.coef_
    constants = (
        np.concatenate([-model.intercept_, model.intercept_]) / 2 if two else model.intercept_
    )
    yield from zip(found, rows, constants, strict=True)


def degree(
    placed: Doubles, degrees: Sequence[float], weights: Sequence[float], strength: float
) -> Plane:
    """One output for a degree from 0 to 1: a text of degree 0.7 counts 0.7 yes and 0.3 no."""
    yes, counts = np.asarray(degrees), np.asarray(weights)
    model = LogisticRegression(C=strength, max_iter=MOST_STEPS)
    answers = np.repeat([1, 0], len(yes))
    model.fit(
        np.vstack([placed, placed]), answers, np.concatenate([counts * yes, counts * (1 - yes)])
    )
    return model.coef_, model.intercept_


def number(
    placed: Doubles, values: Sequence[float], weights: Sequence[float], strength: float
) -> Plane:
    """One output for a number."""
    model = Ridge(alpha=1 / strength).fit(placed, np.asarray(values), np.asarray(weights))
    return model.coef_[None, :], np.array([model.intercept_])


def scored(placed: Doubles, plane: Plane) -> Doubles:
    """Scores [n, outputs]."""
    weights, bias = plane
    scores: Doubles = placed @ weights.T + bias
    return scores
