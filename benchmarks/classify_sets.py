"""The folder of public sets, the project's seeds and tickets -> what to learn from, what to judge.

A development run judges other rows than a scored run, and the rows that are scored go through
`Guard`, which refuses them in a development run. So no choice can rest on them.
"""

import csv
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from ticketstream.doors.settings import ROOT
from ticketstream.learning.examples import Example
from ticketstream.learning.method import text_hash
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.errors import ModelError

T = TypeVar("T")
Row = tuple[str, str]  # text, label
SEEDS = ROOT / "knowledge" / "seeds"
OWN = ROOT / "knowledge" / "testset" / "own.jsonl"
FIFTH = 5
SETS = ("banking77", "clinc150", "massive_de")


class Guard:
    """Hands out the rows that are scored, and never in a development run."""

    def __init__(self, *, development: bool) -> None:
        self.development = development

    def scored(self, read: Callable[[], T]) -> T:
        """What `read` reads.

        Raises:
            ModelError: this is a development run.
        """
        if self.development:
            raise ModelError("a development run must not read what is scored: leave --dev out")
        return read()


@dataclass(frozen=True, slots=True)
class Task:
    """What to learn from and what to judge, as (text, label).

    Attributes:
        foreign: texts about none of the labels, to learn from.
        outside: texts about none of the labels, to judge.
        told: what the rows are, in one line.
    """

    name: str
    train: Sequence[Row]
    judged: Sequence[Row]
    told: str
    foreign: Sequence[str] = ()
    outside: Sequence[str] = ()


def public_task(name: str, data: Path, guard: Guard) -> Task | None:
    """A public set, or None where the folder does not hold it.

    What is judged and was learned from word for word is left out.
    """
    if not (data / name).is_dir():
        return None
    task = {"banking77": banking, "clinc150": clinc, "massive_de": massive}[name](data, guard)
    learned = {text.lower() for text, _ in task.train}
    fresh = [row for row in task.judged if row[0].lower() not in learned]
    left_out = len(task.judged) - len(fresh)
    told = f"{task.told}; {left_out} that stand in both left out" if left_out else task.told
    return replace(task, judged=fresh, told=told)


def banking(data: Path, guard: Guard) -> Task:
    """Banking77's train split (its test split is not at hand), in fifths by a hash of the text."""
    with (data / "banking77/train.csv").open(encoding="utf-8", newline="") as file:
        rows = [(r["text"], r["category"]) for r in csv.DictReader(file)]
    learned = [r for r in rows if text_hash(r[0]) % FIFTH]
    if guard.development:
        train, judged = _development(learned)
        return Task("banking77", train, judged, "a fifth of the learned four, by hash")
    judged = guard.scored(lambda: [r for r in rows if not text_hash(r[0]) % FIFTH])
    told = "its test split is not at hand: a fixed fifth of train is scored, the rest learned from"
    return Task("banking77", learned, judged, told)


def clinc(data: Path, guard: Guard) -> Task:
    """CLINC150: train -> val, with their out-of-scope rows; test is not at hand."""
    document = json.loads((data / "clinc150/data_oos_plus.json").read_text("utf-8"))
    train, foreign = _pairs(document["train"]), [t for t, _ in document["oos_train"]]
    if guard.development:
        told = "a fifth of train, half of the out-of-scope rows of train"
        halves = [[t for t in foreign if text_hash(t) % 2 == half] for half in (0, 1)]
        kept, judged = _development(train)
        return Task("clinc150", kept, judged, told, *halves)
    judged, outside = guard.scored(lambda: (_pairs(document["val"]), _pairs(document["oos_val"])))
    told = "its test split is not at hand: val is scored, out-of-scope rows of val"
    return Task("clinc150", train, judged, told, foreign, [t for t, _ in outside])


def massive(data: Path, guard: Guard) -> Task:
    """MASSIVE German in the split that is at hand (not the official one): train -> test."""
    names = (data / "massive_de/intent_labels.txt").read_text("utf-8").splitlines()

    def rows(part: str) -> list[Row]:
        lines = (data / f"massive_de/Intents/{part}.txt").read_text("utf-8").splitlines()
        return [(text, names[int(label)]) for text, label in (x.split("\t") for x in lines)]

    train = rows("train")
    if guard.development:
        return Task("massive_de", train, rows("dev"), "dev")
    judged = guard.scored(lambda: rows("test"))
    return Task("massive_de", train, judged, "test of a split that is not the official one")


def own_learned(guard: Guard, room: Path) -> tuple[Path, list[Example]]:
    """The seeds, where they lie and as examples; in development four fifths of them, in `room`."""
    if not guard.development:
        return SEEDS, read_seeds(SEEDS, shipped_labels())
    room.mkdir()
    for file in sorted(SEEDS.glob("*.jsonl")):
        kept = [line for line in _lines(file) if not _is_fifth(line)]
        (room / file.name).write_text("\n".join(kept), encoding="utf-8")
    return room, read_seeds(room, shipped_labels())


def own_judged(guard: Guard, room: Path) -> list[Example]:
    """The project's own test set; in development the other fifth of the seeds."""
    if not guard.development:
        return guard.scored(lambda: read_seeds(OWN, shipped_labels()))
    judged = room.with_suffix(".jsonl")
    lines = [line for file in sorted(SEEDS.glob("*.jsonl")) for line in _lines(file)]
    judged.write_text("\n".join(filter(_is_fifth, lines)), encoding="utf-8")
    return read_seeds(judged, shipped_labels())


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines()


def _is_fifth(line: str) -> bool:
    return text_hash("development " + line) % FIFTH == 0


def _development(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Four fifths to learn from, and one to judge; other fifths than those that are scored."""
    learned = [row for row in rows if not _is_fifth(row[0])]
    return learned, [row for row in rows if _is_fifth(row[0])]


def _pairs(rows: Sequence[Sequence[str]]) -> list[Row]:
    return [(text, label) for text, label in rows]
