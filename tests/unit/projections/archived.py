"""Events -> the tables that the archive is given, through bytes and the decoder as from a topic."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pyarrow as pa
from tests.unit.projections.rows import START
from tests.unit.schemas.samples import SAMPLES

from ticketstream.projections.archive import Archive
from ticketstream.projections.flat import FIELDS, flat, wanted
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import HEADER, encode_record, schema_of
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.lockstep import decode_columns
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.outcome import AgentEdited, ReplySent, TicketClosed
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import TOPIC_OF


def sample(kind: Any) -> Any:
    return next(e for e in SAMPLES if isinstance(e, kind))


def classified(number: int, **changes: Any) -> TicketClassified:
    """Ticket `number`, with facts, a day after the one before."""
    base: TicketClassified = sample(TicketClassified)
    return replace(
        base,
        event_id=UUID(int=number),
        ticket_id=f"t{number}",
        case_id=f"c{number}",
        occurred_at=base.occurred_at + timedelta(days=number),
        facts=Facts(320.0, 129.9, "EUR", 18, 1, 0, payment="open", payment_due=64.9),
        **changes,
    )


def routed(ticket: TicketClassified, **changes: Any) -> TicketRouted:
    base: TicketRouted = sample(TicketRouted)
    return replace(
        base,
        event_id=UUID(int=ticket.event_id.int + 10_000 + len(str(changes))),
        cause_id=ticket.event_id,
        ticket_id=ticket.ticket_id,
        case_id=ticket.case_id,
        occurred_at=ticket.occurred_at,
        **changes,
    )


def outcomes(ticket: TicketClassified) -> list[Event]:
    """A reply sent, an edit, an end of the same ticket."""
    kinds = (ReplySent, AgentEdited, TicketClosed)
    return [
        replace(
            sample(kind),
            event_id=UUID(int=ticket.event_id.int + 20_000 + place),
            ticket_id=ticket.ticket_id,
            case_id=ticket.case_id,
            occurred_at=ticket.occurred_at,
        )
        for place, kind in enumerate(kinds)
    ]


def table_of(events: Sequence[Event], at: datetime = START) -> Any:
    """Events of one topic as the archive takes them."""
    topic = TOPIC_OF[type(events[0])]
    bodies = [encode_record(e) for e in events]
    decoded = decode_columns(
        schema_of(type(events[0])).parsed, bodies, HEADER, wanted(FIELDS[topic])
    )
    stamps = pa.array([at] * len(events), pa.timestamp("us", "UTC"))
    return flat(decoded.table.append_column("recorded_at", stamps), FIELDS[topic])


def add(archive: Archive, *events: Event) -> None:
    """Each event alone, in their order."""
    for event in events:
        archive.add(TOPIC_OF[type(event)], table_of([event]), {})


def add_all(archive: Archive, events: Iterable[Event]) -> None:
    """Events of several topics, each topic at once."""
    by_topic: dict[str, list[Event]] = {}
    for event in events:
        by_topic.setdefault(TOPIC_OF[type(event)], []).append(event)
    for topic, some in by_topic.items():
        archive.add(topic, table_of(some), {})


def rows(archive: Archive) -> dict[str, list[dict[str, Any]]]:
    """All rows by model."""
    from ticketstream.projections.archive import read_day

    found: dict[str, list[dict[str, Any]]] = {"decisions": [], "outcomes": []}
    for model, _, file in archive.days():
        found[model] += read_day(file, model).to_pylist()
    return {m: sorted(r, key=lambda row: row["event_id"]) for m, r in found.items()}
