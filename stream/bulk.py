"""Topics -> Arrow tables of the wanted fields, many records at once, without a consumer group.

Sealed text is never looked at. A long reading is shared out among processes, a few partitions each.
"""

import multiprocessing
import os
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import structlog
from confluent_kafka import Consumer, KafkaException, TopicPartition

from ticketstream.projections.placed import Place
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.parts import Part, part_of
from ticketstream.stream.topics import TIMEOUT, admin

log = structlog.get_logger("bulk")

BATCH = 4_000  # records that are decoded together
PAYS = 100_000  # records from which on a second process is worth its start
AT_ONCE_MS = 10
SETTINGS = {
    "isolation.level": "read_committed",
    "enable.auto.commit": False,
    "fetch.wait.max.ms": AT_ONCE_MS,
    "max.partition.fetch.bytes": 8 << 20,
    "queued.max.messages.kbytes": 64 << 10,
    # when the queue was full; unless told, the client waits a second, which is most of a reading
    "fetch.queue.backoff.ms": AT_ONCE_MS,
}
NOWHERE: Mapping[Place, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Span:
    """Offsets of a partition, from `start` up to and without `end`."""

    place: Place
    start: int
    end: int


Fields = Mapping[str, Sequence[str]]  # topic -> dotted names


def spans(
    brokers: str, names: Sequence[str], positions: Mapping[Place, int] = NOWHERE
) -> list[Span]:
    """What the topics hold now, from the given positions on.

    Raises:
        BrokerError: no broker, a missing topic, or one that holds less than was read already.
    """
    there = admin(brokers).list_topics(timeout=TIMEOUT).topics
    if missing := [n for n in names if n not in there]:
        raise BrokerError(f"missing topics {missing}: run `ticketstream topics create` first")
    with closing(_consumer(brokers)) as reader:
        places = [Place(n, p) for n in names for p in there[n].partitions]
        found = [_span(reader, place, positions.get(place, 0)) for place in places]
    return [span for span in found if span.end > span.start]


def read_parts(
    brokers: str, wanted: Sequence[Span], codec: Codec, fields: Fields, processes: int = 0
) -> Iterator[Part]:
    """Decode spans, topic after topic in each process; `processes` of 0 takes what pays."""
    shares = _shares(wanted, processes or _worth(wanted))
    if len(shares) == 1:
        try:
            yield from _parts(brokers, shares[0], codec, fields)
        except KafkaException as error:
            raise BrokerError(_failed(error)) from error
    elif shares:
        yield from _from_children(brokers, shares, codec, fields)


def _span(reader: Consumer, place: Place, start: int) -> Span:
    low, high = reader.get_watermark_offsets(TopicPartition(*place), TIMEOUT)
    where = f"{place.topic}/{place.partition}"
    if start > high:
        raise BrokerError(
            f"{where} was read up to {start}, the broker holds {high}: it is another one, or was "
            "emptied; run `ticketstream project --rebuild`"
        )
    if 0 < start < low:
        log.warning("records expired unread", place=where, lost=low - start)
    return Span(place, max(low, start), high)


def _worth(wanted: Sequence[Span]) -> int:
    records = sum(span.end - span.start for span in wanted)
    return min(_cores(), max(1, records // PAYS))


def _cores() -> int:
    """Those that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _shares(wanted: Sequence[Span], processes: int) -> list[list[Span]]:
    """Spans by partition number: what belongs to a ticket stays in one process."""
    shares: list[list[Span]] = [[] for _ in range(processes)]
    for span in wanted:
        shares[span.place.partition % processes].append(span)
    return [share for share in shares if share]


def _consumer(brokers: str) -> Consumer:
    group = f"reader-{uuid4()}"  # never joined, never committed
    return Consumer({"bootstrap.servers": brokers, "group.id": group, **SETTINGS})


def _parts(brokers: str, wanted: Sequence[Span], codec: Codec, fields: Fields) -> Iterator[Part]:
    with closing(_consumer(brokers)) as reader:
        for topic in dict.fromkeys(span.place.topic for span in wanted):
            mine = [span for span in wanted if span.place.topic == topic]
            for messages, positions in _batches(reader, mine):
                yield part_of(topic, messages, positions, codec, fields[topic])


def _batches(
    reader: Consumer, wanted: Sequence[Span]
) -> Iterator[tuple[list[Any], Mapping[Place, int]]]:
    """Messages of the spans, and the positions behind them; markers of transactions count too."""
    ends = {span.place: span.end for span in wanted}
    reader.assign([TopicPartition(*span.place, span.start) for span in wanted])
    at = {span.place: span.start for span in wanted}
    asked = [TopicPartition(*place) for place in ends]
    while any(at[place] < end for place, end in ends.items()):
        messages: list[Any] = reader.consume(BATCH, 0.1)
        found = {Place(p.topic, p.partition): p.offset for p in reader.position(asked)}
        beyond = any(found[place] > end for place, end in ends.items())
        at = {place: min(max(at[place], found[place]), end) for place, end in ends.items()}
        if failed := next((m for m in messages if m.error()), None):
            raise KafkaException(failed.error())
        if beyond:
            messages = [m for m in messages if m.offset() < ends[Place(m.topic(), m.partition())]]
        yield messages, at


def _from_children(
    brokers: str, shares: Sequence[Sequence[Span]], codec: Codec, fields: Fields
) -> Iterator[Part]:
    """Parts as the processes have them; one that dies ends the reading."""
    context = multiprocessing.get_context("spawn")
    children, open_ = list[Any](), list[Any]()
    for share in shares:
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(
            target=_child, args=(theirs, brokers, share, codec, fields), daemon=True
        )
        child.start()
        theirs.close()
        children.append(child)
        open_.append(ours)
    try:
        while open_:
            for ready in wait(open_):
                part = _received(ready)
                if part is None:
                    open_.remove(ready)
                else:
                    yield part
    finally:
        for child in children:
            child.terminate()
            child.join()


def _received(ready: Any) -> Part | None:
    try:
        told = ready.recv()
    except EOFError:
        raise BrokerError("a reading process died: run the command again") from None
    if isinstance(told, str):
        raise BrokerError(told)
    part: Part | None = told
    return part


def _child(
    to: Connection, brokers: str, share: Sequence[Span], codec: Codec, fields: Fields
) -> None:
    try:
        for part in _parts(brokers, share, codec, fields):
            to.send(part)
        to.send(None)
    except KafkaException as error:
        to.send(_failed(error))


def _failed(error: KafkaException) -> str:
    return f"the broker failed while it was read: {error.args[0].str()}"
