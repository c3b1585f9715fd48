"""Tables of decisions and outcomes -> Parquet by day, whole or not at all, each event once.

A day is one file, written beside the old one and put in its place; the positions follow when all
files lie there. Who dies between reads the same records again and writes the same rows again.
"""

import fcntl
import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from ticketstream.projections.flat import (
    CLASSIFIED,
    DECISION,
    DECISIONS,
    FIELDS,
    OUTCOME,
    OUTCOMES,
    blanked,
    fitted,
    joined,
    last,
)
from ticketstream.projections.placed import Place
from ticketstream.projections.purge import Erased, nobody

TOPICS = tuple(FIELDS)
SCHEMAS = {"decisions": DECISIONS, "outcomes": OUTCOMES}
PART = "part.parquet"
ROWS_TOGETHER = 65_536  # of a row group: what a reader holds at once


@dataclass(frozen=True)
class Archive:
    """A folder of decisions and outcomes by day; `erased` as for the read models."""

    folder: Path
    erased: Erased = field(default=nobody)

    @contextmanager
    def alone(self) -> Iterator[None]:
        """One writer at a time; the next one waits."""
        self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (self.folder / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def positions(self) -> dict[Place, int]:
        """The offsets to read next."""
        try:
            told = orjson.loads((self.folder / "positions.json").read_bytes())
        except FileNotFoundError:
            return {}
        return {Place(topic, partition): offset for topic, partition, offset in told}

    def add(self, topic: str, rows: Any, positions: Mapping[Place, int]) -> int:
        """Write rows of one topic into their days, then say up to where the topic was read.

        Returns:
            How many rows found no classification that they decide about.
        """
        merge = MERGES[topic]
        lost = 0
        for day, part in by_day(rows):
            file = self.file_of(MODEL_OF[topic], day)
            before = read_day(file, MODEL_OF[topic])
            after = merge(before, part, topic)
            lost += self.put(file, after)
        self.move(positions)
        return lost

    def put(self, file: Path, rows: "Merged") -> int:
        """Write a day in place of the one before; the erased are asked for under the lock."""
        table = rows.table
        if len(table):
            gone = self.erased(pc.unique(table["ticket_id"]).to_pylist())
            write_day(file, blanked(table, gone))
        return rows.lost

    def move(self, positions: Mapping[Place, int]) -> None:
        """Note what was read, behind what was noted before."""
        ends = [[*place, n] for place, n in sorted((self.positions() | dict(positions)).items())]
        replace_file(self.folder / "positions.json", orjson.dumps(ends))

    def forget_positions(self) -> None:
        """Read everything again; what is there stays, for the log may hold less than it."""
        (self.folder / "positions.json").unlink(missing_ok=True)

    def file_of(self, model: str, day: date) -> Path:
        return self.folder / model / f"day={day.isoformat()}" / PART

    def days(self) -> list[tuple[str, date, Path]]:
        """Every day of both models: model, day, file."""
        found = self.folder.glob(f"*/day=*/{PART}")
        days = ((f.parent.parent.name, f.parent.name.removeprefix("day="), f) for f in found)
        return sorted((m, date.fromisoformat(d), f) for m, d, f in days if m in SCHEMAS)

    def purge(self, tickets: Collection[str]) -> dict[str, int]:
        """Blank the rows of forgotten tickets; by model, how many there are. Twice is once."""
        counts = dict.fromkeys((f"archive {m}" for m in SCHEMAS), 0)
        if not tickets or not self.folder.exists():
            return counts
        with self.alone():
            for draft in self.folder.glob("*/day=*/.*.draft"):
                draft.unlink()  # of a writer that was killed
            for model, _, file in self.days():
                if mine := rows_in(file, tickets):
                    counts[f"archive {model}"] += mine
                    write_day(file, blanked(read_day(file, model), tickets))
        return counts

    def rows_of(self, tickets: Collection[str]) -> dict[str, int]:
        """How many rows each model has of these tickets."""
        counts = dict.fromkeys((f"archive {m}" for m in SCHEMAS), 0)
        for model, _, file in self.days() if tickets else []:
            counts[f"archive {model}"] += rows_in(file, tickets)
        return counts

    def expire(self, before: date) -> int:
        """Remove days before one; how many rows they had."""
        if not self.folder.exists():
            return 0
        with self.alone():
            old = [file for _, day, file in self.days() if day < before]
            gone = sum(int(pq.read_metadata(file).num_rows) for file in old)
            for file in old:
                file.unlink()
                file.parent.rmdir()
        return gone


@dataclass(frozen=True, slots=True)
class Merged:
    """A day's rows; `lost` decisions are about nothing that is there."""

    table: Any
    lost: int = 0


def by_day(rows: Any) -> Iterator[tuple[date, Any]]:
    """Rows by the day (UTC) on which the request came."""
    stamps = rows["occurred_at"].combine_chunks().cast(pa.int64()).to_numpy()
    days = stamps.astype("datetime64[us]").astype("datetime64[D]")
    for day in np.unique(days):
        yield day.astype(date), rows.filter(pa.array(days == day))


def read_day(file: Path, model: str) -> Any:
    """A day's rows, none where there is no file."""
    schema = SCHEMAS[model]
    if not file.exists():
        return schema.empty_table()
    return fitted(pq.ParquetFile(file).read(), schema)


def write_day(file: Path, rows: Any) -> None:
    """A day's rows on disk, or the ones before where we die meanwhile."""
    sink = pa.BufferOutputStream()
    pq.write_table(rows, sink, compression="zstd", row_group_size=ROWS_TOGETHER)
    replace_file(file, sink.getvalue())


def replace_file(file: Path, data: Any) -> None:
    """New content in place of the old, which a power cut cannot leave half written."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_name(f".{file.name}.draft")
    with draft.open("wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def rows_in(file: Path, tickets: Collection[str]) -> int:
    """How many rows of a day are these tickets'."""
    column = pq.ParquetFile(file).read(columns=["ticket_id"])["ticket_id"]
    mine = pc.is_in(column, value_set=pa.array(sorted(tickets), pa.string()))
    return int(pc.sum(mine).as_py() or 0)


def _classified(before: Any, new: Any, _topic: str) -> Merged:
    new = new.rename_columns(_renamed(new, "recorded_at", "classified_at"))
    known = before.select([*CLASSIFIED, "classified_at", "erased"])
    new = fitted(new, known.schema)
    return _decided(pa.concat_tables([known, new]), _decisions(before))


def _routed(before: Any, new: Any, _topic: str) -> Merged:
    new = new.rename_columns(_renamed(new, "recorded_at", "routed_at"))
    known = _decisions(before)
    new = fitted(new.select(known.column_names), known.schema)
    there = pc.is_in(new["cause_id"], value_set=before["event_id"].combine_chunks())
    lost = len(new) - (pc.sum(there).as_py() or 0)
    rows = before.select([*CLASSIFIED, "classified_at", "erased"])
    merged = _decided(rows, pa.concat_tables([known, new]))
    return Merged(merged.table, lost)


def _decided(classified: Any, routed: Any) -> Merged:
    return Merged(fitted(joined(classified, routed), DECISIONS).sort_by("occurred_at"))


def _decisions(before: Any) -> Any:
    names = [name for name, _ in DECISION]
    made = before.filter(pc.is_valid(before["decision_id"]))
    return made.select(["event_id", *names, "routed_at"]).rename_columns(
        ["cause_id", *names, "routed_at"]
    )


def _outcome(before: Any, new: Any, topic: str) -> Merged:
    new = new.append_column("topic", pa.array([topic] * len(new), pa.string()))
    return Merged(last(pa.concat_tables([before, fitted(new, OUTCOMES)]), "event_id"))


def _renamed(table: Any, before: str, after: str) -> list[str]:
    return [after if name == before else name for name in table.column_names]


MODEL_OF = {"ticket.classified": "decisions", "ticket.routed": "decisions"} | dict.fromkeys(
    OUTCOME, "outcomes"
)
MERGES = {"ticket.classified": _classified, "ticket.routed": _routed} | dict.fromkeys(
    OUTCOME, _outcome
)
