"""Placed records -> the read models: rows and positions in one transaction, or neither."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import (
    Connection,
    Engine,
    StaticPool,
    create_engine,
    delete,
    event,
    func,
    insert,
    make_url,
    select,
    update,
)
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from ticketstream.projections.corrections import CORRECTIONS
from ticketstream.projections.dead import DEAD
from ticketstream.projections.lives import known, metadata, model, position
from ticketstream.projections.placed import Place, Placed
from ticketstream.projections.projection import Projection, Write, write_all
from ticketstream.projections.purge import Erased, blank, nobody
from ticketstream.projections.tickets import TICKETS
from ticketstream.projections.timeline import TIMELINE
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import SettingError

PROJECTIONS: tuple[Projection, ...] = (TICKETS, TIMELINE, CORRECTIONS, DEAD)

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
    """An engine for the read models, SQLite or PostgreSQL.

    Raises:
        SettingError: no URL, or one of another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingError("TICKETSTREAM_READ_MODELS is no SQLAlchemy URL") from error
    if parsed.get_backend_name() == "postgresql":
        server = parsed.set(drivername="postgresql+psycopg")
        return create_engine(server, pool_pre_ping=True, **_JSON)
    if parsed.get_backend_name() != "sqlite":
        raise SettingError("TICKETSTREAM_READ_MODELS must be a sqlite or postgresql URL")
    return _sqlite(url, parsed.database)


def _sqlite(url: str, file: str | None) -> Engine:
    options: dict[str, Any] = {"connect_args": {"timeout": 30}}
    if file in {None, "", ":memory:"}:
        options = {"poolclass": StaticPool, "connect_args": {"check_same_thread": False}}
    else:
        Path(file or "").parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(url, **options, **_JSON)
    event.listen(engine, "connect", _configure)
    event.listen(engine, "begin", _begin)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    # the driver's own transaction handling would begin too late, and not for tables
    connection.isolation_level = None
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=NORMAL")  # what is lost is read again
    # what is blanked, or thrown away by a rebuild, must not stay readable in free pages
    connection.execute("PRAGMA secure_delete=ON")


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql(connection.get_execution_options().get("begin", "BEGIN"))


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
        # the write lock at once: a reader's lock that is raised later would fail as busy
        self._writer = engine.execution_options(begin="BEGIN IMMEDIATE")

    def start(self) -> Start:
        """Make what is missing, throw away what is of another version, say where to read on."""
        with self._opened() as connection:
            metadata.create_all(connection)
            there = {m: f for m, f, _ in known(connection)}
            for each in self.projections:
                if there.get(each.name) != each.fingerprint:
                    _begin_anew(connection, each)
            lives = {m: life for m, _, life in known(connection)}
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
            connection.execute(update(model).values(life=""))  # waits for a writer to end
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
            if {m: life for m, _, life in known(connection, lock=True)} != lives:
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
            lives = sorted(life for _, _, life in known(connection))
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
