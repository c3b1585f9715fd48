"""The card's plots: real pictures of what was measured, the same bytes every time."""

from io import BytesIO

import numpy as np
import pytest
from matplotlib.image import imread

from ticketstream.learning.evaluate import Judged
from ticketstream.learning.examples import Example
from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.plots import plots_of, risks
from ticketstream.learning.said import Said


def judged(shift: float = 0.0) -> Judged:
    dice = np.random.default_rng(5)
    sure = dice.uniform(size=400)
    right = dice.uniform(size=400) < np.clip(sure + shift, 0, 1)
    examples = [Example(str(i), "en" if i % 2 else "de", "s") for i in range(400)]
    return Judged(HeldOut(examples, {}), Said(sure, right, right, np.ones(400, np.int64), sure))


def test_both_plots_have_a_panel_for_all_and_for_each_language() -> None:
    files = plots_of({"held_out_seeds": judged()})
    assert set(files) == {"held_out_seeds-reliability.png", "held_out_seeds-coverage-risk.png"}
    for picture in files.values():
        height, width, _ = imread(BytesIO(picture)).shape
        assert 2.5 < width / height < 4.0  # three panels, nearly square each


def test_the_same_judgement_gives_the_same_bytes_and_another_does_not() -> None:
    assert plots_of({"a": judged()}) == plots_of({"a": judged()})
    assert plots_of({"a": judged()}) != plots_of({"a": judged(-0.3)})


def test_the_risk_is_the_share_of_errors_among_the_surest() -> None:
    sure, right = np.array([0.2, 0.9, 0.8, 0.4]), np.array([False, True, False, True])
    coverage, risk = risks(Said(sure, right, right, np.ones(4, np.int64), sure))
    assert coverage.tolist() == [0.25, 0.5, 0.75, 1.0]
    assert risk == pytest.approx([0.0, 0.5, 1 / 3, 0.5])
