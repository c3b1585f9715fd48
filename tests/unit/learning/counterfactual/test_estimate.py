"""The estimate is right on average, exact where nothing is open, and wide where little is known."""

from dataclasses import replace

import numpy as np

from ticketstream.learning.counterfactual.estimate import effective_size, value
from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.learning.counterfactual.scores import scores, shrunk
from ticketstream.learning.replay.intervals import Estimate
from ticketstream.processors.decision.columns import Floats

RATE = 0.05


def invented(seed: int, number: int = 4_000) -> tuple[Logged, Floats]:
    """A log of two routes, and each ticket's outcome under the other policy.

    The new policy lets a machine answer a tenth of the tickets that people answer, where the log
    explored; machines get fewer of these right.
    """
    dice = np.random.default_rng(seed)
    sure, near = (u := dice.random(number)) < 0.3, (u >= 0.3) & (u < 0.4)
    machine = np.where(near, RATE, np.where(sure, 1.0, 0.0))
    taken = np.where(dice.random(number) < machine, 0, 1)
    target = np.where(sure | near, 0, 1)
    outcomes = (dice.random((2, number)) < [np.where(near, 0.4, 0.8), np.full(number, 0.8)]) * 1.0
    chance = np.where(target == 0, machine, 1 - machine)
    places, category = np.arange(number), dice.integers(0, 3, number)
    log = Logged(taken, target, chance, outcomes[taken, places], category)
    return log, outcomes[target, places]


def silent(log: Logged, seed: int) -> Logged:
    """The same, but who was answered by a machine rates less often."""
    told = np.random.default_rng(seed).random(len(log)) < np.where(log.taken == 0, 0.3, 0.6)
    return replace(log, outcome=np.where(told, log.outcome, np.nan))


def test_over_many_logs_the_estimate_is_right_and_the_interval_holds() -> None:
    errors, gains, held = [], [], []
    for seed in range(60):
        log, truth = invented(seed, 2_000)
        found, gain = value(log), float(truth.mean() - log.outcome.mean())
        errors.append(found.after.value - truth.mean())
        gains.append(found.gain.value - gain)
        held.append(found.gain.low <= gain <= found.gain.high)
    assert abs(np.mean(errors)) < 0.006
    assert abs(np.mean(gains)) < 0.006
    assert np.mean(held) >= 0.95


def test_where_outcomes_are_missing_it_still_holds_and_is_wider() -> None:
    held, wider = [], []
    for seed in range(40):
        log, truth = invented(seed, 2_000)
        found = value(silent(log, seed))
        held.append(found.after.low <= truth.mean() <= found.after.high)
        whole = value(log).after
        wider.append(found.after.high - found.after.low > whole.high - whole.low)
    assert np.mean(held) >= 0.95
    assert all(wider)


def test_who_is_silent_more_often_does_not_pull_the_value() -> None:
    log, _ = invented(1, 20_000)
    log = replace(log, outcome=np.where(log.taken == 0, 0.0, 1.0))
    known = silent(log, 1)
    naive = known.outcome[known.answered].mean()
    assert abs(naive - log.outcome.mean()) > 0.05
    assert abs(value(known).before.value - log.outcome.mean()) < 0.01


def test_a_policy_that_moves_nothing_has_exactly_what_was() -> None:
    log, _ = invented(1)
    same = replace(log, target=log.taken, chance=np.ones(len(log)))
    found, mean = value(same), float(log.outcome.mean())
    assert np.allclose([found.after.low, found.after.value, found.after.high], mean)
    assert found.gain == Estimate(0.0, 0.0, 0.0)
    assert (found.moved, found.telling, found.effective) == (0, 0, 0.0)


def test_no_interval_is_wider_than_what_the_moved_tickets_could_change() -> None:
    log, _ = invented(2, 60)
    found = value(log)
    assert found.gain.high - found.gain.low <= 2 * (found.moved / len(log)) + 2 * 0.001
    assert found.gain.low <= found.gain.value <= found.gain.high


def test_no_score_lies_beyond_its_bounds() -> None:
    for seed in range(5):
        made = scores(silent(invented(seed)[0], seed))
        for scored in (made.new, made.old, made.gain):
            assert (scored.least - 1e-9 <= scored.score).all()
            assert (scored.score <= scored.most + 1e-9).all()


def test_weights_are_one_over_the_chance_and_the_rate_of_answers() -> None:
    log, _ = invented(3)
    made = scores(log)
    assert set(np.round(made.weight[log.moved & log.telling], 6)) == {20.0}
    assert not made.weight[~log.telling].any()


def test_equal_weights_are_worth_their_number_and_unequal_ones_less() -> None:
    assert effective_size(np.full(7, 50.0)) == 7
    assert effective_size(np.array([1.0, 1.0, 98.0])) < 1.1
    assert effective_size(np.array([])) == 0


def test_a_small_group_leans_on_the_larger_one() -> None:
    values, every = np.array([0.0] * 90 + [1.0] * 10), np.ones(100, np.bool_)
    fine = np.array([0] * 90 + [1] * 10)
    told = shrunk(values, every, [fine * 0, fine], [np.zeros(2, np.intp), np.array([0, 1])])
    assert told[0] < 0.1 < told[1] < 0.6
