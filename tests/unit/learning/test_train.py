"""Training: from lines to a model folder, the same every time, and open to corrections."""

import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from importlib.resources import files
from pathlib import Path

import numpy as np
import orjson
import pytest

from ticketstream.learning.corrections import WEIGHT
from ticketstream.learning.examples import Example
from ticketstream.learning.held_out import FOLDS
from ticketstream.learning.train import train
from ticketstream.processors import ngrams
from ticketstream.processors.calibration import read_calibration
from ticketstream.processors.heads import Heads
from ticketstream.processors.lower import WIDTH, Vectors
from ticketstream.processors.model_files import read_manifest
from ticketstream.processors.taxonomy import labels_of, shipped_labels
from ticketstream.schemas.errors import ModelError

LABELS = shipped_labels()
KINDS = {
    "track_order": ("ask_status", ["where is parcel", "parcel on its way", "parcel arrives when"]),
    "cancel_order": ("request_cancellation", ["cancel it", "stop it, cancel", "cancel my order"]),
    "defect_report": ("report_problem", ["lamp broken", "broken handle", "it is broken now"]),
}
PLACES = ["today", "please", "at home", "again"]


class Spelling:
    """An encoder for tests: a text's vector is the count of its n-grams, folded."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            buckets, counts = ngrams.counts(text, 13)
            np.add.at(row, buckets % WIDTH, counts)
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: Vectors = vectors / np.maximum(lengths, np.float32(1e-9))
        return unit


@pytest.fixture
def seeds(tmp_path: Path) -> Path:
    lines = [
        {
            "text": f"{text} {place}",
            "subject": "",
            "language": "en",
            "sub_category": sub,
            "intent": intent,
            "register": "plain",
            "polarity": -0.5 if place == "again" else 0.0,
            "anger": 0.9 if place == "again" else 0.0,
            "urgency": 0.8 if place == "today" else 0.1,
        }
        for sub, (intent, texts) in KINDS.items()
        for text in texts
        for place in PLACES
    ]
    folder = tmp_path / "seeds"
    folder.mkdir()
    (folder / "all.jsonl").write_bytes(b"\n".join(orjson.dumps(line) for line in lines))
    return folder


def best(out: Path, text: str) -> tuple[str, str]:
    judged = Heads.load(out, LABELS).judge(Spelling().embed([text]), [text])[0]
    sub = LABELS.sub_categories[int(judged.scores.argmax())]
    return sub, LABELS.intents[int(judged.intent_scores.argmax())]


def test_what_was_taught_is_known(seeds: Path, tmp_path: Path) -> None:
    report = train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    assert best(tmp_path / "heads", "the handle is broken") == ("defect_report", "report_problem")
    assert best(tmp_path / "heads", "cancel") == ("cancel_order", "request_cancellation")
    assert report.held_out["all"].sub_category > 0.8
    assert report.sources == {"all": 36}
    assert read_calibration(tmp_path / "heads" / "calibration.toml") == report.calibration


def test_heads_are_judged_on_writers_whom_they_never_read(seeds: Path, tmp_path: Path) -> None:
    lines = (seeds / "all.jsonl").read_bytes().splitlines()
    (seeds / "all.jsonl").unlink()
    for number in range(FOLDS):
        (seeds / f"writer{number}.jsonl").write_bytes(b"\n".join(lines[number::FOLDS]))
    report = train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    assert report.by_writer["all"].size == report.held_out["all"].size == len(lines)
    assert read_manifest(tmp_path / "heads").document["scores"]["by_writer"]["en"]["size"] == 36
    card = (tmp_path / "heads" / "CARD.md").read_text()
    shown = [line.split("(")[1].rstrip(")") for line in card.splitlines() if line.startswith("![")]
    assert len(shown) == 4
    assert all((tmp_path / "heads" / name).read_bytes()[1:4] == b"PNG" for name in shown)


def test_anger_is_learned_from_degrees(seeds: Path, tmp_path: Path) -> None:
    train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    texts = ["lamp broken again", "lamp broken please"]
    heads = Heads.load(tmp_path / "heads", LABELS)
    angry, calm = heads.judge(Spelling().embed(texts), texts)
    assert angry.anger > calm.anger
    assert angry.polarity < calm.polarity


def test_a_correction_changes_the_answer(seeds: Path, tmp_path: Path) -> None:
    text = "the lamp is broken please cancel"
    wanted = "cancel_order" if best_after(seeds, tmp_path) != "cancel_order" else "defect_report"
    intent = KINDS[wanted][0]
    right = Example(
        text, "en", "correction", "correction", sub_category=wanted, intent=intent, weight=WEIGHT
    )
    train(
        None,
        seeds,
        Spelling(),
        tmp_path / "b",
        0,
        labels=LABELS,
        phrases=False,
        corrections=[right],
    )
    assert best(tmp_path / "b", text) == (wanted, intent)


def best_after(seeds: Path, tmp_path: Path) -> str:
    train(None, seeds, Spelling(), tmp_path / "a", 0, labels=LABELS, phrases=False)
    return best(tmp_path / "a", "the lamp is broken please cancel")[0]


def test_the_same_input_gives_the_same_bytes(seeds: Path, tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(None, seeds, Spelling(), tmp_path / name, 0, labels=LABELS, phrases=False)
    names = {file.name for file in (tmp_path / "a").iterdir()}
    assert {"heads.npz", "held_out_seeds-reliability.png"} < names
    for name in names:
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()


def test_a_test_set_is_measured_and_not_learned_from(seeds: Path, tmp_path: Path) -> None:
    line = orjson.loads((seeds / "all.jsonl").read_bytes().splitlines()[0])
    test = tmp_path / "own.jsonl"
    test.write_bytes(orjson.dumps(line | {"text": "utterly different words"}))
    plain = train(None, seeds, Spelling(), tmp_path / "a", 0, labels=LABELS, phrases=False)
    tested = train(
        None, seeds, Spelling(), tmp_path / "b", 0, labels=LABELS, phrases=False, test=test
    )
    assert tested.own_test["all"].size == 1
    assert tested.data == plain.data
    weights = [(tmp_path / name / "heads.npz").read_bytes() for name in "ab"]
    assert weights[0] == weights[1]
    assert "own test set" in (tmp_path / "b" / "CARD.md").read_text()


def test_a_wrong_label_names_file_and_line(seeds: Path, tmp_path: Path) -> None:
    with (seeds / "all.jsonl").open("ab") as file:
        file.write(b'\n{"text": "x", "language": "en", "sub_category": "nope", "intent": "x"}')
    with pytest.raises(ModelError, match=r"all\.jsonl, line 37: unknown sub_category 'nope'"):
        train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)


def test_nothing_to_learn_from_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="has no seeds"):
        train(None, tmp_path, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    line = {"text": "x", "language": "en", "sub_category": "eta", "intent": "ask_status"}
    (tmp_path / "one.jsonl").write_bytes(orjson.dumps(line))
    with pytest.raises(ModelError, match="fewer than two labels"):
        train(None, tmp_path, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)


def test_a_handful_of_texts_is_too_few_and_twenty_are_not(seeds: Path, tmp_path: Path) -> None:
    lines = (seeds / "all.jsonl").read_bytes().splitlines()[::-2]
    (seeds / "all.jsonl").write_bytes(b"\n".join(lines))
    with pytest.raises(ModelError, match=r"has 18 texts: write 20 at least"):
        train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    (seeds / "more.jsonl").write_bytes(b"\n".join(lines[:2]))
    report = train(None, seeds, Spelling(), tmp_path / "heads", 0, labels=LABELS, phrases=False)
    assert report.held_out["all"].size == 20


def test_training_leaves_no_text_that_it_learned_from_on_disk(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("TMPDIR", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.chdir(tmp_path)
    secret = Example(
        "the lamp of Zqsecret Zqname is broken", "en", "correction", "correction",
        sub_category="defect_report", intent="report_problem", weight=WEIGHT,
    )  # fmt: skip
    train(
        None,
        seeds,
        Spelling(),
        tmp_path / "heads",
        0,
        labels=LABELS,
        phrases=False,
        corrections=[secret],
    )
    read = {str(f.relative_to(tmp_path)): text for f in tmp_path.rglob("*") for text in texts(f)}
    assert b"handle" in read["seeds/all.jsonl"]
    assert any(name.startswith("heads/") for name in read)
    assert [name for name, text in read.items() if b"zqsecret" in text or b"zqname" in text] == []


def texts(file: Path) -> Iterator[bytes]:
    """A file's bytes in small letters; of an archive each part, unpacked."""
    if zipfile.is_zipfile(file):
        with zipfile.ZipFile(file) as archive:
            yield b"".join(archive.read(name).lower() for name in archive.namelist())
    elif file.is_file():
        yield file.read_bytes().lower()


def test_the_manifest_says_what_the_caller_knows_besides(seeds: Path, tmp_path: Path) -> None:
    out = tmp_path / "heads"
    train(None, seeds, Spelling(), out, 0, labels=LABELS, phrases=False, facts={"encoder": "ab"})
    manifest = read_manifest(out).document
    assert manifest["encoder"] == "ab"
    assert manifest["name"] == "ticket-heads"


def test_a_shop_learns_labels_of_its_own_and_no_other_taxonomy_takes_these_heads(
    seeds: Path, tmp_path: Path
) -> None:
    shipped = (files("ticketstream.schemas") / "taxonomy.toml").read_text("utf-8")
    own = labels_of(shipped.replace(".sub_categories.eta]", ".sub_categories.gift_wrap]"))
    gift = {"text": "wrap it as a gift", "language": "en", "sub_category": "gift_wrap"}
    line = orjson.dumps(gift | {"intent": "ask_information"})
    (seeds / "gifts.jsonl").write_bytes(b"\n".join([line] * 6))
    out = tmp_path / "heads"
    train(None, seeds, Spelling(), out, 0, labels=own)
    asked = ["wrap it as a gift"]
    judged = Heads.load(out, own).judge(Spelling().embed(asked), asked)[0]
    assert own.sub_categories[int(judged.scores.argmax())] == "gift_wrap"
    with pytest.raises(ModelError, match="another taxonomy"):
        Heads.load(out, LABELS)
