"""Logged tickets -> the value under the log, under the other policy, and the difference."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ticketstream.learning.counterfactual.bounds import Interval, betting
from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.learning.counterfactual.scores import Scored, scores
from ticketstream.learning.replay.intervals import Estimate
from ticketstream.processors.decision.columns import Floats

ALPHA = 0.05
Bounds = Callable[[Floats, float, float, float], Interval]
Part = tuple[Scored, tuple[float, float]]  # scores, and between what their mean lies anyhow
ANYHOW = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class Valued:
    """The supported tickets under both policies; outcomes as 0 to 1.

    Attributes:
        before: under the policies that decided.
        after: under the other one.
        gain: after less before.
        moved: tickets that the other policy sends another way than the log mostly did.
        telling: those of them that chance sent the new way and whose outcome is known.
        effective: how many equally weighted tickets would tell as much.
    """

    before: Estimate
    after: Estimate
    gain: Estimate
    moved: int
    telling: int
    effective: float


def value(log: Logged, bounds: Bounds = betting) -> Valued:
    """Estimate over the supported tickets of a log; there must be one whose outcome is known."""
    made, moved, certain = scores(log), log.moved, log.chance == 1
    drawn = [rows for rows in (~moved & ~certain, moved) if rows.any()]
    weight = made.weight[moved]
    return Valued(
        _mean([(made.old, ANYHOW)], len(log), bounds),
        _mean([(made.new.of(rows), ANYHOW) for rows in (certain, *drawn)], len(log), bounds),
        _mean([(made.gain.of(rows), (-1.0, 1.0)) for rows in drawn], len(log), bounds),
        int(moved.sum()),
        int((weight > 0).sum()),
        effective_size(weight),
    )


def effective_size(weights: Floats) -> float:
    """Kish: how many equal weights would tell as much."""
    squares = float(weights @ weights)
    return float(weights.sum()) ** 2 / squares if squares else 0.0


def _mean(parts: Sequence[Part], number: int, bounds: Bounds) -> Estimate:
    """The mean over all tickets; each part that is not certain may miss by its share of alpha."""
    open_ = sum(not _certain(part) for part, _ in parts)
    total = low = high = 0.0
    for part, (worst, best) in parts:
        size = len(part.score)
        if not size:
            continue
        mean = float(part.score.mean())
        ends = (mean, mean)
        if not _certain(part):
            ends = bounds(part.score, part.least.min(), part.most.max(), ALPHA / open_)
        total += size * min(max(mean, worst), best)
        low += size * max(ends[0], worst)
        high += size * min(ends[1], best)
    return Estimate(*(float(x) / number for x in (total, low, high)))


def _certain(part: Scored) -> bool:
    """Every outcome is known and chance moved nothing: the scores are what happened."""
    return bool((part.most - part.least <= 1).all())
