"""A ticket's id and the topics -> its events in the order in which they were recorded."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ticketstream.doors.equip import codec_of, erased_of
from ticketstream.doors.settings import Settings
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import TicketError, UndecodableError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read, read_key, stamp
from ticketstream.stream.topics import topics

ORDER = tuple(topic for topic in EVENTS if topic != "policy.changed")


@dataclass(frozen=True, slots=True)
class Link:
    """An event of the ticket, still sealed, and when it was recorded."""

    topic: str
    recorded_at: datetime
    event: Any


@dataclass(frozen=True, slots=True)
class Buried:
    """A dead letter of the ticket: when, and what its headers say; never what was in it."""

    topic: str
    recorded_at: datetime
    stage: str
    version: str
    reason: str
    message: str


@dataclass(frozen=True, slots=True)
class Chain:
    """All that the log has of a ticket."""

    ticket_id: str
    links: Sequence[Link]
    buried: Sequence[Buried]

    def newest(self, topic: str) -> Any:
        """The last event of a topic; None without one."""
        return next((link.event for link in reversed(self.links) if link.topic == topic), None)

    def cause_of(self, event: Any) -> Any:
        """The event that an event answers; None where the log has lost it."""
        found = (link.event for link in self.links if link.event.event_id == event.cause_id)
        return next(found, None)


def chain_of(settings: Settings, brokers: str, ticket_id: str) -> Chain:
    """What the topics hold of a ticket now; no group is joined.

    Raises:
        TicketError: no event has the id, or its person is erased.
        BrokerError, VaultError: the topics cannot be read, the vault cannot say who is erased.
    """
    if erased_of(settings)([ticket_id]):
        raise TicketError(
            f"the ticket {ticket_id} is erased: its person was forgotten, and nothing is told of it"
        )
    names = [*ORDER, *(name for name in topics() if name.endswith(".dead"))]
    records = [r for r in read_key(brokers, names, ticket_id.encode()) if r.value is not None]
    if not records:
        raise TicketError(
            f"no topic has a ticket {ticket_id}: look its id up at the desk; what is older than a "
            "topic's retention is gone"
        )
    return chain_from(ticket_id, records, codec_of(settings))


def chain_from(ticket_id: str, records: Sequence[Read], codec: Codec) -> Chain:
    """The records of a ticket in order; a repeat is told once, what cannot be read is listed."""
    links, buried = dict[Any, Link](), list[Buried]()
    for record in sorted(records, key=_order):
        if record.topic not in EVENTS:
            buried.append(_buried(record))
            continue
        try:
            event = codec.decode(EVENTS[record.topic], record.value or b"")
        except UndecodableError as error:
            buried.append(Buried(record.topic, stamp(record), "", "", error.reason, ""))
            continue
        links.setdefault(event.event_id, Link(record.topic, stamp(record), event))
    return Chain(ticket_id, list(links.values()), buried)


def _order(record: Read) -> tuple[int, int, int]:
    step = ORDER.index(record.topic) if record.topic in ORDER else len(ORDER)
    return record.timestamp, step, record.offset


def _buried(record: Read) -> Buried:
    told = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    names = ("stage", "version", "reason", "message")
    return Buried(record.topic, stamp(record), *(told.get(name, "") for name in names))
