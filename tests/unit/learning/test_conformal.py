"""Conformal sets keep their promise on texts that are drawn like those they were fitted on."""

from math import inf

import numpy as np
import pytest

from ticketstream.learning.conformal import FEWEST, conformal, quantile
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.conformal import Conformal, covering


def drawn(dice: np.random.Generator, many: int, loudness: float) -> tuple[np.ndarray, np.ndarray]:
    """Probabilities that are too sure by a factor, and truths drawn from the honest ones."""
    honest = dice.normal(size=(many, 8)) * 1.5
    truth = np.array([dice.choice(8, p=p) for p in probabilities(honest, 1.0)])
    return probabilities(honest * loudness, 1.0), truth


def share_covered(shares: np.ndarray, truth: np.ndarray, by: Conformal, language: str) -> float:
    sets = (covering(row, by, language) for row in shares)
    return float(np.mean([place in found for place, found in zip(truth, sets, strict=True)]))


@pytest.mark.parametrize("level", [0.8, 0.9, 0.95])
def test_sets_hold_the_truth_as_often_as_the_level_says(level: float) -> None:
    dice = np.random.default_rng(11)
    found = []
    for _ in range(60):  # each time texts to fit on, and others to judge
        fitted = conformal(*drawn(dice, 300, 3.0), np.full(300, "en"), level)
        found.append(share_covered(*drawn(dice, 100, 3.0), fitted, "en"))
    assert np.mean(found) == pytest.approx(level, abs=0.015)


def test_probabilities_alone_would_not_have_kept_the_promise() -> None:
    dice = np.random.default_rng(12)
    believed = share_covered(*drawn(dice, 3_000, 3.0), Conformal(quantile=0.9), "en")
    assert believed < 0.85


def test_each_language_keeps_its_own_promise() -> None:
    dice = np.random.default_rng(13)
    sure, unsure = drawn(dice, 2_000, 1.0), drawn(dice, 2_000, 6.0)
    shares, truth = np.vstack([sure[0], unsure[0]]), np.concatenate([sure[1], unsure[1]])
    fitted = conformal(shares, truth, np.repeat(["en", "de"], 2_000))
    assert share_covered(*drawn(dice, 2_000, 1.0), fitted, "en") == pytest.approx(0.9, abs=0.03)
    assert share_covered(*drawn(dice, 2_000, 6.0), fitted, "de") == pytest.approx(0.9, abs=0.03)
    assert fitted.languages["en"] < fitted.quantile < fitted.languages["de"]


def test_a_language_of_few_texts_goes_by_all() -> None:
    dice = np.random.default_rng(14)
    spoken = np.array(["en"] * FEWEST + ["de"] * (FEWEST - 1))
    fitted = conformal(*drawn(dice, len(spoken), 1.0), spoken)
    assert set(fitted.languages) == {"en"}
    assert fitted.of("de") == fitted.quantile


def test_too_few_texts_for_a_level_promise_nothing_less_than_every_label() -> None:
    assert quantile(np.arange(9.0), 0.9) == 8.0
    assert quantile(np.arange(8.0), 0.9) == inf
