"""Every event -> one row: who made it, when, because of what, and a summary without text."""

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
)

from ticketstream.projections.placed import Placed
from ticketstream.projections.projection import Moment, Projection, Write
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.envelope import Event, Producer
from ticketstream.schemas.json import to_json
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.outcome import AgentEdited, AgentReplied, ReplySent, TicketClosed
from ticketstream.schemas.policy import PolicyChanged
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import EVENTS

# these bring a text of their own; classified and routed only hand the masked one on
OWN_TEXT = (TicketMasked, DraftCreated, AgentEdited)

metadata = MetaData()

timeline = Table(
    "timeline",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("topic", String, nullable=False),
    Column("shop", String, nullable=False),
    Column("producer", String, nullable=False),
    Column("producer_version", String, nullable=False),
    Column("occurred_at", Moment, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("partition", Integer, nullable=False),
    Column("position", BigInteger, nullable=False),
    Column("cause_id", String),
    Column("person", String, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("text", LargeBinary),  # sealed with the person's text key
    Index("timeline_by_ticket", "ticket_id", "recorded_at"),
    Index("timeline_by_topic", "topic", "ticket_id"),
)

Summary = Callable[[Any], Mapping[str, Any]]


def _copy(*names: str) -> Summary:
    def summary(event: Any) -> Mapping[str, Any]:
        return {name: to_json(getattr(event, name)) for name in names}

    return summary


def _received(event: TicketReceived) -> Mapping[str, Any]:
    sizes = [a.size for a in event.attachments]
    return {
        "channel": event.channel,
        "auto_submitted": event.auto_submitted.kind,
        "attachments": len(sizes),
        "turns": len(event.transcript),
    }


def _policy(event: PolicyChanged) -> Mapping[str, Any]:
    policy = event.policy
    switches = {"mode": policy.mode, "kill_switch": policy.kill_switch}
    return {"id": policy.id, "version": policy.version, **switches}


def _replied(event: AgentReplied) -> Mapping[str, Any]:
    after = to_json(event.label_after) if event.label_after else None
    return {**_copy("actions", "handle_seconds", "thumbs")(event), "after": after}


# no name, no address, no text: labels, numbers, ids and what the shop's own machines say
SUMMARIES: Mapping[type[Event], Summary] = {
    TicketReceived: _received,
    TicketMasked: _copy("channel", "language", "findings", "facts", "auto_submitted", "signals"),
    TicketClassified: _copy(
        *("category", "sub_category", "intent", "confidence", "secondary", "prediction_set"),
        *("out_of_scope", "sentiment", "triggers", "injection", "spam", "models", "calibration"),
        "second_opinion",
    ),
    TicketRouted: _copy(
        *("route", "queue", "priority", "due_at", "reasons", "hint", "escalation", "policy"),
        *("eligible", "propensity", "explored", "audit", "shadow"),
    ),
    DraftCreated: _copy(
        *("status", "reason", "sources", "tools", "knowledge", "model", "prompt", "grounding"),
        *("send", "usage", "ai_notice"),
    ),
    ReplySent: _copy("mode", "status", "delivered_at", "sources_told", "ai_notice_shown"),
    AgentReplied: _replied,
    AgentEdited: _copy(
        *("actions", "edit_distance", "before", "after", "handle_seconds", "thumbs"),
        "draft_event_id",
    ),
    TicketClosed: _copy(
        *("resolution", "reopened", "contacts", "first_contact", "csat", "resolution_seconds"),
    ),
    PolicyChanged: _policy,
}


def happened(placed: Placed) -> Write:
    """One event as a row; a repeat leaves the first one's place and time."""
    event: Any = placed.event
    text = event.text if isinstance(event, OWN_TEXT) else None
    row = {
        "event_id": str(event.event_id),
        "ticket_id": event.ticket_id,
        "topic": placed.topic,
        "shop": event.shop,
        "producer": event.producer.name,
        "producer_version": event.producer.version,
        "occurred_at": event.occurred_at,
        "recorded_at": placed.recorded_at,
        "partition": placed.partition,
        "position": placed.offset,
        "cause_id": str(event.cause_id) if event.cause_id else None,
        "person": getattr(event, "person", ""),
        "summary": dict(SUMMARIES[type(event)](event)),
        "text": text.data if isinstance(text, Sealed) else None,
    }
    return Write(timeline, row)


def sealed_event(row: Any) -> Event:
    """As much of a row's event as opening its text takes: whose it is and what it is bound to."""
    kind: Any = EVENTS[row.topic]
    event: Event = kind(
        event_id=UUID(row.event_id),
        ticket_id=row.ticket_id,
        case_id="",
        cause_id=None,
        occurred_at=row.occurred_at,
        shop=row.shop,
        producer=Producer(row.producer, row.producer_version),
        person=row.person,
        text=Sealed(row.text),
    )
    return event


TIMELINE = Projection("timeline", 3, metadata, dict.fromkeys(SUMMARIES, happened))
