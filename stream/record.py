"""Kafka records as the loop sees them: what comes in, what goes out."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol

Headers = Sequence[tuple[str, bytes]]


class TopicPartition(NamedTuple):
    """Where a record lies."""

    topic: str
    partition: int


class Incoming(Protocol):
    """A record as it came; aiokafka's own record has this shape, so nothing is copied."""

    @property
    def topic(self) -> str: ...
    @property
    def partition(self) -> int: ...
    @property
    def offset(self) -> int: ...
    @property
    def key(self) -> bytes | None: ...
    @property
    def value(self) -> bytes | None: ...
    @property
    def headers(self) -> Headers: ...


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A record to write. `dead` is the reason code when it is a dead letter."""

    topic: str
    key: bytes | None
    value: bytes
    headers: list[tuple[str, str | bytes | None]]
    dead: str = ""


# A slice of records in, at most one record out for each (none for a tombstone), order kept.
Transform = Callable[[Sequence[Incoming]], list[Outgoing]]


def coordinates(record: Incoming) -> str:
    """`topic/partition/offset`: by this redeliveries and dead letters are told apart."""
    return f"{record.topic}/{record.partition}/{record.offset}"
