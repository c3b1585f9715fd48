"""Invented decisions and what became of them -> an archive."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from uuid import uuid5

from tests.unit.projections.archived import sample, table_of

from ticketstream.projections.archive import Archive
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.outcome import AgentEdited, Labels, TicketClosed
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import TOPIC_OF

Told = Callable[[TicketRouted], Event | None]


def archive_of(
    folder: Path,
    tickets: Sequence[TicketClassified],
    decisions: Sequence[TicketRouted],
    *told: Told,
) -> Archive:
    """Tickets, their decisions, and what each function says became of a decision."""
    archive = Archive(folder / "archive")
    for events in (tickets, decisions, *([each(d) for d in decisions] for each in told)):
        if there := [e for e in events if e is not None]:
            archive.add(TOPIC_OF[type(there[0])], table_of(there), {})
    return archive


def closed(decision: TicketRouted, **changes: Any) -> TicketClosed:
    """How the ticket of a decision ended."""
    return _about(decision, TicketClosed, changes)


def edited(decision: TicketRouted, **changes: Any) -> AgentEdited:
    """What an agent did with it; without changes, sent the draft as it was."""
    before = Labels(decision.category, decision.sub_category, decision.intent, decision.route)
    usual = {
        "before": before,
        "after": before,
        "actions": ("sent_unchanged",),
        "edit_distance": 0.0,
    }
    return _about(decision, AgentEdited, usual | changes)


def _about(decision: TicketRouted, kind: Any, changes: dict[str, Any]) -> Any:
    return replace(
        sample(kind),
        event_id=uuid5(decision.event_id, kind.__name__),
        **{n: getattr(decision, n) for n in ("ticket_id", "case_id", "occurred_at", "shop")},
        **changes,
    )
