"""Prediction sets: never empty, best first, and held to what a language measured."""

import numpy as np
import pytest

from ticketstream.processors.conformal import Conformal, covering, strangeness

SHARES = np.array([0.1, 0.5, 0.3, 0.06, 0.04])


def test_the_strangeness_of_a_label_is_what_is_more_probable() -> None:
    assert strangeness(SHARES, 0.0) == pytest.approx([0.8, 0.0, 0.5, 0.9, 0.96])
    assert strangeness(SHARES, 0.1) == pytest.approx([1.0, 0.0, 0.6, 1.2, 1.36])


def test_a_set_holds_the_most_probable_first_and_is_never_empty() -> None:
    assert covering(SHARES, Conformal(quantile=0.8)) == [1, 2, 0]
    assert covering(SHARES, Conformal(quantile=0.0)) == [1]
    assert covering(SHARES, Conformal(quantile=np.inf)) == [1, 2, 0, 3, 4]


def test_a_language_has_a_quantile_of_its_own_and_the_others_that_of_all() -> None:
    by = Conformal(quantile=0.0, languages={"de": 0.5})
    assert covering(SHARES, by, "de") == [1, 2]
    assert covering(SHARES, by, "en") == covering(SHARES, by) == [1]


def test_without_a_measurement_the_probabilities_are_believed() -> None:
    assert covering(np.array([0.85, 0.1, 0.05]), Conformal()) == [0, 1]
    assert covering(np.array([0.95, 0.05]), Conformal()) == [0]
