"""Events -> rows to write: what a read model is made of, and how a row meets the one before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, DateTime, Dialect, MetaData, Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.schema import CreateTable
from sqlalchemy.types import TypeDecorator

from ticketstream.projections.placed import Placed, kind_of

LEAST = {"keep": "least"}  # a column's info: of all values that come, the least stays

_INSERT: Mapping[str, Any] = {"sqlite": sqlite.insert, "postgresql": postgresql.insert}


class Moment(TypeDecorator[datetime]):
    """A time in UTC, to the microsecond; aware on both databases."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        moment = value.astimezone(UTC)
        # SQLite keeps text, which sorts only when no zone is written behind it
        return moment.replace(tzinfo=None) if dialect.name == "sqlite" else moment

    def process_result_value(
        self,
        value: datetime | None,
        dialect: Dialect,  # noqa: ARG002  (SQLAlchemy's signature)
    ) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass(frozen=True, slots=True)
class Write:
    """One row, inserted or merged into the row of the same key: only its own columns change.

    `mark` names the column that holds the id of the event which wrote these columns last, so that
    the same event again changes nothing. Without it a row that is there stays as it is.
    """

    table: Table
    row: Mapping[str, Any]
    mark: str = ""


Handler = Callable[[Placed], Write]


@dataclass(frozen=True, slots=True)
class Projection:
    """A read model: its tables and views, and one function an event type.

    `version` counts the changes of its functions; a changed table is noticed without it.
    """

    name: str
    version: int
    metadata: MetaData
    handlers: Mapping[type, Handler]
    fingerprint: str = field(init=False)

    def __post_init__(self) -> None:
        made = [str(CreateTable(t)) for t in self.metadata.sorted_tables if not t.is_view]
        digest = sha256("".join(made).encode()).hexdigest()[:12]
        object.__setattr__(self, "fingerprint", f"{self.version}-{digest}")

    def reads(self, topic: str) -> bool:
        """Whether records of this topic matter to it."""
        return kind_of(topic) in self.handlers

    def writes(self, records: Sequence[Placed]) -> list[Write]:
        """The rows of records, in their order."""
        return [self.handlers[type(r.event)](r) for r in records if r.event is not None]


def write_all(connection: Connection, writes: Sequence[Write]) -> None:
    """Write rows in their order, those of the same shape with one statement."""

    def shape(write: Write) -> tuple[str, str, tuple[str, ...]]:
        return write.table.name, write.mark, tuple(write.row)

    # rows of one key and shape keep their order; other shapes write other columns
    for _, same in groupby(sorted(writes, key=shape), key=shape):
        rows = list(same)
        connection.execute(_statement(rows[0], connection.dialect.name), [w.row for w in rows])


def _statement(write: Write, dialect: str) -> Any:
    table = write.table
    insert = _INSERT[dialect](table)
    if not write.mark:
        return insert.on_conflict_do_nothing()
    keys = list(table.primary_key.columns)
    changed = {n: _kept(table, insert, n) for n in write.row if n not in table.primary_key.columns}
    is_new = table.c[write.mark].is_distinct_from(insert.excluded[write.mark])
    return insert.on_conflict_do_update(index_elements=keys, set_=changed, where=is_new)


def _kept(table: Table, insert: Any, name: str) -> Any:
    before, after = table.c[name], insert.excluded[name]
    if before.info != LEAST:
        return after
    return case((before <= after, before), else_=after)
