"""The language-model rows of the table, against a made-up endpoint."""

import json
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from benchmarks.classify_ask import ROWS, Shown, accepting, not_asked, prompt, rows_of
from benchmarks.classify_rows import Fitted, Given
from benchmarks.fake_endpoint import Answer, Asked, message_of, serving

from ticketstream.doors.language_model.second_opinion import connect_patiently
from ticketstream.doors.settings import load
from ticketstream.processors.lower import WIDTH, Vectors

NAMES = ("cancel", "late")
JUDGED = [("cancel it", "cancel"), ("too late", "late"), ("late again", "late")]


class Letters:
    """An encoder for tests: a text's vector is the count of its letters."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            np.add.at(row, [ord(c) % WIDTH for c in text], 1.0)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


def own(texts: Sequence[str]) -> np.ndarray:
    """Sure that whatever has no "again" is cancelled, unsure of the others."""
    return np.array([[0.5, 0.5] if "again" in t else [0.9, 0.1] for t in texts])


def says(asked: Asked) -> Answer:
    label = "late" if "late" in message_of(asked) else "cancel"
    return Answer(json.dumps({"label": label}))


def test_zero_shot_few_shot_and_both_together_are_counted_on_the_same_texts(tmp_path: Path) -> None:
    given = Given(["cancel", "so late"], ["cancel", "late"], (), Letters(), None)  # type: ignore[arg-type]
    fitted = Fitted(NAMES, own, lambda texts: np.zeros(len(texts)))
    with serving(says) as fake:
        file = tmp_path / "model.toml"
        file.write_text(f'[endpoint]\nbase_url = "{fake.url}"\nmodel = "made-up"\n')
        asking = connect_patiently(load(home=tmp_path, language_model=file))
        with closing(asking.model):
            rows = rows_of(asking.model, fitted, given, JUDGED)
    assert [rows[name]["accuracy"] for name in ROWS] == pytest.approx([1.0, 1.0, 2 / 3])
    assert rows["ours + language model"]["asked_share"] == pytest.approx(1 / 3)
    assert rows["language model, few-shot"]["answered"] == 3
    assert len(fake.asked[0]["messages"]) == 2
    assert len(fake.asked[-1]["messages"]) == 2 + 2 * 2  # both examples, as turns


def test_without_an_endpoint_each_row_says_why() -> None:
    assert set(not_asked()) == set(ROWS)
    assert all("TICKETSTREAM_LANGUAGE_MODEL is not set" in told for told in not_asked().values())


def test_only_a_label_of_the_set_is_an_answer() -> None:
    wrong = accepting(NAMES)
    assert wrong('{"label": "late"}') == ""
    assert wrong('{"label": "weather"}') == "outside_taxonomy"
    assert wrong("late") == wrong('{"label": "late", "sure": 1}') == "invalid"


def test_the_nearest_example_stands_right_before_the_question() -> None:
    texts = ["cancel", "so late", "cancelled"]
    shown = Shown(texts, ["cancel", "late", "cancel"], Letters().embed(texts))
    assert [texts[i] for i in shown.nearest(Letters().embed(["so late!"]))[0]][-1] == "so late"
    asked = prompt(NAMES, "hm", [("so late", "late")])
    assert [m["role"] for m in asked.messages] == ["system", "user", "assistant", "user"]
