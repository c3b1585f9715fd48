"""A threshold is certified only where its error rate is shown to be small, and not for ever."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from ticketstream.learning.certify.tail import (
    at_most,
    fewest,
    lower_limit,
    needed,
    upper_limit,
)
from ticketstream.learning.certify.thresholds import BEGINNINGS, Level, find_threshold

RUNS = 120
LEVEL = Level(alpha=0.02, delta=0.05)


def sample(size: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Tickets whose confidence is uniform from 0.5 and means what it says."""
    dice = np.random.default_rng(seed)
    confidence = dice.uniform(0.5, 1.0, size)
    return confidence, dice.random(size) < confidence


def true_rate(threshold: float) -> float:
    at = np.linspace(threshold, 1.0, 2001)
    return float((1 - at).mean())


def test_the_exact_tail_is_that_of_the_textbook() -> None:
    assert at_most(0, 149, 0.02) == pytest.approx(0.98**149)
    assert at_most(1, 2, 0.5) == pytest.approx(0.75)
    assert at_most(5, 5, 0.1) == 1.0
    assert fewest(0.02, 0.05) == 149
    assert upper_limit(0, 149, 0.05) == pytest.approx(0.02, abs=3e-4)
    assert upper_limit(3, 100, 0.025) == pytest.approx(0.0852, abs=1e-4)  # Clopper-Pearson
    assert lower_limit(3, 100, 0.025) == pytest.approx(0.0062, abs=1e-4)


@drawn(st.integers(0, 40), st.integers(1, 400), st.floats(0.001, 0.2))
def test_a_limit_is_where_the_tail_has_the_level(wrong: int, of: int, level: float) -> None:
    wrong = min(wrong, of)
    limit = upper_limit(wrong, of, level)
    assert limit >= wrong / of
    if limit < 0.999:
        assert at_most(wrong, of, limit) == pytest.approx(level, rel=1e-3)


def test_how_many_more_are_needed_grows_as_the_rate_nears_alpha() -> None:
    counts = [needed(rate, 0.02, 0.05) for rate in (0.0, 0.005, 0.01, 0.015)]
    assert counts[0] == fewest(0.02, 0.05)
    assert all(a is not None and b is not None and a < b for a, b in pairwise(counts))
    assert needed(0.02, 0.02, 0.05) is None


def test_a_perfect_classifier_is_certified_as_soon_as_there_are_enough_tickets() -> None:
    least = fewest(LEVEL.alpha, LEVEL.delta / len(BEGINNINGS))
    few = find_threshold(np.full(least - 1, 0.999), np.ones(least - 1, bool), LEVEL)
    assert (few.verdict, few.missing) == ("few", 1)
    enough = find_threshold(np.full(least, 0.999), np.ones(least, bool), LEVEL)
    assert enough.verdict == "certified"
    assert enough.limit <= LEVEL.alpha


def test_a_bad_classifier_is_refused_and_no_number_of_tickets_would_help() -> None:
    confidence = np.random.default_rng(1).uniform(0.5, 1.0, 4000)
    right = np.random.default_rng(2).random(4000) < 0.8
    shown = find_threshold(confidence, right, LEVEL)
    assert (shown.verdict, shown.missing) == ("risky", None)


def test_what_may_be_right_is_told_with_how_many_tickets_are_missing() -> None:
    right = np.ones(400, bool)
    right[:5] = False  # 1.25 %
    shown = find_threshold(np.full(400, 0.997), right, LEVEL)
    assert shown.verdict == "unclear"
    assert shown.missing is not None
    assert shown.missing > 100


def test_one_unlucky_mistake_among_the_surest_does_not_end_the_search() -> None:
    confidence, right = np.linspace(0.9, 0.999, 3000), np.ones(3000, bool)
    right[-1] = False
    assert find_threshold(confidence, right, LEVEL).verdict == "certified"


def test_no_threshold_lies_where_tickets_could_not_be_reviewed() -> None:
    confidence, right = np.linspace(0.6, 0.999, 3000), np.ones(3000, bool)
    assert find_threshold(confidence, right, LEVEL).threshold == pytest.approx(0.6)
    assert find_threshold(confidence, right, LEVEL, lowest=0.9).threshold == pytest.approx(0.905)


@pytest.mark.parametrize(("size", "least"), [(400, 0.2), (2000, 0.95)])
def test_the_true_error_rate_is_above_alpha_at_most_delta_often(size: int, least: float) -> None:
    level, bad, found = Level(alpha=0.1, delta=0.1), 0, 0
    for seed in range(RUNS):
        shown = find_threshold(*sample(size, seed), level)
        if shown.verdict == "certified":
            found += 1
            bad += true_rate(shown.threshold) > level.alpha
    assert bad <= RUNS * level.delta
    assert found > RUNS * least
