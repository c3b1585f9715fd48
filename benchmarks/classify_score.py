"""Label probabilities and the truth -> accuracy, macro-F1, ECE, coverage, out-of-scope recall."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from ticketstream.learning.evaluate import calibration_error

Doubles = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
KEPT = 0.95  # of the texts in scope
DRAWS = 2_000
MIDDLE = (2.5, 97.5)  # per cent: the interval that is printed


def scores(
    names: Sequence[str], shares: Doubles, truth: Sequence[str], *, sure: bool = True
) -> dict[str, float | list[float] | None]:
    """The figures of one approach on one set.

    Args:
        names: the labels, in the order of the columns of `shares`.
        shares: [n, labels], probabilities.
        truth: the right labels.
        sure: whether the probabilities mean something; without, only accuracy and F1 are told.
    """
    found = [names[i] for i in shares.argmax(axis=1)]
    right = np.array([f == t for f, t in zip(found, truth, strict=True)])
    confidence = shares.max(axis=1)
    return {
        "accuracy": float(right.mean()),
        "accuracy_95": list(interval(right)),
        "macro_f1": macro_f1(found, truth),
        "ece": calibration_error(confidence, right) if sure else None,
        "coverage_97": coverage(confidence, right, 0.97) if sure else None,
        "coverage_972": coverage(confidence, right, 0.972) if sure else None,
    }


def interval(right: Bools) -> tuple[float, float]:
    """The middle 95 % of the shares that drawing the same texts with replacement gives."""
    draws = np.random.default_rng(0).binomial(len(right), right.mean(), DRAWS) / len(right)
    low, high = np.percentile(draws, MIDDLE)
    return float(low), float(high)


def macro_f1(found: Sequence[str], truth: Sequence[str]) -> float:
    """The mean F1 of the labels that occur in the truth."""
    told, true = np.array(found), np.array(truth)
    each = [
        2 * ((told == name) & (true == name)).sum() / ((told == name).sum() + (true == name).sum())
        for name in sorted(set(truth))
    ]
    return float(np.mean(each))


def coverage(confidence: Doubles, right: Bools, precision: float) -> float:
    """The largest share of texts, the surest first, of which so many are right.

    A threshold cannot part texts of the same confidence, so they come together.
    """
    order = np.argsort(-confidence, kind="stable")
    ranked, hits = confidence[order], np.cumsum(right[order])
    sizes = np.arange(1, len(right) + 1)
    ends = np.append(ranked[1:] < ranked[:-1], True)
    enough = ends & (hits >= precision * sizes)
    return float(sizes[enough].max() / len(right)) if enough.any() else 0.0


def foreign_recall(known: Doubles, foreign: Doubles, kept: float = KEPT) -> float:
    """The share of foreign texts above the score that keeps so many of the known ones."""
    limit = np.quantile(known, kept, method="higher")
    return float((foreign > limit).mean())
