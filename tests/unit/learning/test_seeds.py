"""Seeds: what is no labelled text is told with its file and line, before anything is learned."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.errors import ModelError

LABELS = shipped_labels()
GOOD = {
    "text": "where is my parcel",
    "subject": "my order",
    "language": "en",
    "sub_category": "track_order",
    "intent": "ask_status",
    "polarity": -0.5,
    "anger": 1,
}


def test_a_line_is_an_example_in_the_form_that_classify_judges(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_bytes(orjson.dumps(GOOD))
    (example,) = read_seeds(tmp_path, LABELS)
    assert example.text == "my order. where is my parcel"
    assert (example.source, example.sub_category, example.intent) == (
        "own",
        "track_order",
        "ask_status",
    )
    assert (example.polarity, example.anger, example.urgency) == (-0.5, 1.0, None)


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"sub_category": "nope"}, "unknown sub_category 'nope'"),
        ({"intent": "nope"}, "unknown intent 'nope'"),
        ({"text": " "}, "text must be words"),
        ({"text": 5}, "text must be words"),
        ({"language": None}, "language must be words"),
        ({"anger": 5}, "anger is 5.0: must be from 0 to 1"),
        ({"polarity": -1.1}, "polarity is -1.1: must be from -1 to 1"),
        ({"urgency": "very"}, "could not convert string to float"),
    ],
)
def test_a_wrong_line_is_told_with_its_place(
    tmp_path: Path, wrong: dict[str, Any], told: str
) -> None:
    lines = [orjson.dumps(GOOD), orjson.dumps(GOOD | wrong)]
    (tmp_path / "own.jsonl").write_bytes(b"\n".join(lines))
    with pytest.raises(ModelError, match=rf"^own\.jsonl, line 2: {told}"):
        read_seeds(tmp_path, LABELS)


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (b"[1]", "must be a JSON object"),
        (b'{"text": ', "unexpected end of data"),
        (b'{"sub_category": "eta", "intent": "ask_status"}', "'text' is missing"),
    ],
)
def test_what_is_no_labelled_text_at_all_is_told_with_its_place(
    tmp_path: Path, line: bytes, told: str
) -> None:
    (tmp_path / "own.jsonl").write_bytes(line)
    with pytest.raises(ModelError, match=rf"^own\.jsonl, line 1: {told}"):
        read_seeds(tmp_path, LABELS)


def test_a_file_without_a_line_is_no_set_of_tickets(tmp_path: Path) -> None:
    (tmp_path / "own.jsonl").write_bytes(b"\n")
    with pytest.raises(ModelError, match="holds no labelled text"):
        read_seeds(tmp_path / "own.jsonl", LABELS)
