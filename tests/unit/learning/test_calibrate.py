"""Calibration: made-up scores whose truth is known."""

import numpy as np
import pytest

from ticketstream.learning.calibrate import (
    best_temperature,
    degree_scale,
    foreign_scale,
    own_line,
    pair_calibration,
)
from ticketstream.learning.evaluate import calibration_error
from ticketstream.processors.calibration import calibrate, probabilities

DICE = np.random.default_rng(7)


def drawn(scores: np.ndarray) -> np.ndarray:
    """Labels drawn with the probabilities that the scores speak of."""
    return np.array([DICE.choice(len(p), p=p) for p in probabilities(scores, 1.0)])


def test_the_temperature_undoes_what_made_scores_too_loud() -> None:
    honest = DICE.normal(size=(4_000, 5)) * 2
    assert best_temperature(honest * 3, drawn(honest)) == pytest.approx(3.0, rel=0.1)


def test_a_confidence_is_the_share_of_pairs_that_are_right() -> None:
    subs, intents = DICE.normal(size=(4_000, 6)) * 2, DICE.normal(size=(4_000, 4)) * 2
    true_subs, true_intents = drawn(subs), drawn(intents)
    loud, quiet = subs * 4, intents * 0.5
    fitted = pair_calibration(loud, quiet, true_subs, true_intents)
    right = (loud.argmax(1) == true_subs) & (quiet.argmax(1) == true_intents)
    sure = np.array([calibrate(*pair, fitted) for pair in zip(loud, quiet, strict=True)])
    assert calibration_error(sure, right) < 0.04
    assert right[sure > 0.8].mean() > 0.8 > right[sure < 0.5].mean()


def test_a_degree_is_met_on_average() -> None:
    logits = DICE.normal(size=2_000)
    degrees = 1 / (1 + np.exp(-(2 * logits - 1)))
    slope, shift = degree_scale(logits, degrees)
    assert slope == pytest.approx(2.0, abs=0.1)
    assert shift == pytest.approx(-1.0, abs=0.1)


def test_certainty_that_is_wrong_is_a_calibration_error() -> None:
    assert calibration_error(np.ones(10), np.zeros(10, bool)) == 1.0
    assert calibration_error(np.full(10, 0.5), np.arange(10) < 5) == 0.0


def test_a_language_that_is_right_less_often_gets_a_calibration_of_its_own() -> None:
    subs, intents = DICE.normal(size=(4_000, 6)) * 2, DICE.normal(size=(4_000, 4)) * 2
    truth, wanted = drawn(subs), drawn(intents)
    spoken = np.array(["en", "de"] * 2_000)
    lost = (spoken == "de") & (DICE.uniform(size=4_000) < 0.4)
    truth[lost] = (truth[lost] + 1) % 6
    fitted = pair_calibration(subs, intents, truth, wanted, languages=list(spoken))
    right = (subs.argmax(1) == truth) & (intents.argmax(1) == wanted)
    rows = list(zip(subs, intents, spoken, strict=True))
    own = np.array([calibrate(s, i, fitted, language=code) for s, i, code in rows])
    pooled = np.array([calibrate(s, i, fitted) for s, i, _ in rows])
    german = spoken == "de"
    assert calibration_error(own[german], right[german]) < 0.05
    assert calibration_error(pooled[german], right[german]) > 0.06


def test_few_texts_of_a_language_move_little() -> None:
    odds = np.zeros(8)
    few, many = own_line(odds, np.ones(8, bool)), own_line(np.zeros(800), np.ones(800, bool))
    assert 0 < few[0] < 1 < many[0]


def test_one_half_leaves_nineteen_of_twenty_texts_in_scope() -> None:
    foreign = np.arange(4_000) < 400
    head, label = (DICE.normal(size=4_000) + 2 * foreign for _ in range(2))
    bias, *weights = foreign_scale(head, label, foreign)
    odds = bias + np.column_stack([head, label]) @ np.array(weights)
    assert (odds[~foreign] <= 0).mean() == pytest.approx(0.95, abs=0.002)
    assert (odds[foreign] > 0).mean() > (head[foreign] > np.quantile(head[~foreign], 0.95)).mean()


def test_without_texts_out_of_scope_their_head_is_believed() -> None:
    assert foreign_scale(np.ones(3), np.ones(3), np.zeros(3, bool)) == (0.0, 1.0, 0.0)
