"""agent.edited -> what people changed: labels before and after, and how far from the draft."""

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    func,
    select,
)
from sqlalchemy.schema import CreateView

from ticketstream.projections.placed import Placed
from ticketstream.projections.projection import Moment, Projection, Write
from ticketstream.schemas.outcome import AgentEdited
from ticketstream.schemas.record import Sealed

LABELS = ("category", "sub_category", "intent", "route")

metadata = MetaData()

correction = Table(
    "correction",
    metadata,
    Column("event_id", String, primary_key=True),
    Column("ticket_id", String, nullable=False),
    Column("shop", String, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("language", String, nullable=False),
    *(Column(f"{label}_before", String, nullable=False) for label in LABELS),
    *(Column(f"{label}_after", String, nullable=False) for label in LABELS),
    Column("relabelled", Boolean, nullable=False),
    Column("actions", JSON, nullable=False),
    Column("edit_distance", Float),
    Column("cause", String, nullable=False),
    Column("agent", String, nullable=False),  # a pseudonym
    Column("handle_seconds", Float),
    Column("after_call_seconds", Float),
    Column("thumbs", Integer),
    Column("draft_event_id", String, nullable=False),
    Column("person", String, nullable=False),
    Column("text", LargeBinary),  # sealed with the person's text key
    Index("correction_by_ticket", "ticket_id"),
)

by_label = CreateView(
    select(
        correction.c.sub_category_before,
        correction.c.sub_category_after,
        func.count().label("corrections"),
        func.avg(correction.c.edit_distance).label("mean_edit_distance"),
    ).group_by(correction.c.sub_category_before, correction.c.sub_category_after),
    "corrections_by_label",
    metadata=metadata,
).table


def edited(placed: Placed) -> Write:
    """One correction."""
    event: Any = placed.event
    before = {f"{label}_before": getattr(event.before, label) for label in LABELS}
    after = {f"{label}_after": getattr(event.after, label) for label in LABELS}
    row = {
        "event_id": str(event.event_id),
        "ticket_id": event.ticket_id,
        "shop": event.shop,
        "recorded_at": placed.recorded_at,
        "language": event.language.code,
        **before,
        **after,
        "relabelled": event.before != event.after,
        "actions": list(event.actions),
        "edit_distance": event.edit_distance,
        "cause": event.cause,
        "agent": event.agent,
        "handle_seconds": event.handle_seconds,
        "after_call_seconds": event.after_call_seconds,
        "thumbs": event.thumbs,
        "draft_event_id": event.draft_event_id,
        "person": event.person,
        "text": event.text.data if isinstance(event.text, Sealed) else None,
    }
    return Write(correction, row)


CORRECTIONS = Projection("corrections", 1, metadata, {AgentEdited: edited})
