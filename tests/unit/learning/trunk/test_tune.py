"""A trunk is tuned, written, and read as it was tuned; here on few texts, with the real layers."""

from pathlib import Path

import numpy as np
import orjson
import pytest

pytest.importorskip("torch", reason="tuning needs the extra `train`")

from ticketstream.learning.corpus import corpus_of
from ticketstream.learning.examples import Example
from ticketstream.learning.train import train
from ticketstream.learning.trunk.classify import tune
from ticketstream.learning.trunk.make import Trunks, taught
from ticketstream.learning.trunk.model import Trunk
from ticketstream.learning.trunk.tune import Recipe, Task, _applied, logits, read, tuned, vectors
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import Heads
from ticketstream.processors.snapshots import Snapshots, reader_of
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.errors import ModelError

MODELS = Path(__file__).parents[4] / "models"
RECIPE = Recipe(epochs=2, batch=8)
SAID = {
    "track_order": [
        "where is my parcel",
        "wo bleibt mein Paket",
        "is it on its way",
        "when is it due",
    ],
    "cancel_order": ["cancel it", "bitte stornieren", "stop my order", "I no longer want it"],
    "defect_report": ["it is broken", "die Lampe flackert", "the leg wobbles", "it does not work"],
}
INTENTS = {
    "track_order": "ask_status",
    "cancel_order": "request_cancellation",
    "defect_report": "report_problem",
}
TEXTS = [text for texts in SAID.values() for text in texts]
NAMES = [name for name, texts in SAID.items() for _ in texts]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(MODELS / "encoder")


def test_what_was_taught_is_known_of_other_texts(encoder: Encoder) -> None:
    others = ["please cancel my order", "der Griff ist kaputt"]
    told = tune(TEXTS, NAMES, others, encoder.lower, recipe=RECIPE, seed=1)
    assert told.labels == tuple(sorted(SAID))
    assert [told.labels[i] for i in told.logits.argmax(1)] == ["cancel_order", "defect_report"]
    np.testing.assert_allclose(told.probabilities.sum(axis=1), 1.0)


def test_a_written_trunk_reads_as_heads_on_it_were_fitted(encoder: Encoder, tmp_path: Path) -> None:
    intents = ["ask_status", "request_cancellation", "report_problem"]
    examples = [
        Example(
            text, "en", "own", "seed", name, intents[i % 3], i % 2 * 0.9, 0.1 * (i % 3), -0.1 * i
        )
        for i, (text, name) in enumerate(zip(TEXTS, NAMES, strict=True))
    ]
    foreign = Example("weather in Rome", "en", "clinc150", "foreign", "out_of_scope")
    corpus = corpus_of([*examples, foreign], encoder)
    trunks = Trunks(encoder, shipped_labels(), RECIPE, 1)
    read, reader = trunks.kept(corpus, tmp_path / "trunk")
    texts = [e.text for e in corpus.examples]
    cosines = (reader.embed(texts) * read.vectors).sum(axis=1)
    assert cosines.min() > 0.997  # half precision, then 8 bits
    assert (corpus.vectors * read.vectors).sum(axis=1).mean() < 0.99
    together = reader.embed(texts)
    assert together.tobytes() == np.concatenate([reader.embed([t]) for t in texts]).tobytes()
    assert "own: 12" in (tmp_path / "trunk" / "CARD.md").read_text()


def test_heads_on_a_trunk_are_one_snapshot_with_it(encoder: Encoder, tmp_path: Path) -> None:
    said = {"subject": "", "language": "en", "polarity": 0.0, "anger": 0.0, "urgency": 0.1}
    lines = [
        {"text": f"{text} {place}", "sub_category": name, "intent": INTENTS[name], **said}
        for text, name in zip(TEXTS, NAMES, strict=True)
        for place in ("please", "now")
    ]
    seeds = tmp_path / "seeds.jsonl"
    seeds.write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    snapshots = Snapshots(MODELS / "heads", tmp_path / "models")
    folder, labels = snapshots.begin(), shipped_labels()
    trunks = Trunks(encoder, labels, Recipe(epochs=1, batch=8, frozen=5), 1, folds=2)
    train(None, seeds, encoder, folder, 1, labels=labels, phrases=False, trunks=trunks)
    snapshot = snapshots.keep(folder)
    reader = reader_of(snapshot.manifest, encoder)
    assert reader.manifest.sha256 == snapshot.manifest.document["trunk"]
    text = ["please cancel my order now"]
    (judged,) = Heads.load(snapshot.folder, labels).judge(reader.embed(text), text)
    assert labels.sub_categories[int(judged.scores.argmax())] == "cancel_order"
    with (snapshot.folder / "trunk" / "upper_int8.onnx").open("ab") as file:
        file.write(b" ")
    with pytest.raises(ModelError, match="is not the file its manifest names"):
        snapshots.find(snapshot.id)


def test_of_phrases_only_a_part_is_tuned_on() -> None:
    phrases = [Example(f"p{n}", "en", "phrases", "phrases", "track_order") for n in range(90)]
    seeds = [Example(f"s{n}", "en", "own", "seed", "track_order") for n in range(90)]
    found = taught([*phrases, *seeds])
    assert [e.kind for e in found].count("phrases") == 20
    assert [e.kind for e in found].count("seed") == 90


def test_layers_that_stay_are_applied_once_and_stay(encoder: Encoder) -> None:
    hidden = read(TEXTS, encoder.lower)
    answers = np.array([sorted(SAID).index(name) for name in NAMES], np.float32)
    tasks = {"label": Task(3, answers, np.ones(len(TEXTS), np.float32))}
    recipe = Recipe(epochs=2, batch=8, frozen=3)
    trunk = tuned(hidden, tasks, recipe, 1).trunk
    before, after = Trunk().upper.layers, trunk.upper.layers
    same = [bool((a.q.weight == b.q.weight).all()) for a, b in zip(before, after, strict=True)]
    assert same == [True] * 3 + [False] * 3
    whole = vectors(trunk, hidden)
    assert (whole * vectors(trunk, _applied(trunk, hidden, 3), 3)).sum(axis=1).min() > 0.999


@pytest.mark.parametrize("known", [[], [0.0] * 12], ids=["of nothing", "of one answer"])
def test_a_shop_without_moods_and_with_two_labels_has_a_trunk_too(
    encoder: Encoder, known: list[float]
) -> None:
    answers = np.array([name == "cancel_order" for name in NAMES], np.float32)
    moods = np.array(known or [-1.0] * len(TEXTS), np.float32)
    counts = np.ones(len(TEXTS), np.float32)
    tasks = {"label": Task(2, answers, counts), "anger": Task(1, moods, counts)}
    hidden = read(TEXTS, encoder.lower)
    model = tuned(hidden, tasks, RECIPE, 1)
    found = logits(model, hidden, "label").argmax(1)
    assert found.tolist() == answers.tolist()
    assert np.isfinite(logits(model, hidden, "anger")).all()
