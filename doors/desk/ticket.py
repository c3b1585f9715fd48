"""A ticket id -> everything its page shows: text, decision, draft with sources, timeline."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from ticketstream.doors.desk.opening import MISSING, Opened, open_text
from ticketstream.projections.corrections import correction
from ticketstream.projections.dead import dead
from ticketstream.projections.tickets import ticket
from ticketstream.projections.timeline import timeline
from ticketstream.schemas.topics import EVENTS
from ticketstream.vault.ports import Opener

ORDER = tuple(topic for topic in EVENTS if topic != "policy.changed")


@dataclass(frozen=True, slots=True)
class Happened:
    """An event of the timeline; `after` is seconds since its cause was recorded."""

    row: Any
    after: float | None


@dataclass(frozen=True, slots=True)
class Quote:
    """A sentence of the draft that rests on a source, and how well, 0 to 1."""

    text: str
    support: float


@dataclass(frozen=True, slots=True)
class Cited:
    """A source with its number in the draft and the sentences taken from it."""

    number: int
    source: Any
    quotes: Sequence[Quote]


@dataclass(frozen=True, slots=True)
class Draft:
    """The newest draft: what is known of it in the clear, its opened text, its sources."""

    event: Any
    summary: Any
    text: Opened
    sources: Sequence[Cited]


@dataclass(frozen=True, slots=True)
class Edited:
    """What a person made of it."""

    row: Any
    text: Opened


@dataclass(frozen=True, slots=True)
class TicketPage:
    """All of a ticket: its row in the read model `tickets`, the newest of each step, all events."""

    row: Any
    text: Opened
    decision: Any
    draft: Draft | None
    edits: Sequence[Edited]
    timeline: Sequence[Happened]
    dead: Sequence[Any]


def ticket_page(connection: Connection, opener: Opener, ticket_id: str) -> TicketPage | None:
    """The page of a ticket; None when nothing is known of it."""
    row = connection.execute(select(ticket).where(ticket.c.ticket_id == ticket_id)).one_or_none()
    if row is None:
        return None
    events = _events(connection, ticket_id)
    letters = select(dead).where(dead.c.ticket_id == ticket_id).order_by(dead.c.recorded_at)
    return TicketPage(
        row=row,
        text=open_text(opener, _newest(events, "ticket.masked")),
        decision=getattr(_newest(events, "ticket.routed"), "summary", None),
        draft=_draft(opener, _newest(events, "draft.created")),
        edits=_edits(connection, opener, events),
        timeline=_with_gaps(events),
        dead=list(connection.execute(letters)),
    )


def _events(connection: Connection, ticket_id: str) -> list[Any]:
    rows = connection.execute(select(timeline).where(timeline.c.ticket_id == ticket_id))
    return sorted(rows, key=lambda r: (r.recorded_at, _step(r.topic), r.position))


def _step(topic: str) -> int:
    return ORDER.index(topic) if topic in ORDER else len(ORDER)


def _newest(events: Sequence[Any], topic: str) -> Any:
    return next((e for e in reversed(events) if e.topic == topic), None)


def _with_gaps(events: Sequence[Any]) -> list[Happened]:
    at = {e.event_id: e.recorded_at for e in events}
    return [
        Happened(e, (e.recorded_at - at[e.cause_id]).total_seconds() if e.cause_id in at else None)
        for e in events
    ]


def _draft(opener: Opener, event: Any) -> Draft | None:
    if event is None:
        return None
    text = open_text(opener, event)
    sentences = text.record.sentences if text.state == "open" else ()
    sources = [
        Cited(number, source, _quotes(sentences, source["chunk_id"]))
        for number, source in enumerate(event.summary["sources"], start=1)
    ]
    return Draft(event, event.summary, text, sources)


def _quotes(sentences: Sequence[Any], chunk_id: str) -> list[Quote]:
    return [Quote(s.text, s.support) for s in sentences if chunk_id in s.citations]


def _edits(connection: Connection, opener: Opener, events: Sequence[Any]) -> list[Edited]:
    own = {e.event_id: e for e in events if e.topic == "agent.edited"}
    rows = connection.execute(select(correction).where(correction.c.event_id.in_(own)))
    found = [
        Edited(row, open_text(opener, own[row.event_id]) if row.text else MISSING) for row in rows
    ]
    return sorted(found, key=lambda e: e.row.recorded_at)
