"""Features and labels -> linear weights: regularised logistic regression in a reduced space."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy import sparse  # type: ignore[import-untyped]
from scipy.optimize import minimize  # type: ignore[import-untyped]
from sklearn.decomposition import TruncatedSVD
from sklearn.linear_model import Ridge

from ticketstream.processors import ngrams
from ticketstream.processors.heads import Floats, centred
from ticketstream.processors.lower import Vectors

Doubles = npt.NDArray[np.float64]
Plane = tuple[Doubles, Doubles]  # weights [outputs, features], bias [outputs]

BITS = 13
SPELLING = 1.0  # how much spelling counts beside meaning, measured
DIMENSIONS = 800  # as good as all of them, measured, and ten times faster
SPACE = 6_000  # texts that say which directions there are: as good as all 20,853, measured
MOST_STEPS = 200
ENOUGH = 1e-4  # a step that gains less than this share of the loss is the last
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
    some = np.sort(np.random.default_rng(seed).permutation(len(rows))[:SPACE])
    dimensions = min(DIMENSIONS, len(some) - 1, features.shape[1])
    found = TruncatedSVD(dimensions, random_state=seed, n_iter=1).fit(features[some])
    return Space(mean, idf, found.components_)


def joined(vectors: Vectors, rows: ngrams.Rows, bits: int = BITS) -> sparse.csr_matrix:
    """One sparse row a text: vector, then n-grams below 2**bits times their weight beside it."""
    ends = np.cumsum([0, *(len(b) for b, _ in rows)])
    buckets = np.concatenate([b for b, _ in rows])
    values = np.concatenate([c for _, c in rows]) * np.float32(SPELLING)
    spelled = sparse.csr_matrix((values, buckets, ends), shape=(len(rows), 2**bits))
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
    found = sorted(set(labels))
    at = [names.index(name) for name in found]
    place_of = {name: place for place, name in enumerate(found)}
    answers = np.eye(len(found), dtype=np.float32)[[place_of[label] for label in labels]]
    plane[at], bias[at] = _logistic(placed, answers, weights, strength)
    return plane, bias


def degree(
    placed: Doubles, degrees: Sequence[float], weights: Sequence[float], strength: float
) -> Plane:
    """One output for a degree from 0 to 1: a text of degree 0.7 counts 0.7 yes and 0.3 no."""
    yes = np.asarray(degrees, np.float32)
    # both rows are penalised, each half as long as the one that they differ by
    plane, bias = _logistic(placed, np.column_stack([1 - yes, yes]), weights, strength / 2)
    return plane[1:] - plane[:1], bias[1:] - bias[:1]


def _logistic(
    placed: Doubles, answers: Vectors, weights: Sequence[float], strength: float
) -> Plane:
    """Regularised logistic regression on shares of classes, float32 [n, classes].

    The same minimum as scikit-learn's, in a quarter of the time: directions in which texts hardly
    differ are stretched first, for in these a descent creeps, and the answers may be shares.
    """
    counts = np.asarray(weights, np.float32)[:, None] * np.float32(strength)
    usual = (counts * answers).sum(axis=0) / counts.sum()
    curve = float((usual * (1 - usual)).mean())  # of the loss, about
    if curve == 0.0:  # one class alone: nothing to tell apart
        return np.zeros((answers.shape[1], placed.shape[1])), np.zeros(answers.shape[1])
    ones = np.ones((len(placed), 1), np.float32)
    known = np.hstack([placed.astype(np.float32, copy=False), ones])
    penalty = np.append(np.ones(placed.shape[1]), 0.0)  # none on the constant
    stretch = 1 / np.sqrt(penalty + curve * np.einsum("ni,nj,nj->j", counts, known, known))
    known *= stretch.astype(np.float32)

    def loss(at: Doubles) -> tuple[float, Doubles]:
        plane = at.reshape(answers.shape[1], -1)
        odds = known @ plane.astype(np.float32).T
        odds -= odds.max(axis=1, keepdims=True)
        shares = np.exp(odds)
        sums = shares.sum(axis=1, keepdims=True)
        fit = (counts * answers * (np.log(sums) - odds)).sum(dtype=np.float64)
        pull = plane * penalty * stretch**2
        slopes = (counts * (shares / sums - answers)).T @ known + pull
        return float(fit + (pull * plane).sum() / 2), slopes.ravel()

    start = np.zeros(answers.shape[1] * known.shape[1])
    limits = {"maxiter": MOST_STEPS, "ftol": ENOUGH, "gtol": 0.0}
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options=limits).x
    plane = found.reshape(answers.shape[1], -1) * stretch
    return plane[:, :-1], plane[:, -1]


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
