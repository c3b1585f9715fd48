"""Counts and probabilities -> intervals: what another year like this one may look like."""

from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

Z = 1.959964  # 95 %, two-sided
TAIL = 0.025
EXACT = 2_000  # probabilities up to which the number of hits is worked out exactly


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with the 95 % interval around it."""

    value: float
    low: float
    high: float


def wilson(hits: int, of: int) -> Estimate:
    """A share and its Wilson interval; of nothing, nothing is known."""
    if of == 0:
        return Estimate(0.0, 0.0, 1.0)
    share, half = hits / of, Z * Z / (2 * of)
    wide = Z * sqrt(share * (1 - share) / of + half / (2 * of))
    low, high = ((share + half + sign * wide) / (1 + 2 * half) for sign in (-1, 1))
    return Estimate(share, max(0.0, low), min(1.0, high))


def hits_among(chances: Floats) -> Estimate:
    """How many of independent events happen (Poisson binomial); chances of each.

    Exact up to a size, normal beyond, where hundreds of hits make both the same. Sums do not hang
    on the order of the chances.
    """
    mean = fsum(chances)
    if len(chances) <= EXACT:
        below = np.cumsum(_distribution(np.sort(chances)))
        low, high = (float(np.searchsorted(below, tail)) for tail in (TAIL, 1 - TAIL))
        return Estimate(mean, low, min(high, float(len(chances))))
    wide = Z * sqrt(fsum(chances * (1 - chances)))
    return Estimate(mean, max(0.0, mean - wide), min(float(len(chances)), mean + wide))


def total_of(counts: npt.NDArray[np.intp], values: Floats) -> Estimate:
    """A sum of so many of each value, and how far that of as many others may lie from it."""
    number, value = int(counts.sum()), float(counts @ values)
    mean = value / number if number else 0.0
    wide = Z * sqrt(float(counts @ (values - mean) ** 2))
    return Estimate(value, value - wide, value + wide)


def _distribution(chances: Floats) -> Floats:
    """The probability of each number of hits."""
    found = np.ones(1)
    for chance in chances:
        found = np.convolve(found, (1 - chance, chance))
    return found
