"""Counts -> exact binomial probabilities and limits; standard library only."""

from math import ceil, exp, fsum, lgamma, log, log1p

STEPS = 60  # halvings of an interval: beyond what a double can tell apart


def at_most(wrong: int, of: int, rate: float) -> float:
    """P(X <= wrong) for X ~ Bin(of, rate): how surprising so few mistakes are at that rate."""
    if wrong >= of or rate <= 0.0:
        return 1.0
    if rate >= 1.0:
        return 0.0
    terms = (
        lgamma(of + 1)
        - lgamma(k + 1)
        - lgamma(of - k + 1)
        + k * log(rate)
        + (of - k) * log1p(-rate)
        for k in range(wrong + 1)
    )
    return min(1.0, fsum(map(exp, terms)))


def upper_limit(wrong: int, of: int, level: float) -> float:
    """The Clopper-Pearson limit: above it so few mistakes are seen at most `level` often."""
    low, high = (wrong / of if of else 0.0), 1.0
    for _ in range(STEPS):
        middle = (low + high) / 2
        low, high = (middle, high) if at_most(wrong, of, middle) > level else (low, middle)
    return high


def lower_limit(wrong: int, of: int, level: float) -> float:
    """A rate below it would show so many mistakes at most `level` often."""
    return 1.0 - upper_limit(of - wrong, of, level) if of else 0.0


def fewest(alpha: float, level: float) -> int:
    """How many tickets without one mistake show that the rate is at most alpha."""
    return ceil(log(level) / log1p(-alpha))


def needed(rate: float, alpha: float, level: float, most: int = 1_000_000) -> int | None:
    """About how many tickets would show it if mistakes went on at this rate; None: none would."""
    if rate >= alpha:
        return None
    low, high = 0, fewest(alpha, level)
    while at_most(round(high * rate), high, alpha) > level:
        low, high = high, 2 * high
        if high > most:
            return None
    while high - low > max(1, high // 100):
        middle = (low + high) // 2
        shown = at_most(round(middle * rate), middle, alpha) <= level
        low, high = (low, middle) if shown else (middle, high)
    return high
