"""The simulated shop is one: real decisions, a truth beside the log, silent customers."""

from dataclasses import replace

import numpy as np
from benchmarks.counterfactual_shop import CASES, year


def test_the_log_tells_what_was_taken_and_the_truth_is_of_the_same_tickets() -> None:
    made = year(CASES[1], 7)
    assert made.log.answered.all()
    assert abs(made.log.outcome.mean() - made.before) < 1e-12
    assert made.log.moved.sum() > 500
    assert made.after < made.before - 0.005


def test_the_other_way_was_taken_as_often_as_its_stored_chance_says() -> None:
    log = year(replace(CASES[1], tickets=40_000), 8).log
    expected, happened = log.chance[log.moved].sum(), (log.taken == log.target)[log.moved].sum()
    assert abs(happened - expected) < 4 * np.sqrt(expected)


def test_where_customers_rate_most_are_silent() -> None:
    assert 0.15 < year(CASES[2], 9).log.answered.mean() < 0.35
