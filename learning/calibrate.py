"""Held-out scores and the true labels -> a calibration that makes scores mean what they say."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from ticketstream.learning.conformal import FEWEST, LEVEL, Ints, conformal
from ticketstream.processors.calibration import (
    HEAD_ALONE,
    Doubles,
    PairCalibration,
    features,
    probabilities,
)

Bools = npt.NDArray[np.bool_]

KEPT = 0.95  # of the texts in scope
PULL = 5.0  # how strongly a language's line is drawn to that of all


def pair_calibration(
    scores: Doubles,
    intent_scores: Doubles,
    subs: Ints,
    intents: Ints,
    *,
    languages: Sequence[str] = (),
    level: float = LEVEL,
) -> PairCalibration:
    """The calibration that fits held-out scores [n, labels] to the true label indices [n].

    A language with texts enough gets a shift and slope of its own, and a quantile for its
    prediction sets, which are to hold the truth as often as the level says.
    """
    temperature = best_temperature(scores, subs)
    of_intents = best_temperature(intent_scores, intents)
    found, wanted = scores.argmax(1), intent_scores.argmax(1)
    right = (found == subs) & (wanted == intents)
    rows = zip(scores, intent_scores, found, wanted, strict=True)
    signs = np.array([features([(s, temperature), (i, of_intents)], at) for s, i, *at in rows])
    weights = logistic(signs, right)
    odds = weights[0] + signs @ np.array(weights[1:])
    spoken = np.array(languages or [""] * len(right))
    own = {
        code: own_line(odds[spoken == code], right[spoken == code])
        for code in sorted(set(languages))
        if (spoken == code).sum() >= FEWEST
    }
    sets = conformal(probabilities(scores, temperature), subs, spoken, level)
    return PairCalibration(temperature, of_intents, weights, len(right), own, sets)


def own_line(odds: Doubles, right: Bools) -> tuple[float, float]:
    """Shift and slope of the log odds in one language, drawn towards those of all (0 and 1).

    The pull is that of a few dozen texts: few texts stay near what all languages say.
    """
    targets = right.astype(np.float64)

    def loss(line: Doubles) -> float:
        logits = line[0] + line[1] * odds
        fit = (np.logaddexp(0.0, logits) - targets * logits).sum()
        return float(fit + PULL * (line[0] ** 2 + (line[1] - 1.0) ** 2))

    shift, slope = minimize(loss, np.array([0.0, 1.0]), method="L-BFGS-B").x
    return round(float(shift), 6), round(float(slope), 6)


def best_temperature(scores: Doubles, truth: Ints) -> float:
    """The temperature under which the true labels are most probable."""

    def loss(log_temperature: float) -> float:
        shares = probabilities(scores, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-12)).mean())

    found: Any = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
    return round(float(np.exp(found.x)), 6)


def logistic(signs: Doubles, right: Bools) -> tuple[float, ...]:
    """Bias and weights, none below 0, that turn signs [n, k] into the log odds of being right."""
    targets = right.astype(np.float64)

    def loss(at: Doubles) -> tuple[float, Doubles]:
        logits = at[0] + signs @ at[1:]
        fit = (np.logaddexp(0.0, logits) - targets * logits).mean()
        off = 1.0 / (1.0 + np.exp(-logits)) - targets
        slopes = np.concatenate([[off.mean()], signs.T @ off / len(off)])
        return float(fit + 1e-4 * (at**2).sum()), slopes + 2e-4 * at

    start = np.concatenate([[0.0], np.full(signs.shape[1], 0.3)])
    bounds = [(None, None), *[(0.0, None)] * signs.shape[1]]
    found = minimize(loss, start, method="L-BFGS-B", jac=True, bounds=bounds)
    return tuple(round(float(x), 6) for x in found.x)


def foreign_scale(
    by_head: Doubles, by_label: Doubles, foreign: Bools
) -> tuple[float, float, float]:
    """Bias and weights of two log odds, under which 0.5 leaves 95 % of the texts in scope.

    So 0.5 is a chance of one in two where out-of-scope texts are as frequent as that threshold
    asks for: nobody knows how frequent they will be, but what a false alarm costs is known.
    """
    if not foreign.any() or foreign.all():
        return HEAD_ALONE
    signs = np.column_stack([by_head, by_label])
    _, head, label = logistic(signs, foreign)
    odds = signs @ np.array([head, label])
    return round(-float(np.quantile(odds[~foreign], KEPT)), 6), head, label


def degree_scale(logits: Doubles, degrees: Doubles) -> tuple[float, float]:
    """Slope and shift under which the sigmoid of held-out logits is nearest to known degrees."""
    twice = np.concatenate([logits, logits])[:, None]
    answers = np.repeat([1, 0], len(logits))
    model = LogisticRegression(C=1e3).fit(twice, answers, np.concatenate([degrees, 1 - degrees]))
    return float(model.coef_[0, 0]), float(model.intercept_[0])
