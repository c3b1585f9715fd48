"""Dead letters -> why and where, never what."""

from typing import Any

from sqlalchemy import BigInteger, Column, Index, Integer, MetaData, String, Table, func, select
from sqlalchemy.schema import CreateView

from ticketstream.projections.placed import DeadLetter, Placed
from ticketstream.projections.projection import Moment, Projection, Write

metadata = MetaData()

dead = Table(
    "dead",
    metadata,
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, primary_key=True),
    Column("recorded_at", Moment, nullable=False),
    Column("reason", String, nullable=False),
    Column("stage", String, nullable=False),
    Column("stage_version", String, nullable=False),
    Column("source", String, nullable=False),
    Column("message", String, nullable=False),
    Column("ticket_id", String, nullable=False),
    Column("size", Integer, nullable=False),
    Index("dead_by_time", "recorded_at"),
    Index("dead_by_ticket", "ticket_id"),
)

by_reason = CreateView(
    select(dead.c.stage, dead.c.reason, func.count().label("letters")).group_by(
        dead.c.stage, dead.c.reason
    ),
    "dead_by_reason",
    metadata=metadata,
).table


def buried(placed: Placed) -> Write:
    """One dead letter."""
    letter: Any = placed.event
    row = {
        "topic": placed.topic,
        "partition": placed.partition,
        "position": placed.offset,
        "recorded_at": placed.recorded_at,
        "reason": letter.reason,
        "stage": letter.stage,
        "stage_version": letter.version,
        "source": letter.source,
        "message": letter.message,
        "ticket_id": letter.ticket_id,
        "size": letter.size,
    }
    return Write(dead, row)


DEAD = Projection("dead", 1, metadata, {DeadLetter: buried})
