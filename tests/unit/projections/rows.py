"""Events -> placed records, and read models -> all their rows, to compare."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select

from ticketstream.projections.placed import DeadLetter, Placed
from ticketstream.projections.store import ReadModels
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.topics import TOPIC_OF

START = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)

LETTER = DeadLetter(
    reason="raised",
    stage="classify",
    version="0.1.0",
    source="ticket.masked/0/7",
    message="ValueError in classify",
    ticket_id="8b1f1d0e-0f3f-5a55-9c39-2f8d0f3f7a10",
    size=512,
)


def placed(events: Iterable[Event | DeadLetter | None], first: int = 0) -> list[Placed]:
    """Each event on its topic, one partition, one second after the one before."""
    ends: dict[str, int] = {}
    found = []
    for number, event in enumerate(events):
        topic = _topic(event)
        offset = ends.setdefault(topic, first)
        ends[topic] += 1
        found.append(Placed(topic, 0, offset, START + timedelta(seconds=number), event))
    return found


def _topic(event: Event | DeadLetter | None) -> str:
    if event is None:
        return "ticket.received"
    return "ticket.masked.dead" if isinstance(event, DeadLetter) else TOPIC_OF[type(event)]


def apply(models: ReadModels, *batches: Sequence[Placed]) -> None:
    lives = models.start().lives
    for batch in batches:
        models.apply(batch, lives)


def rows(models: ReadModels) -> dict[str, list[dict[str, Any]]]:
    """Every row of every read model, tables and views."""
    with models.engine.connect() as connection:
        return {
            table.name: sorted(
                (dict(r._mapping) for r in connection.execute(select(table))), key=repr
            )
            for projection in models.projections
            for table in projection.metadata.tables.values()
        }
