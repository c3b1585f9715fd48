"""What a projection is given: an event, or a dead letter, with its place in the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from ticketstream.schemas.envelope import Event
from ticketstream.schemas.topics import EVENTS


class Place(NamedTuple):
    """A partition of a topic."""

    topic: str
    partition: int


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """What the headers of a dead letter say; its payload stays in the log.

    `source` is `topic/partition/offset` of the record that could not be processed, `ticket_id` is
    empty where the record's key is no ticket id.
    """

    reason: str
    stage: str
    version: str
    source: str
    message: str
    ticket_id: str
    size: int


@dataclass(frozen=True, slots=True)
class Placed:
    """A record of the log. `event` is None for a tombstone and for what cannot be decoded.

    `recorded_at` is the record's timestamp: when it was produced, UTC.
    """

    topic: str
    partition: int
    offset: int
    recorded_at: datetime
    event: Event | DeadLetter | None

    @property
    def place(self) -> Place:
        return Place(self.topic, self.partition)


def kind_of(topic: str) -> type[Event] | type[DeadLetter] | None:
    """What lies on a topic; None for a topic that is no event's and no dead letters'."""
    return DeadLetter if topic.endswith(".dead") else EVENTS.get(topic)
