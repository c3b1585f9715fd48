"""A model that misses a floor is told which, by how much, and in which language."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ticketstream.learning.floors import missed
from ticketstream.processors.model_files import read_manifest
from ticketstream.processors.policy import default_policy
from ticketstream.schemas.policy import Floors

HEADS = Path(__file__).parents[3] / "models" / "heads"
FLOORS = Floors(
    texts=100, category=0.8, sub_category=0.7, right_when_sure=0.9, ece=0.05, covered=0.87
)
GOOD = {
    "size": 200,
    "category": 0.9,
    "sub_category": 0.8,
    "precision": 0.95,
    "ece": 0.02,
    "covered": 0.9,
}


def manifest(**parts: Any) -> dict[str, Any]:
    return {"scores": {"held_out_seeds": parts}}


def test_the_shipped_model_misses_none_of_the_shipped_floors() -> None:
    assert missed(default_policy().floors, read_manifest(HEADS).document) == []


def test_a_good_model_misses_nothing() -> None:
    assert missed(FLOORS, manifest(all=GOOD, de=GOOD)) == []


@pytest.mark.parametrize(
    ("figures", "line"),
    [
        ({"category": 0.79}, "de: category is 0.790, the floor is 0.800"),
        ({"sub_category": 0.5}, "de: sub_category is 0.500, the floor is 0.700"),
        ({"precision": 0.899}, "de: right_when_sure is 0.899, the floor is 0.900"),
        ({"ece": 0.06}, "de: ece is 0.060, at most 0.050 is allowed"),
        ({"covered": 0.86}, "de: covered is 0.860, the floor is 0.870"),
        ({"ece": None}, "de: ece was not measured"),
        ({"category": None}, "de: category was not measured"),
    ],
)
def test_one_language_below_a_floor_is_enough(figures: dict[str, Any], line: str) -> None:
    assert missed(FLOORS, manifest(all=GOOD, de=GOOD | figures)) == [line]


def test_a_model_that_was_judged_on_few_texts_is_not_known() -> None:
    assert missed(FLOORS, manifest(all=GOOD | {"size": 99})) == [
        "99 held-out texts, the floor is 100"
    ]
    assert missed(replace(FLOORS, texts=99), manifest(all=GOOD | {"size": 99})) == []


def test_a_model_that_is_never_sure_sends_nothing_and_breaks_no_floor_by_it() -> None:
    assert missed(FLOORS, manifest(all=GOOD | {"precision": None})) == []


def test_a_model_that_was_never_measured_is_told_so() -> None:
    assert "no scores on held-out texts" in missed(FLOORS, {})[0]
