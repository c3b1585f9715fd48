"""Which rows a run of `benchmarks/classify.py` may read."""

import csv
import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from benchmarks import classify_sets
from benchmarks.classify_sets import OWN, SETS, Guard, own_judged, own_learned, public_task

from ticketstream.schemas.errors import ModelError

DEV, SCORED = Guard(development=True), Guard(development=False)
SECRET = "this row is scored"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The three sets, as small as they can be; what is scored says so."""
    (tmp_path / "banking77").mkdir()
    with (tmp_path / "banking77/train.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(["text", "category"])
        writer.writerows([f"{n} my card", "lost_card"] for n in range(200))
    (tmp_path / "clinc150").mkdir()
    rows = {
        "train": [[f"{n} what is the time", "time"] for n in range(50)],
        "val": [[SECRET, "time"]],
        "oos_train": [[f"{n} who was the first king", "oos"] for n in range(20)],
        "oos_val": [[SECRET, "oos"]],
    }
    (tmp_path / "clinc150/data_oos_plus.json").write_text(json.dumps(rows), encoding="utf-8")
    folder = tmp_path / "massive_de/Intents"
    folder.mkdir(parents=True)
    (tmp_path / "massive_de/intent_labels.txt").write_text("alarm_set\nplay_music\n")
    for part, text in {"train": "weck mich", "dev": "spiel jazz", "test": SECRET}.items():
        (folder / f"{part}.txt").write_text(f"{text}\t0\n", encoding="utf-8")
    return tmp_path


def test_a_development_run_is_refused_what_is_scored() -> None:
    with pytest.raises(ModelError, match="must not read what is scored"):
        DEV.scored(lambda: "rows")
    assert SCORED.scored(lambda: "rows") == "rows"


@pytest.mark.parametrize("name", SETS)
def test_a_development_run_holds_no_row_that_a_scored_run_judges(data: Path, name: str) -> None:
    dev, scored = public_task(name, data, DEV), public_task(name, data, SCORED)
    assert dev
    assert scored
    assert scored.judged
    held = {t for t, _ in (*dev.train, *dev.judged)} | {*dev.foreign, *dev.outside}
    assert dev.judged
    assert held.isdisjoint([t for t, _ in scored.judged])
    assert held.isdisjoint(scored.outside)


def test_a_development_run_does_not_open_the_test_file(data: Path) -> None:
    (data / "massive_de/Intents/test.txt").unlink()
    assert public_task("massive_de", data, DEV)
    with pytest.raises(FileNotFoundError):
        public_task("massive_de", data, SCORED)


def test_the_own_test_set_is_the_one_that_was_frozen() -> None:
    frozen = re.findall(r"^`([0-9a-f]{64})`$", OWN.with_name("README.md").read_text(), re.MULTILINE)
    assert sha256(OWN.read_bytes()).hexdigest() == frozen[0]


def test_a_development_run_does_not_open_the_own_test_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With its file gone, development goes on, on seeds that were not learned from."""
    monkeypatch.setattr(classify_sets, "OWN", tmp_path / "gone.jsonl")
    _, learned = own_learned(DEV, tmp_path / "seeds")
    judged = own_judged(DEV, tmp_path / "seeds")
    assert judged
    assert len(learned) > 3 * len(judged)
    with pytest.raises(ModelError, match="has no seeds"):
        own_judged(SCORED, tmp_path / "seeds")


def test_what_was_learned_word_for_word_is_not_judged(data: Path) -> None:
    (data / "massive_de/Intents/test.txt").write_text("Weck mich\t0\nspiel jazz\t1\n")
    task = public_task("massive_de", data, SCORED)
    assert task
    assert task.judged == [("spiel jazz", "play_music")]
    assert "1 that stand in both left out" in task.told


def test_a_set_that_is_not_there_is_no_error(tmp_path: Path) -> None:
    assert all(public_task(name, tmp_path, SCORED) is None for name in SETS)
