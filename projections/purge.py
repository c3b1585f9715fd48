"""Ticket ids -> rows of the read models without text, person, facts and case: labels stay."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Case,
    Connection,
    Engine,
    LargeBinary,
    Table,
    case,
    delete,
    func,
    literal,
    null,
    select,
    update,
)

from ticketstream.projections.corrections import correction
from ticketstream.projections.dead import dead
from ticketstream.projections.tickets import ticket
from ticketstream.projections.timeline import timeline
from ticketstream.vault.database import writer
from ticketstream.vault.forgetting import chunks

# which of some tickets are erased: who projects is handed this and keeps them blank
Erased = Callable[[Collection[str]], frozenset[str]]


def nobody(_: Collection[str]) -> frozenset[str]:
    """No ticket is erased: for those who only read."""
    return frozenset()


def _emptied(table: Table) -> Case[Any]:
    """No bytes in place of a sealed text: whoever opens it is told that it is erased."""
    return case((table.c.text.is_(None), null()), else_=literal(b"", LargeBinary))


AMOUNTS = (  # and what else the shop told
    *("currency", "customer_value", "order_amount"),
    *("payment", "payment_method", "payment_due"),
)
# what a forgotten person's rows lose; what is named in docs/privacy.md stays, and leads to nobody
BLANK: dict[Table, dict[str, Any]] = {
    ticket: dict.fromkeys(("case_id", *AMOUNTS)),
    timeline: {"person": "", "text": _emptied(timeline)},
    correction: {"person": "", "text": _emptied(correction)},
}


def blank(connection: Connection, tickets: Collection[str]) -> dict[str, int]:
    """Blank the rows of forgotten tickets in the caller's transaction; twice changes nothing.

    Returns:
        By table, how many rows there are of these tickets.
    """
    counts = dict.fromkeys((str(t.name) for t in BLANK), 0)
    for part in chunks(tickets):
        for table, values in BLANK.items():
            mine = table.c.ticket_id.in_(part)
            counts[str(table.name)] += connection.execute(
                update(table).where(mine).values(values)
            ).rowcount
        _summaries(connection, part)
    return counts


def purge(engine: Engine, tickets: Collection[str]) -> dict[str, int]:
    """`blank` while nobody projects; who projects asks before every batch who is erased."""
    with writer(engine).begin() as connection:
        return blank(connection, tickets)


def rows_of(engine: Engine, tickets: Collection[str]) -> dict[str, int]:
    """How many rows each read model has of these tickets."""
    counts = dict.fromkeys((str(t.name) for t in BLANK), 0)
    with engine.connect() as connection:
        for part in chunks(tickets):
            for table in BLANK:
                mine = select(func.count()).where(table.c.ticket_id.in_(part))
                counts[str(table.name)] += connection.execute(mine).scalar_one()
    return counts


def expire(engine: Engine, before: datetime, letters_before: datetime) -> int:
    """Delete rows of steps, and of dead letters, that were recorded before; how many there were."""
    with writer(engine).begin() as connection:
        return sum(
            connection.execute(delete(table).where(where)).rowcount
            for table, where in (
                (ticket, ticket.c.occurred_at < before),
                (timeline, timeline.c.recorded_at < before),
                (correction, correction.c.recorded_at < before),
                (dead, dead.c.recorded_at < letters_before),
            )
        )


def _summaries(connection: Connection, tickets: list[str]) -> None:
    """Take out of the summaries what was looked up about a person."""
    t = timeline.c
    mine = (t.ticket_id.in_(tickets), t.topic == "ticket.masked")
    for row in connection.execute(select(t.event_id, t.summary).where(*mine)).all():
        if row.summary.get("facts"):
            kept = row.summary | {"facts": {}}
            where = t.event_id == row.event_id
            connection.execute(update(timeline).where(where).values(summary=kept))
