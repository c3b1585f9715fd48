"""What another policy would have given: right on average, honest about the rest."""

import numpy as np
import pytest

from ticketstream.learning.counterfactual.bounds import betting
from ticketstream.learning.counterfactual.estimate import Valued, effective_size, value
from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.processors.decision.rules import ROUTES

SUGGESTION, MANUAL = ROUTES.index("agent_suggestion"), ROUTES.index("manual_queue")
RATE = 0.03  # of exploration
TRUTH = {SUGGESTION: (0.7, 0.9), MANUAL: (0.4, 0.8)}  # what comes of a way, by category


def log(seed: int, size: int = 4000, silent: float = 0.3) -> Logged:
    """Tickets that are suggestions but for those explored; the other policy gives all to people."""
    dice = np.random.default_rng(seed)
    taken = np.where(dice.random(size) < RATE, MANUAL, SUGGESTION)
    category = dice.integers(0, 2, size)
    chance = np.array([[TRUTH[way][kind] for kind in (0, 1)] for way in (SUGGESTION, MANUAL)])
    mean = chance[(taken == MANUAL).astype(int), category]
    outcome = (dice.random(size) < mean).astype(np.float64)
    outcome[dice.random(size) < silent] = np.nan
    target = np.full(size, MANUAL)
    return Logged(taken, target, np.full(size, RATE), outcome, category)


def test_the_interval_holds_the_truth_of_a_policy_that_was_never_in_force() -> None:
    truth = sum(TRUTH[MANUAL]) / 2
    found = [value(log(seed)) for seed in range(60)]
    assert sum(v.after.low <= truth <= v.after.high for v in found) >= 57
    assert np.mean([v.after.value for v in found]) == pytest.approx(truth, abs=0.03)
    gains = [v.gain.value for v in found]
    assert np.mean(gains) == pytest.approx(truth - sum(TRUTH[SUGGESTION]) / 2, abs=0.03)


def test_more_tickets_say_more() -> None:
    few, many = (value(log(1, size)) for size in (1000, 16_000))

    def width(v: Valued) -> float:
        return v.after.high - v.after.low

    assert width(many) < width(few)
    assert many.effective > few.effective


def test_a_policy_that_changes_nothing_gains_nothing_and_that_is_certain() -> None:
    same = log(2, silent=0.0)
    unmoved = Logged(same.taken, same.taken, np.ones(len(same)), same.outcome, same.category)
    found = value(unmoved)
    assert (found.gain.low, found.gain.value, found.gain.high) == (0.0, 0.0, 0.0)
    assert found.before == found.after
    assert found.moved == 0


def test_what_the_log_could_not_have_chosen_has_no_support() -> None:
    some = log(3)
    chance = some.chance.copy()
    chance[:100] = 0.0
    assert (
        int((~Logged(some.taken, some.target, chance, some.outcome, some.category).supported).sum())
        == 100
    )


def test_an_interval_of_few_skewed_scores_still_holds_their_mean() -> None:
    """One in fifty is 1: a normal interval of thirty scores mostly says 0 to 0."""
    dice = np.random.default_rng(0)
    missed = 0
    for _ in range(200):
        low, high = betting((dice.random(30) < 0.02).astype(np.float64), 0.0, 1.0)
        missed += not low <= 0.02 <= high
    assert missed <= 10


def test_heavy_weights_are_worth_few_tickets() -> None:
    assert effective_size(np.array([1.0, 1.0, 1.0])) == pytest.approx(3.0)
    assert effective_size(np.array([100.0, 1.0, 1.0])) == pytest.approx(1.04, abs=0.01)
    assert effective_size(np.zeros(0)) == 0.0
