"""Calibration: pure, monotone, named by its numbers."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ticketstream.processors.calibration import (
    FEATURES,
    PairCalibration,
    calibrate,
    calibration_of,
    features,
    out_of_scope,
    probabilities,
    read_calibration,
)
from ticketstream.processors.conformal import Conformal
from ticketstream.schemas.errors import ModelError

PLAIN = PairCalibration(1.0, 1.0, (0.0, 1.0, 1.0), 100)


def test_clearer_scores_give_a_higher_confidence() -> None:
    unsure = calibrate([1.0, 0.9, 0.0], [1.0, 0.9], PLAIN)
    sure = calibrate([9.0, 0.9, 0.0], [9.0, 0.9], PLAIN)
    assert 0.0 < unsure < sure < 1.0


def test_a_higher_temperature_makes_less_sure() -> None:
    hot = replace(PLAIN, temperature=4.0)
    assert calibrate([3.0, 0.0], [3.0, 0.0], hot) < calibrate([3.0, 0.0], [3.0, 0.0], PLAIN)


def test_stored_bytes_give_the_same_confidence_as_the_scores() -> None:
    scores, intents = np.array([2.5, -1.0], "<f4"), np.array([0.5, 0.25], "<f4")
    stored = [np.frombuffer(part.tobytes(), "<f4") for part in (scores, intents)]
    assert calibrate(*stored, PLAIN) == calibrate(scores, intents, PLAIN)


def test_probabilities_sum_to_one_however_large_the_scores() -> None:
    shares = probabilities([1e4, 0.0, -1e4], 1.0)
    assert shares.sum() == pytest.approx(1.0)
    assert shares[0] == pytest.approx(1.0)


def test_the_id_changes_with_every_number() -> None:
    others = [
        replace(PLAIN, temperature=1.1),
        replace(PLAIN, intent_temperature=1.1),
        replace(PLAIN, weights=(0.1, 1.0, 1.0)),
        replace(PLAIN, size=101),
        replace(PLAIN, languages={"de": (0.1, 1.0)}),
        replace(PLAIN, sets=Conformal(quantile=0.8)),
        replace(PLAIN, foreign=(0.0, 1.0, 0.5)),
    ]
    assert len({c.id for c in (PLAIN, *others)}) == 8


def test_a_missing_or_broken_calibration_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="ticketstream model train"):
        read_calibration(tmp_path / "none.toml")
    (tmp_path / "broken.toml").write_text("temperature = 1.0")
    with pytest.raises(ModelError, match="ticketstream model train"):
        read_calibration(tmp_path / "broken.toml")


def test_a_document_gives_its_calibration() -> None:
    document = {"temperature": 1, "intent_temperature": 1.0, "platt": [0, 1, 1], "size": 100}
    assert calibration_of(document) == PLAIN


def test_a_language_moves_its_own_confidence_only() -> None:
    german = replace(PLAIN, languages={"de": (-1.0, 0.5)})
    scores = [3.0, 0.0, 0.5], [2.0, 0.0]
    assert calibrate(*scores, german, language="de") < calibrate(*scores, german, language="en")
    assert calibrate(*scores, german, language="fr") == calibrate(*scores, PLAIN, language="de")


def test_every_sign_is_higher_the_clearer_a_label_is() -> None:
    clear, unclear = (np.array([4.0, 1.0, 0.0]), 1.0), (np.array([2.0, 1.5, 0.0]), 1.0)
    surer, less = features([clear, clear], (0, 0)), features([unclear, unclear], (0, 0))
    assert len(surer) == len(FEATURES)
    assert (surer > less).all()
    of_another_label = features([clear, clear], (1, 1))
    assert (of_another_label <= surer).all()


def test_what_is_out_of_scope_is_told_by_its_head_and_by_its_label() -> None:
    inside, outside = [4.0, 0.0, 0.0], [0.0, 0.0, 4.0]
    both = replace(PLAIN, foreign=(0.0, 0.5, 0.5))
    odds = out_of_scope([-1.0, -1.0], [inside, outside], 2, both)
    assert odds[0] < odds[1]
    assert out_of_scope([-1.0], [outside], 2, PLAIN) == pytest.approx([-1.0])
    assert out_of_scope(-1.0, outside, 2, both) == odds[1]
