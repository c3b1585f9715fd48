"""Messages of one topic -> an Arrow table of the wanted fields, whatever schema wrote which."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import methodcaller
from typing import Any

import numpy as np
import pyarrow as pa

from ticketstream.projections.placed import Place
from ticketstream.schemas.codec import CONFLUENT, CONFLUENT_HEADER, HEADER, Codec
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.lockstep import decode_columns
from ticketstream.schemas.lockstep_columns import Longs
from ticketstream.schemas.topics import EVENTS

RECORDED_AT = "recorded_at"  # among the wanted fields: when the record was produced


@dataclass(frozen=True, slots=True)
class Part:
    """Decoded records of one topic.

    Attributes:
        table: the wanted fields by dotted name.
        unreadable: records that could not be decoded; they have no row.
        positions: where each partition is read on.
    """

    topic: str
    table: Any
    unreadable: int
    positions: Mapping[Place, int]

    @property
    def read(self) -> int:
        return len(self.table) + self.unreadable


def part_of(
    topic: str, messages: Sequence[Any], at: Mapping[Place, int], codec: Codec, names: Sequence[str]
) -> Part:
    """Messages of one topic, decoded; `at` is where their partitions are read on."""
    values = [m.value() or b"" for m in messages]
    stamps = None
    if RECORDED_AT in names:
        stamps = np.fromiter((m.timestamp()[1] for m in messages), np.int64, len(values)) * 1000
    decoded = list(_decoded(topic, values, stamps, codec, names))
    table = pa.concat_tables(decoded, promote_options="default") if decoded else pa.table({})
    return Part(topic, table, len(values) - len(table), at)


def _decoded(
    topic: str, values: Sequence[bytes], stamps: Longs | None, codec: Codec, names: Sequence[str]
) -> Iterator[Any]:
    """A table for each schema that wrote some of the records; most often that is one."""
    for head, mine in _by_writer(values):
        bodies = values if len(mine) == len(values) else [values[n] for n in mine.tolist()]
        try:
            writer, skip = codec.writer_of(EVENTS[topic], head)
        except UndecodableError:
            continue  # told by their number: it is the stage's dead letter that says why
        found = decode_columns(writer, bodies, skip, names)
        if stamps is None:
            yield found.table
        else:
            moments = pa.array(np.delete(stamps[mine], found.bad), pa.timestamp("us", "UTC"))
            yield found.table.append_column(RECORDED_AT, moments)


def _by_writer(values: Sequence[bytes]) -> Iterator[tuple[bytes, Longs]]:
    """Which records have the same schema, told by their first bytes."""
    first = _head(values[0]) if values else b""
    if first and all(map(methodcaller("startswith", first), values)):
        yield first, np.arange(len(values))
        return
    heads = [_head(value) for value in values]
    for head in dict.fromkeys(heads):
        yield head, np.flatnonzero([h == head for h in heads])


def _head(value: bytes) -> bytes:
    """The bytes by which the writer's schema is known."""
    return value[: CONFLUENT_HEADER if value[:1] == CONFLUENT else HEADER]
