"""Scores -> an interval around their mean that holds at few and heavy scores.

`betting` is what the reports use. It was chosen in benchmarks/counterfactual.py, where the others
stand beside it: normal and bootstrap intervals miss the truth too often when a handful of tickets
stand for hundreds, and empirical Bernstein is wider.
"""

from math import log, sqrt
from statistics import NormalDist

import numpy as np

from ticketstream.processors.decision.columns import Floats

STAKES = np.geomspace(0.004, 0.95, 10)  # shares of what may be lost at most
HALVINGS = 24
RESAMPLES = 500

Interval = tuple[float, float]


def betting(scores: Floats, least: float, most: float, alpha: float = 0.05) -> Interval:
    """The means against which no gambler would have won 1/alpha of the stake, half on each side.

    Who bets on each score against a mean that is at least the true one cannot expect to win,
    however few the scores are and however skewed; so to have won 40 times the stake has a chance
    of at most 1 in 40 (Markov). The stakes are a fixed mixture, each staked on all scores. That is
    a proof for independent scores, whatever their means; cross-fitting ties ours loosely together,
    and that it does no harm is measured.

    Args:
        scores: one a ticket.
        least: below which no score can lie.
        most: above which no score can lie.
        alpha: the chance to miss.
    """
    values, times = np.unique(scores, return_counts=True)
    counts = times.astype(np.float64)
    target = log(2 / alpha)
    return (
        _lowest(values, counts, least, most, target),
        -_lowest(-values, counts, -most, -least, target),
    )


def _lowest(values: Floats, counts: Floats, least: float, most: float, target: float) -> float:
    """Below it every mean is refuted."""
    low, high = least, float(values @ counts / counts.sum()) if len(values) else most
    if not len(values) or _won(values, counts, low, least) < target:
        return least
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if _won(values, counts, middle, least) >= target:
            low = middle
        else:
            high = middle
    return low


def _won(values: Floats, counts: Floats, mean: float, least: float) -> float:
    """The logarithm of what the mixture of stakes has become, betting on more than `mean`."""
    room = max(mean - least, 1e-12)
    with np.errstate(divide="ignore"):
        logs = np.log1p(STAKES[:, None] / room * (values - mean)[None, :]) @ counts
    best = float(logs.max())
    return best + log(float(np.exp(logs - best).mean()))


def normal(scores: Floats, _least: float, _most: float, alpha: float = 0.05) -> Interval:
    """The textbook's: right for many light scores."""
    half = NormalDist().inv_cdf(1 - alpha / 2) * float(scores.std(ddof=1)) / sqrt(len(scores))
    return float(scores.mean()) - half, float(scores.mean()) + half


def bootstrap(scores: Floats, _least: float, _most: float, alpha: float = 0.05) -> Interval:
    """Percentiles of means of resamples, always drawn alike."""
    dice = np.random.default_rng(0)
    values, counts = np.unique(scores, return_counts=True)
    drawn = dice.multinomial(len(scores), counts / len(scores), RESAMPLES)
    low, high = np.quantile(drawn @ values / len(scores), (alpha / 2, 1 - alpha / 2))
    return float(low), float(high)


def empirical_bernstein(scores: Floats, least: float, most: float, alpha: float = 0.05) -> Interval:
    """Maurer and Pontil 2009: holds at any number of scores."""
    number, told = len(scores), log(4 / alpha)
    spread = sqrt(2 * float(scores.var(ddof=1)) * told / number)
    half = spread + 7 * (most - least) * told / (3 * (number - 1))
    return float(scores.mean()) - half, float(scores.mean()) + half
