"""Intervals cover as often as they say; costs are checked."""

import numpy as np
import pytest

from ticketstream.learning.replay.costs import read_costs, shipped_costs
from ticketstream.learning.replay.intervals import Estimate, hits_among, total_of, wilson
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.schemas.errors import SettingError


def test_the_wilson_interval_is_the_textbooks() -> None:
    found = wilson(8, 10)  # Agresti and Coull: 0.490 to 0.943
    assert (round(found.low, 3), round(found.high, 3)) == (0.490, 0.943)
    assert wilson(0, 0) == Estimate(0.0, 0.0, 1.0)
    assert wilson(0, 50).low == 0.0
    assert wilson(50, 50).high == pytest.approx(1.0)


@pytest.mark.parametrize("size", [3, 40, 1_500, 6_000])
def test_the_number_of_hits_lies_within_as_often_as_promised(size: int) -> None:
    dice = np.random.default_rng(size)
    chances = dice.beta(1, 9, size)
    found = hits_among(chances)
    hits = (dice.random((1_000, size)) < chances).sum(axis=1)
    assert ((hits >= found.low) & (hits <= found.high)).mean() >= 0.935
    assert found.value == pytest.approx(chances.sum())


def test_the_exact_number_of_hits_is_the_binomials_for_equal_chances() -> None:
    found = hits_among(np.full(20, 0.1))  # 2.5 % and 97.5 % of a binomial of 20 at 0.1
    assert (found.low, found.high) == (0, 5)
    assert hits_among(np.empty(0)) == Estimate(0.0, 0.0, 0.0)


def test_sums_do_not_hang_on_the_order() -> None:
    chances = np.random.default_rng(1).random(3_000)
    assert hits_among(chances) == hits_among(chances[::-1])
    assert hits_among(chances[:500]) == hits_among(chances[:500][::-1])


def test_a_total_and_its_interval() -> None:
    found = total_of(np.array([50, 50]), np.array([0.0, 2.0]))
    assert found.value == 100
    assert (round(found.low, 1), round(found.high, 1)) == (80.4, 119.6)
    assert total_of(np.array([0, 0]), np.array([0.0, 2.0])) == Estimate(0.0, 0.0, 0.0)


def test_costs_of_a_shop_stand_over_the_shipped_ones() -> None:
    mine = read_costs('[costs]\nunit = "EUR"\nmanual_queue = 4.5\n', "mine.toml")
    by_route = dict(zip(ROUTES, mine.by_route, strict=True))
    shipped = dict(zip(ROUTES, shipped_costs().by_route, strict=True))
    assert (mine.unit, by_route) == ("EUR", shipped | {"manual_queue": 4.5})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[costs", "no table"),
        ("x = 1", "no table"),
        ("costs = 3", "no table"),
        ("[costs]\nphone = 3", "no route 'phone'"),
        ("[costs]\nauto_reply = -1", "costs.auto_reply is -1"),
        ("[costs]\nauto_reply = true", "costs.auto_reply is True"),
        ('[costs]\nauto_reply = "3"', "costs.auto_reply is '3'"),
        ("[costs]\nauto_reply = nan", "costs.auto_reply is nan"),
    ],
)
def test_costs_that_cannot_be_used_are_refused_with_the_reason(text: str, said: str) -> None:
    with pytest.raises(SettingError, match=said):
        read_costs(text, "mine.toml")
