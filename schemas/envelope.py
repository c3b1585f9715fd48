"""The envelope: the first seven fields of every event, and the identity of a stage's answer."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID, uuid5

from ticketstream.schemas.record import Record

Channel = Literal["mail", "form", "chat"]
AutoKind = Literal["no", "auto_replied", "auto_generated", "bulk", "bounce"]
Route = Literal[
    "auto_reply",
    "agent_suggestion",
    "manual_queue",
    "escalate_senior",
    "escalate_specialist",
    "no_reply",
]


@dataclass(frozen=True, slots=True)
class Producer(Record):
    """Who made an event. `version` names everything that can change the answer."""

    name: str
    version: str


@dataclass(frozen=True, slots=True)
class External(Record):
    """The upstream system's own record of the ticket."""

    system: str = ""
    id: str = ""
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event(Record):
    """The envelope.

    Attributes:
        event_id: derived (`answer_id`), so that a redelivery gives the same id.
        ticket_id: the Kafka key; the first event's id as text.
        case_id: one matter of one person.
        cause_id: the event that this one answers; none for a first event.
        occurred_at: when the request was received, UTC; inherited by every later event.
        shop: the tenant by which policies, knowledge and queues are looked up.
        producer: stage and version.
    """

    event_id: UUID
    ticket_id: str
    case_id: str
    cause_id: UUID | None
    occurred_at: datetime
    shop: str
    producer: Producer


def answer_id(cause: Event, producer: Producer) -> UUID:
    """The id of the answer of one producer version to one event."""
    return uuid5(cause.event_id, f"{producer.name}/{producer.version}")


def answering(cause: Event, producer: Producer) -> dict[str, Any]:
    """The envelope of a stage's answer, as keyword arguments for the next event."""
    return {
        "event_id": answer_id(cause, producer),
        "ticket_id": cause.ticket_id,
        "case_id": cause.case_id,
        "cause_id": cause.event_id,
        "occurred_at": cause.occurred_at,
        "shop": cause.shop,
        "producer": producer,
    }
