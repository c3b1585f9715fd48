"""Held-out scores and the true labels -> a calibration that makes scores mean what they say."""

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize, minimize_scalar  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from ticketstream.processors.calibration import Doubles, PairCalibration, log_odds, probabilities

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]


def pair_calibration(
    scores: Doubles, intent_scores: Doubles, subs: Ints, intents: Ints
) -> PairCalibration:
    """The calibration that fits held-out scores [n, labels] to the true label indices [n]."""
    temperature = best_temperature(scores, subs)
    of_intents = best_temperature(intent_scores, intents)
    right = (scores.argmax(1) == subs) & (intent_scores.argmax(1) == intents)
    odds = np.column_stack(
        [
            log_odds(probabilities(scores, temperature).max(1)),
            log_odds(probabilities(intent_scores, of_intents).max(1)),
        ]
    )
    bias, of_sub, of_intent = platt(odds, right)
    return PairCalibration(temperature, of_intents, (bias, of_sub, of_intent), len(right))


def best_temperature(scores: Doubles, truth: Ints) -> float:
    """The temperature under which the true labels are most probable."""

    def loss(log_temperature: float) -> float:
        shares = probabilities(scores, float(np.exp(log_temperature)))
        return float(-np.log(np.maximum(shares[np.arange(len(truth)), truth], 1e-12)).mean())

    found: Any = minimize_scalar(loss, bounds=(-3.0, 3.0), method="bounded")
    return round(float(np.exp(found.x)), 6)


def platt(odds: Doubles, right: Bools) -> tuple[float, ...]:
    """Bias and weights, none below 0, that turn odds [n, k] into the log odds of being right."""
    targets = right.astype(np.float64)

    def loss(at: Doubles) -> float:
        logits = at[0] + odds @ at[1:]
        return float((np.logaddexp(0.0, logits) - targets * logits).mean() + 1e-4 * (at**2).sum())

    start = np.array([0.0, *np.ones(odds.shape[1])])
    bounds = [(None, None), *[(0.0, None)] * odds.shape[1]]
    found = minimize(loss, start, method="L-BFGS-B", bounds=bounds)
    return tuple(round(float(x), 6) for x in found.x)


def degree_scale(logits: Doubles, degrees: Doubles) -> tuple[float, float]:
    """Slope and shift under which the sigmoid of held-out logits is nearest to known degrees."""
    twice = np.concatenate([logits, logits])[:, None]
    answers = np.repeat([1, 0], len(logits))
    model = LogisticRegression(C=1e3).fit(twice, answers, np.concatenate([degrees, 1 - degrees]))
    return float(model.coef_[0, 0]), float(model.intercept_[0])
