"""An interval holds at few and heavy scores, and is no wider than it must be at many."""

import numpy as np
import pytest

from ticketstream.learning.counterfactual.bounds import betting, bootstrap, normal


def test_nothing_seen_is_nothing_known() -> None:
    assert betting(np.array([]), -3.0, 5.0) == (-3.0, 5.0)


def test_a_few_scores_leave_nearly_everything_open() -> None:
    low, high = betting(np.array([0.0, 1.0, 1.0]), 0.0, 1.0)
    assert low < 0.1
    assert high > 0.99


def test_many_scores_give_little_more_than_the_textbook() -> None:
    scores = np.random.default_rng(3).binomial(1, 0.3, 20_000).astype(float)
    low, high = betting(scores, 0.0, 1.0)
    least, most = normal(scores, 0.0, 1.0)
    assert low < scores.mean() < high
    assert high - low < 1.8 * (most - least)


def test_an_interval_of_mirrored_scores_is_the_mirrored_interval() -> None:
    scores = np.random.default_rng(4).random(300) ** 3
    low, high = betting(scores, 0.0, 1.0)
    assert betting(1 - scores, 0.0, 1.0) == pytest.approx((1 - high, 1 - low), abs=1e-6)


def test_a_smaller_chance_to_miss_is_a_wider_interval() -> None:
    scores = np.random.default_rng(5).random(300)
    narrow, wide = betting(scores, 0, 1, 0.2), betting(scores, 0, 1, 0.01)
    assert wide[0] < narrow[0] < narrow[1] < wide[1]


def test_it_holds_where_one_in_fifty_stands_for_all_and_the_others_do_not() -> None:
    dice, held = np.random.default_rng(6), np.zeros(3)
    for _ in range(200):
        told = dice.random(120) < 0.02
        scores = np.where(told, 50.0 * (dice.random(120) < 0.5), 0.0)
        for place, way in enumerate((betting, normal, bootstrap)):
            low, high = way(scores, 0.0, 50.0)
            held[place] += low <= 0.5 <= high
    assert held[0] >= 0.95 * 200
    assert max(held[1:]) < 0.9 * 200
