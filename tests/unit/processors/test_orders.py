"""Orders to a machine in words that nobody wrote a phrase for are heard by what they mean."""

import json
import shutil
from pathlib import Path

import pytest
from tests.unit.processors.judging import MODELS, shipped, ticket

from ticketstream.processors.classify import ClassifyResources, classify
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.orders import Orders, windows
from ticketstream.processors.policy import default_policy
from ticketstream.schemas.errors import ModelError

HIGH = default_policy().thresholds.injection
JUDGED = Path(__file__).parents[3] / "knowledge/testset/orders.jsonl"


@pytest.fixture(scope="module")
def resources() -> ClassifyResources:
    return shipped()


def share(resources: ClassifyResources, language: str, *, of_orders: bool) -> float:
    lines = [json.loads(line) for line in JUDGED.read_text("utf-8").splitlines()]
    said = [x["text"] for x in lines if (x["language"], x["order"]) == (language, of_orders)]
    assert len(said) == 30
    events = classify([ticket(text) for text in said], resources)
    return sum(e.injection >= HIGH for e in events) / len(events)


@pytest.mark.parametrize(("language", "floor"), [("en", 22 / 30), ("de", 22 / 30)])
def test_of_orders_by_a_writer_nobody_learned_from_so_many_are_heard(
    resources: ClassifyResources, language: str, floor: float
) -> None:
    assert share(resources, language, of_orders=True) >= floor


@pytest.mark.parametrize(("language", "ceiling"), [("en", 0.0), ("de", 2 / 30)])
def test_of_that_writers_look_alikes_hardly_more_are_taken_for_one(
    resources: ClassifyResources, language: str, ceiling: float
) -> None:
    assert share(resources, language, of_orders=False) <= ceiling


def test_a_sentence_is_looked_at_alone_and_with_its_neighbour() -> None:
    text = "Hi. Where is it? Thanks"
    assert [text[a:b] for a, b in windows(text)] == [
        "Hi.",
        "Where is it?",
        "Thanks",
        "Hi. Where is it?",
        "Where is it? Thanks",
    ]


def test_nothing_said_is_no_order(resources: ClassifyResources) -> None:
    assert resources.orders.score(resources.encoder.read(""), "") == 0.0


def test_a_model_for_another_encoder_stops_the_start(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(MODELS / "orders", tmp_path / "orders"))
    manifest = folder / "manifest.toml"
    encoder = Encoder.load(MODELS / "encoder").manifest
    manifest.write_text(manifest.read_text("utf-8").replace(encoder.sha256, "ab" * 32), "utf-8")
    with pytest.raises(ModelError, match="another encoder"):
        Orders.load(folder, encoder)
