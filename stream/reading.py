"""Topics -> records, without a consumer group: from the beginning to what is there now, or on."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from types import MappingProxyType
from typing import NamedTuple
from uuid import uuid4

from aiokafka.partitioner import murmur2
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaException, TopicPartition

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.topics import admin

TIMEOUT = 20.0
BATCH = 10_000
AT_ONCE_MS = 10  # a reader to the end asks again and does not wait at the broker for what may come


class Read(NamedTuple):
    """A committed record; `timestamp` in milliseconds since 1970, when it was produced."""

    topic: str
    partition: int
    offset: int
    timestamp: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]


def stamp(record: Read) -> datetime:
    """When a record was produced."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def read_all(brokers: str, names: Sequence[str]) -> Iterator[Read]:
    """Every committed record of the topics up to their ends at the time of the call."""
    reader, places = _reader(brokers, names, {"fetch.wait.max.ms": AT_ONCE_MS})
    yield from _to_the_end(reader, places)


def read_key(brokers: str, names: Sequence[str], key: bytes) -> list[Read]:
    """Every committed record of a key, from the partitions in which it belongs.

    Where those have none, all others are looked through: a client may partition in its own way.
    """
    for own in (True, False):
        reader, places = _reader(brokers, names, {"fetch.wait.max.ms": AT_ONCE_MS})
        count = Counter(place.topic for place in places)
        chosen = [p for p in places if own == (p.partition == _partition(key, count[p.topic]))]
        if found := [r for r in _to_the_end(reader, chosen) if r.key == key]:
            return found
    return []


def _partition(key: bytes, partitions: int) -> int:
    """Where our producers put a key, as Java's do."""
    place: int = (murmur2(key) & 0x7FFFFFFF) % partitions
    return place


def _to_the_end(reader: Consumer, places: Sequence[TopicPartition]) -> Iterator[Read]:
    try:
        ends = {}
        for place in places:
            low, high = reader.get_watermark_offsets(place, TIMEOUT)
            if high > low:
                ends[place.topic, place.partition] = high
        # not before the broker has answered: the first fetch would wait half a second for it
        filled = [p for p in places if (p.topic, p.partition) in ends]
        reader.assign(filled)
        while ends:
            for message in reader.consume(BATCH, 0.05):
                yield _read(message)
            # positions move over transaction markers, which are no messages
            for place in reader.position(filled):
                if place.offset >= ends.get((place.topic, place.partition), 1 << 62):
                    del ends[place.topic, place.partition]
    finally:
        reader.close()


def follow(brokers: str, names: Sequence[str]) -> Iterator[Read | None]:
    """Every committed record from the beginning on, without end; None while nothing comes."""
    reader, places = _reader(brokers, names)
    reader.assign(places)
    try:
        while True:
            messages = reader.consume(BATCH, 0.2)
            yield from (_read(m) for m in messages)
            if not messages:
                yield None
    finally:
        reader.close()


def _reader(
    brokers: str, names: Sequence[str], more: Mapping[str, int] = MappingProxyType({})
) -> tuple[Consumer, list[TopicPartition]]:
    there = admin(brokers).list_topics(timeout=TIMEOUT).topics
    if missing := [n for n in names if n not in there]:
        raise BrokerError(f"missing topics {missing}: run `ticketstream topics create` first")
    reader = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"reader-{uuid4()}",  # never joined, never committed
            "isolation.level": "read_committed",
            "enable.auto.commit": False,
            "enable.partition.eof": False,
            **more,
        }
    )
    places = [TopicPartition(n, p, OFFSET_BEGINNING) for n in names for p in there[n].partitions]
    return reader, places


def _read(message: object) -> Read:
    if message.error():  # type: ignore[attr-defined]
        raise KafkaException(message.error())  # type: ignore[attr-defined]
    m = message
    return Read(
        m.topic(),  # type: ignore[attr-defined]
        m.partition(),  # type: ignore[attr-defined]
        m.offset(),  # type: ignore[attr-defined]
        m.timestamp()[1],  # type: ignore[attr-defined]
        m.key(),  # type: ignore[attr-defined]
        m.value(),  # type: ignore[attr-defined]
        tuple(m.headers() or ()),  # type: ignore[attr-defined]
    )
