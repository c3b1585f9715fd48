"""Placed records -> the read models: rows and positions in one transaction, or neither."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    Engine,
    Integer,
    MetaData,
    String,
    Table,
    delete,
    func,
    insert,
    select,
)
from sqlalchemy.exc import SQLAlchemyError

from ticketstream.projections.corrections import CORRECTIONS
from ticketstream.projections.dead import DEAD
from ticketstream.projections.placed import Place, Placed
from ticketstream.projections.projection import Projection, Write, write_all
from ticketstream.projections.purge import Erased, blank, nobody
from ticketstream.projections.tickets import TICKETS
from ticketstream.projections.timeline import TIMELINE
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import SettingError
from ticketstream.vault.database import engine_of, writer

PROJECTIONS: tuple[Projection, ...] = (TICKETS, TIMELINE, CORRECTIONS, DEAD)

metadata = MetaData()

# which read models there are, as what version of them; `life` is new after every rebuild
model = Table(
    "model",
    metadata,
    Column("model", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("life", String, nullable=False),
)
# the offset that each read model reads next
position = Table(
    "position",
    metadata,
    Column("model", String, primary_key=True),
    Column("topic", String, primary_key=True),
    Column("partition", Integer, primary_key=True),
    Column("position", BigInteger, nullable=False),
)


_JSON: dict[str, Any] = {
    "json_serializer": lambda value: orjson.dumps(value).decode(),
    "json_deserializer": orjson.loads,
}


class RebuiltError(Exception):
    """The read models were thrown away since this reader started: begin again."""


@dataclass(frozen=True, slots=True)
class Start:
    """Where to read on, and the lives of the read models that this holds for."""

    positions: Mapping[Place, int]
    lives: Mapping[str, str]


def read_engine(url: str) -> Engine:
    """An engine for the read models, SQLite or PostgreSQL; what a crash takes is read again.

    Raises:
        SettingError: no URL, or one of another database.
    """
    return engine_of(url, "TICKETSTREAM_READ_MODELS", durable=False, **_JSON)


class ReadModels:
    """The read models of one database; `erased` says whose rows are written without the person.

    Raises:
        SettingError: the database cannot be opened.
    """

    def __init__(
        self,
        engine: Engine,
        projections: Sequence[Projection] = PROJECTIONS,
        *,
        erased: Erased = nobody,
    ) -> None:
        self.engine = engine
        self.projections = projections
        self.erased = erased
        self._writer = writer(engine)

    def start(self) -> Start:
        """Make what is missing, throw away what is of another version, say where to read on."""
        with self._opened() as connection:
            metadata.create_all(connection)
            known = {m: f for m, f, _ in _models(connection)}
            for each in self.projections:
                if known.get(each.name) != each.fingerprint:
                    _begin_anew(connection, each)
            lives = {m: life for m, _, life in _models(connection)}
            return Start(self._next(connection), lives)

    def create(self) -> None:
        """Make the tables that are missing, for those who only read."""
        with self._opened() as connection:
            metadata.create_all(connection)
            for each in self.projections:
                each.metadata.create_all(connection)

    def rebuild(self) -> None:
        """Throw all read models away; the next start reads from the beginning."""
        with self._opened() as connection:
            metadata.create_all(connection)
            for each in self.projections:
                _begin_anew(connection, each)

    def apply(self, batch: Sequence[Placed], lives: Mapping[str, str]) -> int:
        """Write a batch, whole or not at all; what was applied before is passed over.

        Returns:
            How many records some read model took.

        Raises:
            RebuiltError: the read models began a new life since `start`.
        """
        with self._writer.begin() as connection:
            if {m: life for m, _, life in _models(connection)} != lives:
                raise RebuiltError
            taken: set[tuple[Place, int]] = set()
            for each in self.projections:
                fresh = _fresh(connection, each, batch)
                write_all(connection, each.writes(fresh))
                _move(connection, each, fresh)
                taken.update((r.place, r.offset) for r in fresh)
            # asked under the lock: an erasure that is not told here yet blanks the rows afterwards
            if gone := self.erased(_tickets(batch)):
                blank(connection, gone)
        return len(taken)

    def pulse(self) -> str:
        """A text that changes when anything was applied, or all was thrown away."""
        with self.engine.connect() as connection:
            moved = connection.execute(select(func.sum(position.c.position))).scalar()
            lives = sorted(life for _, _, life in _models(connection))
        return f"{moved or 0}-{''.join(life[:4] for life in lives)}"

    def _next(self, connection: Connection) -> dict[Place, int]:
        """Per partition the least position of those who read it; who never read it is at 0."""
        by_place: dict[Place, dict[str, int]] = {}
        for row in connection.execute(select(position)):
            by_place.setdefault(Place(row.topic, row.partition), {})[row.model] = row.position
        return {
            place: min(by_model.get(p.name, 0) for p in self.projections if p.reads(place.topic))
            for place, by_model in by_place.items()
            if any(p.reads(place.topic) for p in self.projections)
        }

    @contextmanager
    def _opened(self) -> Iterator[Connection]:
        try:
            with self._writer.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            place = self.engine.url.render_as_string(hide_password=True)
            raise SettingError(
                f"the read models at {place} cannot be opened ({type(error).__name__}): "
                "check TICKETSTREAM_READ_MODELS and that its file or server can be written"
            ) from error


def _tickets(batch: Sequence[Placed]) -> set[str]:
    return {r.event.ticket_id for r in batch if isinstance(r.event, Event)}


def _models(connection: Connection) -> list[Any]:
    return list(connection.execute(select(model).order_by(model.c.model)))


def _begin_anew(connection: Connection, projection: Projection) -> None:
    projection.metadata.drop_all(connection)
    projection.metadata.create_all(connection)
    for table in (position, model):
        connection.execute(delete(table).where(table.c.model == projection.name))
    row = {"model": projection.name, "fingerprint": projection.fingerprint, "life": token_hex(8)}
    connection.execute(insert(model).values(row))


def _fresh(connection: Connection, projection: Projection, batch: Sequence[Placed]) -> list[Placed]:
    rows = connection.execute(select(position).where(position.c.model == projection.name))
    known = {Place(row.topic, row.partition): row.position for row in rows}
    read = (r for r in batch if projection.reads(r.topic))
    return [r for r in read if r.offset >= known.get(r.place, 0)]


def _move(connection: Connection, projection: Projection, fresh: Sequence[Placed]) -> None:
    ends: dict[Place, int] = {}
    for record in fresh:
        ends[record.place] = max(ends.get(record.place, 0), record.offset + 1)
    base = {"model": projection.name}
    rows = [
        base | {"topic": p.topic, "partition": p.partition, "position": n} for p, n in ends.items()
    ]
    write_all(connection, [Write(position, row, "position") for row in rows])
