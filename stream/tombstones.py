"""Graves on the clear topics -> tombstones in them, and the proof that compaction emptied them."""

import time
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from confluent_kafka import KafkaException
from confluent_kafka.admin import (
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    ResourceType,
)

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import BrokerError
from ticketstream.schemas.topics import CLEAR_TOPICS
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import TIMEOUT, admin, topics

NUDGE = b"compaction"  # the key of the records that close a segment; nobody's
NUDGE_SECONDS = 1.5
LOOK_SECONDS = 0.3
OLDER_SECONDS = 0.6  # than a segment may get while it is hurried
# while somebody waits for the proof: close segments at once, clean them whatever the share of dirt
HURRIED = {
    "segment.ms": "500",
    "max.compaction.lag.ms": "100",
    "min.cleanable.dirty.ratio": "0.001",
    "file.delete.delay.ms": "1000",
}


class Grave(NamedTuple):
    """Where a record lies that must go. The partition is the record's own, whoever chose it."""

    topic: str
    partition: int
    key: bytes


def grave_of(record: Read) -> Grave:
    """The grave of a record with a key; the broker takes no other on a compacted topic."""
    return Grave(record.topic, record.partition, record.key or b"")


def readable(brokers: str, graves: Collection[Grave]) -> set[Grave]:
    """Those in which a record with a value can still be read by anybody who starts at offset 0."""
    names = sorted({g.topic for g in graves})
    wanted = set(graves)
    if not wanted:
        return set()
    found = (grave_of(r) for r in read_all(brokers, names) if r.value is not None)
    return wanted.intersection(found)


def bury(brokers: str, graves: Iterable[Grave]) -> int:
    """Write a tombstone in each; returns how many. Twice does no harm."""
    count = 0
    with Publisher(brokers, Codec()) as publisher:
        for count, grave in enumerate(graves, start=1):  # noqa: B007  (counted, used behind)
            publisher.send_raw(grave.topic, grave.key, None, partition=grave.partition)
    return count


def compacted(brokers: str, graves: Collection[Grave], seconds: float) -> float | None:
    """Hurry compaction and look until nothing of the graves can be read.

    Closing a segment takes a record behind it, so each partition gets one (a tombstone of nobody).
    What was read before stays with whoever read it; the broker removes the old files from disk
    after `file.delete.delay.ms`.

    Returns:
        Seconds until nothing was readable any more; None when the time ran out first.

    Raises:
        BrokerError: it does not answer, or does not let us change the topics' settings.
    """
    began, nudged = time.monotonic(), float("-inf")
    if not readable(brokers, graves):
        return 0.0
    with hurried(brokers):
        while time.monotonic() < began + seconds:
            if time.monotonic() > nudged + NUDGE_SECONDS:
                time.sleep(OLDER_SECONDS)
                nudge(brokers)
                nudged = time.monotonic()
            if not readable(brokers, graves):
                return time.monotonic() - began
            time.sleep(LOOK_SECONDS)
    return None


def nudge(brokers: str) -> None:
    """A tombstone of nobody at the end of every partition of the clear topics."""
    there = admin(brokers).list_topics(timeout=TIMEOUT).topics
    bury(brokers, (Grave(t, p, NUDGE) for t in CLEAR_TOPICS for p in there[t].partitions))


@contextmanager
def hurried(brokers: str) -> Iterator[None]:
    """The clear topics set to compact at once; afterwards as they should be."""
    configure(brokers, dict.fromkeys(CLEAR_TOPICS, HURRIED))
    try:
        yield
    finally:
        unhurried(brokers)


def unhurried(brokers: str) -> None:
    """The clear topics as they should be, also after a process that died while it hurried them."""
    wanted = topics()
    own: dict[str, str | None] = dict.fromkeys(HURRIED)
    configure(brokers, {name: {**own, **wanted[name].config()} for name in CLEAR_TOPICS})


def configure(
    brokers: str, wanted: "dict[str, dict[str, str]] | dict[str, dict[str, str | None]]"
) -> None:
    """Set settings of topics; None takes the broker's own.

    Raises:
        BrokerError: the broker refuses, or does not answer.
    """
    resources = [_resource(topic, settings) for topic, settings in wanted.items()]
    if not resources:
        return
    client = admin(brokers)  # it must live as long as its answers are awaited
    try:
        for done in client.incremental_alter_configs(resources).values():
            done.result(TIMEOUT)
    except KafkaException as error:
        raise BrokerError(
            f"the topics' settings cannot be changed: {error.args[0].str()}: "
            "give this role ALTER_CONFIGS on them"
        ) from error


def _resource(topic: str, settings: Mapping[str, str | None]) -> ConfigResource:
    entries = [
        ConfigEntry(
            name,
            value or "",
            incremental_operation=AlterConfigOpType.SET if value else AlterConfigOpType.DELETE,
        )
        for name, value in settings.items()
    ]
    return ConfigResource(ResourceType.TOPIC, topic, incremental_configs=entries)
