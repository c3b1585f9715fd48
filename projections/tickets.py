"""Events of a ticket -> one row a ticket, each step in columns of its own.

Topics arrive in any order, so an event writes only what no other event knows; what the whole line
carries along unchanged (shop, channel, time of receipt) may come from any of them.
"""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    func,
    select,
)
from sqlalchemy.schema import CreateView
from sqlalchemy.types import TypeEngine

from ticketstream.projections.placed import Placed
from ticketstream.projections.projection import LEAST, Moment, Projection, Write
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.json import to_json
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.outcome import AgentEdited, AgentReplied, ReplySent, TicketClosed
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted

STEPS = (
    "received",
    "masked",
    "classified",
    "routed",
    "drafted",
    "sent",
    "replied",
    "edited",
    "closed",
)

metadata = MetaData()


def _columns(kind: type[TypeEngine[Any]], *names: str) -> list[Column[Any]]:
    return [Column(name, kind) for name in names]


ticket = Table(
    "ticket",
    metadata,
    Column("ticket_id", String, primary_key=True),
    Column("shop", String),
    Column("channel", String),
    Column("occurred_at", Moment, info=LEAST),  # a mail that comes twice came at its first time
    # when each step was recorded, and by which event
    *_columns(Moment, *(f"{step}_at" for step in STEPS)),
    *_columns(String, *(f"{step}_event" for step in STEPS)),
    # masked
    *_columns(String, "case_id", "language", "auto_submitted", "currency"),
    *_columns(Float, "customer_value", "order_amount", "payment_due"),
    *_columns(String, "payment", "payment_method"),
    *_columns(Integer, "tickets_30d", "tickets_30d_same_case"),
    # classified
    *_columns(String, "category", "sub_category", "intent"),
    *_columns(Float, "confidence", "polarity", "anger", "urgency"),
    *_columns(Float, "out_of_scope", "injection", "spam"),
    *_columns(JSON, "secondary", "triggers"),
    # routed
    *_columns(String, "route", "queue", "hint", "shadow_route"),
    *_columns(JSON, "reasons", "escalation", "policy"),
    Column("priority", Integer),
    Column("due_at", Moment),
    Column("propensity", Float),
    *_columns(Boolean, "explored", "audit"),
    # drafted
    *_columns(String, "draft_status", "draft_reason", "send_action"),
    Column("grounding", Float),
    # sent
    *_columns(String, "sent_mode", "sent_status"),
    Column("delivered_at", Moment),
    # edited
    Column("actions", JSON),
    *_columns(Float, "edit_distance", "handle_seconds"),
    # closed
    Column("resolution", String),
    *_columns(Boolean, "reopened", "first_contact"),
    *_columns(Integer, "contacts", "csat"),
    Column("resolution_seconds", Float),
    Index("ticket_by_time", "occurred_at", "ticket_id"),
    Index("ticket_by_route", "route", "occurred_at", "ticket_id"),
    Index("ticket_by_queue", "queue", "occurred_at", "ticket_id"),
)

by_route = CreateView(
    select(ticket.c.route, ticket.c.queue, ticket.c.language, func.count().label("tickets"))
    .where(ticket.c.occurred_at.is_not(None))
    .group_by(ticket.c.route, ticket.c.queue, ticket.c.language),
    "tickets_by_route",
    metadata=metadata,
).table
by_category = CreateView(
    select(
        ticket.c.category,
        ticket.c.sub_category,
        ticket.c.intent,
        func.count().label("tickets"),
        func.avg(ticket.c.confidence).label("mean_confidence"),
    )
    .where(ticket.c.category.is_not(None))
    .group_by(ticket.c.category, ticket.c.sub_category, ticket.c.intent),
    "tickets_by_category",
    metadata=metadata,
).table


def received(placed: Placed) -> Write:
    """That it arrived; what it says stays in the log."""
    return _line(placed, "received")


def masked(placed: Placed) -> Write:
    """Case, language and facts."""
    event: Any = placed.event
    facts = event.facts
    return _line(
        placed,
        "masked",
        case_id=event.case_id,
        language=event.language.code,
        auto_submitted=event.auto_submitted,
        customer_value=facts.customer_value,
        order_amount=facts.order_amount,
        currency=facts.currency,
        **_copied(facts, "payment", "payment_method", "payment_due"),
        tickets_30d=facts.tickets_30d,
        tickets_30d_same_case=facts.tickets_30d_same_case,
    )


def classified(placed: Placed) -> Write:
    """Labels, and how the customer feels."""
    event: Any = placed.event
    return _line(
        placed,
        "classified",
        **_copied(event, "category", "sub_category", "intent", "confidence"),
        **_copied(event, "out_of_scope", "injection", "spam"),
        **_copied(event.sentiment, "polarity", "anger", "urgency"),
        triggers=list(event.triggers),
        secondary=to_json(event.secondary),
    )


def routed(placed: Placed) -> Write:
    """The decision with its reasons."""
    event: Any = placed.event
    return _line(
        placed,
        "routed",
        **_copied(event, "route", "queue", "priority", "due_at", "hint"),
        **_copied(event, "propensity", "explored", "audit"),
        reasons=to_json(event.reasons),
        escalation=to_json(event.escalation),
        policy=to_json(event.policy),
        shadow_route=event.shadow.would_be if event.shadow else None,
    )


def drafted(placed: Placed) -> Write:
    """What became of the draft."""
    event: Any = placed.event
    return _line(
        placed,
        "drafted",
        draft_status=event.status,
        draft_reason=event.reason,
        grounding=event.grounding,
        send_action=event.send.action,
    )


def sent(placed: Placed) -> Write:
    """What left the house."""
    event: Any = placed.event
    values = {"sent_mode": event.mode, "sent_status": event.status}
    return _write(placed, "sent", **values, delivered_at=event.delivered_at)


def replied(placed: Placed) -> Write:
    """That a person did something; what, says the masked event behind it."""
    return _write(placed, "replied")


def edited(placed: Placed) -> Write:
    """What a person did with it."""
    event: Any = placed.event
    values = _copied(event, "edit_distance", "handle_seconds")
    return _write(placed, "edited", **values, actions=list(event.actions))


def closed(placed: Placed) -> Write:
    """How it ended; the latest wins."""
    event: Any = placed.event
    names = ("resolution", "reopened", "contacts", "first_contact", "csat", "resolution_seconds")
    return _write(placed, "closed", **_copied(event, *names))


def _copied(source: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(source, name) for name in names}


def _line(placed: Placed, step: str, **columns: Any) -> Write:
    return _write(placed, step, **columns, **_copied(placed.event, "channel", "occurred_at"))


def _write(placed: Placed, step: str, **columns: Any) -> Write:
    event: Any = placed.event
    mark = f"{step}_event"
    stamps = {f"{step}_at": placed.recorded_at, mark: str(event.event_id)}
    row = {"ticket_id": event.ticket_id, "shop": event.shop} | stamps | columns
    return Write(ticket, row, mark)


TICKETS = Projection(
    "tickets",
    1,
    metadata,
    {
        TicketReceived: received,
        TicketMasked: masked,
        TicketClassified: classified,
        TicketRouted: routed,
        DraftCreated: drafted,
        ReplySent: sent,
        AgentReplied: replied,
        AgentEdited: edited,
        TicketClosed: closed,
    },
)
