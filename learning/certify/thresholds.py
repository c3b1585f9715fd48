"""Confidences and whether each was right -> the lowest threshold whose error rate is shown small.

Learn then Test (Angelopoulos, Bates, Candès, Jordan, Lei 2021): every threshold is a hypothesis
"above it more than alpha are wrong". They are tested one by one from the strictest down, each with
the exact binomial test, and the walk ends where one is not rejected. So the chance that any chosen
threshold has a larger error rate than alpha is at most delta, at any sample size. A walk that
begins where few tickets are may end at once for one mistake; so there are several beginnings, which
share delta. Where they lie hangs on the confidences only, never on what was right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from ticketstream.learning.certify.tail import at_most, fewest, lower_limit, needed, upper_limit

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

GRID = tuple(round(1.0 - step / 200, 3) for step in range(1, 120))  # 0.995 down to 0.405
BEGINNINGS = (1, 2, 4, 8)  # times the fewest tickets that could show anything

Verdict = Literal["certified", "few", "risky", "unclear"]


@dataclass(frozen=True, slots=True)
class Level:
    """What is to be shown: at most `alpha` wrong, said falsely at most `delta` often."""

    alpha: float
    delta: float


@dataclass(frozen=True, slots=True)
class Tested:
    """What the outcomes say of one intent.

    Attributes:
        verdict: certified; few: not enough tickets for any claim; risky: more than alpha are wrong
            wherever one draws the line; unclear: it may be right, and more tickets would tell.
        threshold: the lowest that is certified, else the strictest that was tested.
        size, wrong: of the tickets at or above it.
        limit: their error rate is at most this, at the intent's share of delta.
        missing: about how many more reviewed tickets above it would tell; None: no number would.
    """

    verdict: Verdict
    threshold: float
    size: int
    wrong: int
    limit: float
    missing: int | None = 0


@dataclass(frozen=True, slots=True)
class _Step:
    threshold: float
    size: int
    wrong: int


def find_threshold(
    confidence: Floats,
    right: Bools,
    level: Level,
    lowest: float = 0.0,
    grid: Sequence[float] = GRID,
) -> Tested:
    """The lowest threshold with the guarantee, or why there is none.

    Args:
        confidence: of reviewed tickets, each drawn like those that the threshold will meet.
        right: whether an automatic reply would have been.
        level: what is to be shown.
        lowest: thresholds above this only: of tickets up to it not all could be reviewed.
        grid: thresholds from the strictest down, fixed before anything was seen.
    """
    share = level.delta / len(BEGINNINGS)
    least = fewest(level.alpha, share)
    steps = [_step(confidence, right, t) for t in grid if t > lowest]
    chosen = [found for times in BEGINNINGS if (found := _walk(steps, times * least, level, share))]
    if chosen:
        best = min(chosen, key=lambda step: step.threshold)
        return _told("certified", best, share)
    return _refused(steps, least, level, share)


def _walk(steps: Sequence[_Step], least: int, level: Level, share: float) -> _Step | None:
    """The last threshold, from the first with enough tickets down, before one fails."""
    found = None
    for step in (s for s in steps if s.size >= least):
        if at_most(step.wrong, step.size, level.alpha) > share:
            break
        if found is None or step.size > found.size:  # lower than any ticket is not lower
            found = step
    return found


def _refused(steps: Sequence[_Step], least: int, level: Level, share: float) -> Tested:
    enough = [s for s in steps if s.size >= least]
    if not enough:
        widest = steps[-1] if steps else _Step(1.0, 0, 0)
        return _told("few", widest, share, least - widest.size)
    best = min(enough, key=lambda s: s.wrong / s.size)
    if all(lower_limit(s.wrong, s.size, level.delta) > level.alpha for s in enough):
        return _told("risky", best, share, None)
    more = needed(best.wrong / best.size, level.alpha, share)
    return _told("unclear", best, share, None if more is None else max(1, more - best.size))


def _told(verdict: Verdict, step: _Step, share: float, missing: int | None = 0) -> Tested:
    limit = upper_limit(step.wrong, step.size, share)
    return Tested(verdict, step.threshold, step.size, step.wrong, limit, missing)


def _step(confidence: Floats, right: Bools, threshold: float) -> _Step:
    above = confidence >= threshold
    return _Step(threshold, int(above.sum()), int((above & ~right).sum()))
