"""Logged tickets -> a score each, whose mean is what the other policy would have given.

Doubly robust: a model of the outcome by route and category says what to expect, and the tickets
that went that way by chance correct it, each for as many as it stands for. The mean is right when
the stored chances are right, however bad the model is; a good model only makes it narrower.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.processors.decision.columns import Floats, Mask
from ticketstream.processors.decision.rules import ROUTES

Codes = NDArray[np.integer]
FOLDS = 5
PULL = 10.0  # tickets that what is known of the coarser group counts for


@dataclass(frozen=True, slots=True)
class Scored:
    """A score a ticket, and beyond which it could not have lain, whatever the outcome."""

    score: Floats
    least: Floats
    most: Floats

    def of(self, rows: Mask) -> "Scored":
        """Some of the tickets."""
        return Scored(self.score[rows], self.least[rows], self.most[rows])


@dataclass(frozen=True, slots=True)
class Scores:
    """Outcomes as 0 to 1.

    Attributes:
        new: of the other policy's route.
        old: of the route that was taken.
        gain: new less old.
        weight: how many tickets each telling ticket stands for; 0 for the others.
    """

    new: Scored
    old: Scored
    gain: Scored
    weight: Floats


def scores(log: Logged) -> Scores:
    """The doubly robust scores of supported tickets; each by a model that did not see it."""
    rate_new, rate_old = answer_rates(log, log.target), answer_rates(log, log.taken)
    expect_new, expect_old = expectations(log)
    outcome, hit = np.nan_to_num(log.outcome), log.taken == log.target
    heavy, light = 1 / (log.chance * rate_new), 1 / rate_old
    weight = np.where(log.telling, heavy, 0.0)
    new = expect_new + weight * (outcome - expect_new)
    old = expect_old + np.where(log.answered, light, 0.0) * (outcome - expect_old)
    # the other policy's way was taken, or it was not
    more, apart = heavy - np.where(hit, light, 1 / rate_new), expect_new - expect_old
    return Scores(
        Scored(new, expect_new * (1 - heavy), expect_new + (1 - expect_new) * heavy),
        Scored(old, expect_old * (1 - light), expect_old + (1 - expect_old) * light),
        Scored(
            new - old,
            np.minimum(-expect_new * more, apart - (1 - expect_old) * light),
            np.maximum((1 - expect_new) * more, apart + expect_old * light),
        ),
        weight,
    )


def answer_rates(log: Logged, routes: Codes) -> Floats:
    """How often the outcome of tickets that go these ways is known, by route and category."""
    every = np.ones(len(log), np.bool_)
    answered = log.answered.astype(np.float64)
    rates = shrunk(answered, every, _levels(log, log.taken), _levels(log, routes))
    return np.clip(rates, 1 / max(1, len(log)), 1.0)


def expectations(log: Logged) -> tuple[Floats, Floats]:
    """The outcome to expect of the other policy's route and of the taken one, cross-fitted."""
    new, old = np.zeros(len(log)), np.zeros(len(log))
    outcome = np.nan_to_num(log.outcome)
    # mixed, always alike: a rhythm in the log must not put all explored tickets in one fold
    folds = np.random.default_rng(0).permutation(len(log)) % FOLDS
    fit = _levels(log, log.taken)
    for fold in range(FOLDS):
        mine, seen = folds == fold, log.answered & (folds != fold)
        for out, asked in ((new, log.target), (old, log.taken)):
            out[mine] = shrunk(outcome, seen, fit, [c[mine] for c in _levels(log, asked)])
    return np.clip(new, 0, 1), np.clip(old, 0, 1)


def shrunk(values: Floats, seen: Mask, fit: Sequence[Codes], asked: Sequence[Codes]) -> Floats:
    """Means by ever finer groups, each pulled towards the coarser one that it lies in.

    Args:
        values: one a row.
        seen: the rows to learn from.
        fit: each row's group, from coarse to fine.
        asked: the groups of those who ask.
    """
    start = float(values[seen].mean()) if seen.any() else 0.5
    learned, told = np.full(int(seen.sum()), start), np.full(len(asked[0]), start)
    for groups, wanted in zip(fit, asked, strict=True):
        mine = groups[seen]
        size = int(max(groups.max(initial=0), wanted.max(initial=0))) + 1
        counts = np.bincount(mine, minlength=size)
        shift = np.bincount(mine, values[seen] - learned, size) / (counts + PULL)
        learned, told = learned + shift[mine], told + shift[wanted]
    return told


def _levels(log: Logged, routes: Codes) -> list[Codes]:
    """Route; the same apart for tickets that move; the same by category."""
    routes = np.asarray(routes, np.intp)
    apart = routes + len(ROUTES) * log.moved
    return [routes, apart, apart + 2 * len(ROUTES) * np.asarray(log.category, np.intp)]
