"""What the table of classifiers counts."""

import numpy as np
import pytest
from benchmarks.classify_score import coverage, foreign_recall, interval, macro_f1, scores


def test_coverage_is_the_largest_share_that_is_right_often_enough() -> None:
    sure = np.array([0.9, 0.8, 0.7, 0.6])
    assert coverage(sure, np.array([True, True, False, True]), 1.0) == 0.5
    assert coverage(sure, np.array([True, True, False, True]), 0.75) == 1.0
    assert coverage(sure, np.array([False, True, True, True]), 0.9) == 0.0


def test_texts_of_one_confidence_are_covered_together_or_not_at_all() -> None:
    """Else the order of the file would decide."""
    same = np.array([0.5, 0.5])
    assert coverage(same, np.array([True, False]), 1.0) == 0.0
    assert coverage(same, np.array([True, False]), 0.5) == 1.0


def test_recall_out_of_scope_keeps_19_of_20_known_texts() -> None:
    known = np.arange(100.0)
    assert foreign_recall(known, np.array([94.0, 95.0, 96.0, 200.0])) == 0.5


def test_macro_f1_counts_every_label_alike() -> None:
    truth = ["a"] * 9 + ["b"]
    assert macro_f1(truth, truth) == 1.0
    assert macro_f1(["a"] * 10, truth) == pytest.approx((18 / 19) / 2)


def test_an_interval_holds_its_share_and_narrows_with_more_texts() -> None:
    few, many = (
        interval(np.array([True, True, False])),
        interval(np.array([True, True, False] * 99)),
    )
    assert few[0] < many[0] < 2 / 3 < many[1] < few[1]


def test_a_model_without_probabilities_is_not_told_how_sure_it_is() -> None:
    shares = np.array([[0.9, 0.1], [0.2, 0.8]])
    told = scores(["a", "b"], shares, ["a", "a"], sure=False)
    assert (told["accuracy"], told["ece"], told["coverage_97"]) == (0.5, None, None)
    assert scores(["a", "b"], shares, ["a", "a"])["coverage_97"] == 0.5
