"""The topics, or the archive -> the same stored classifications with their decisions."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds

from ticketstream.learning.replay.stored import (
    FROM_CLASSIFIED,
    FROM_ROUTED,
    NEEDED,
    Stored,
    Wanted,
    stored,
)
from ticketstream.projections.archive import Archive
from ticketstream.projections.flat import CLASSIFIED, ROUTED, Fields, flat, joined, wanted
from ticketstream.projections.purge import Erased
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import SettingError
from ticketstream.stream.bulk import read_parts, spans

Tell = Callable[[int], None]  # how many records were read by now
STEP = 100_000  # records between two words about them

TOPICS: Mapping[str, Fields] = {
    "ticket.classified": {n: CLASSIFIED[n] for n in FROM_CLASSIFIED},
    "ticket.routed": {n: ROUTED[n] for n in ("cause_id", *FROM_ROUTED)},
}
# columns with few distinct values, which stay as the file has them
FEW = (
    *("shop", "language", "auto_submitted", "payment", "category", "sub_category", "intent"),
    *("opinion", "opinion_calibration", "queue"),
)


@dataclass(frozen=True, slots=True)
class Log:
    """Where the topics are, and how their records are written."""

    brokers: str
    codec: Codec


def from_topics(log: Log, erased: Erased, which: Wanted, tell: Tell, processes: int = 0) -> Stored:
    """What the topics hold now; no group is joined, nothing is written.

    Raises:
        BrokerError: no broker, or a missing topic.
    """
    # asked first: whatever is decided by then has its classification in the other topic
    decided = spans(log.brokers, ["ticket.routed"])
    all_spans = [*spans(log.brokers, ["ticket.classified"]), *decided]
    fields = {topic: wanted(names) for topic, names in TOPICS.items()}
    tables: dict[str, list[Any]] = {topic: [] for topic in TOPICS}
    read = unreadable = 0
    for part in read_parts(log.brokers, all_spans, log.codec, fields, processes):
        tables[part.topic].append(coded_few(flat(part.table, TOPICS[part.topic])))
        read, before = read + part.read, read
        unreadable += part.unreadable
        if read // STEP > before // STEP:
            tell(read)
    classified, routed = (_whole(tables[topic], TOPICS[topic]) for topic in TOPICS)
    table = joined(classified, routed.combine_chunks())
    gone = erased(pc.unique(table["ticket_id"]).to_pylist())
    flags = pc.is_in(table["ticket_id"], value_set=pa.array(sorted(gone), pa.string()))
    return stored(table.append_column("erased", flags), which, unreadable)


def from_archive(archive: Archive, which: Wanted, tell: Tell) -> Stored:
    """What the archive holds; no broker is asked.

    Raises:
        SettingError: there is no archive.
    """
    days = [
        file
        for model, day, file in archive.days()
        if model == "decisions"
        and (which.since is None or day >= which.since)
        and (which.until is None or day < which.until)
    ]
    if not archive.folder.exists():
        raise SettingError(
            f"no archive in {archive.folder}: `ticketstream project` writes it, or use --from topic"
        )
    tables, read = [], 0
    for some in _together(days):
        tables.append(_files(some))
        read, before = read + len(tables[-1]), read
        if read // STEP > before // STEP:
            tell(read)
    empty = pa.table({n: pa.array([], t) for n, t in _types().items()})
    return stored(pa.concat_tables(tables) if tables else empty, which)


def _files(files: list[Path]) -> Any:
    options = {"dictionary_columns": set(FEW)}
    form = ds.ParquetFileFormat(read_options=options)
    return ds.dataset([str(f) for f in files], format=form).to_table(columns=list(NEEDED))


def _together(days: list[Path], at_once: int = 64) -> list[list[Path]]:
    """Days in portions that are read on all cores."""
    edges = [*range(0, len(days), at_once), len(days)]
    return [days[low:high] for low, high in pairwise(edges)]


def _types() -> dict[str, Any]:
    kinds = {n: t for fields in (CLASSIFIED, ROUTED) for n, (_, t) in fields.items()}
    return {n: kinds.get(n, pa.bool_()) for n in NEEDED}


def coded_few(table: Any) -> Any:
    """The columns of few values by their dictionary, as the archive's files give them."""
    for place, field in enumerate(table.schema):
        if field.name in FEW:
            table = table.set_column(place, field.name, table[field.name].dictionary_encode())
    return table


def _whole(tables: list[Any], fields: Fields) -> Any:
    empty = pa.table({n: pa.array([], t) for n, (_, t) in fields.items()})
    return pa.concat_tables([coded_few(empty), *tables])
