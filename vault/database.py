"""A database's URL -> an engine on SQLite or PostgreSQL, where one transaction writes at a time."""

import fcntl
import sqlite3
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, StaticPool, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError

from ticketstream.schemas.errors import SettingError

WAIT = 30  # seconds for the writers before
FROZEN = 15  # seconds until a writer that does nothing in its transaction is cut off

# in PostgreSQL a lock that ends with its transaction, one for each schema and name
_LOCK = text("SELECT pg_advisory_xact_lock(hashtext(current_schema() || :name))")
_PATIENCE = text(
    "SELECT set_config('lock_timeout', :wait, true),"
    " set_config('idle_in_transaction_session_timeout', :frozen, true)"
)


def engine_of(url: str, setting: str, *, durable: bool, **options: Any) -> Engine:
    """An engine; `sqlite://` alone is a database in memory.

    Args:
        url: of SQLAlchemy's kind: `sqlite:///FILE`, `postgresql://USER@HOST/DATABASE`.
        setting: the variable that it came from; also the name of the writers' lock.
        durable: a commit is on the disk before it returns.
        options: further ones of `create_engine`.

    Raises:
        SettingError: no URL, or one of another database.
    """
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingError(f"{setting} is no SQLAlchemy URL") from error
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return _postgres(parsed.set(drivername="postgresql+psycopg"), setting, durable, options)
    if backend != "sqlite":
        raise SettingError(f"{setting} must be a sqlite or postgresql URL")
    return _sqlite(url, parsed.database, durable, options)


def writer(engine: Engine) -> Engine:
    """The same engine, whose transactions wait for each other before they read or write anything.

    What one of them has read is still so when it writes: nobody's update is lost, and because all
    take the same lock first, none waits for another in a ring.
    """
    return engine.execution_options(writes=True)


def _writes(connection: Connection) -> bool:
    return bool(connection.get_execution_options().get("writes"))


def _postgres(url: URL, name: str, durable: bool, options: dict[str, Any]) -> Engine:
    try:
        engine = create_engine(url, pool_pre_ping=True, **options)
    except ModuleNotFoundError as error:
        raise SettingError(
            f"{name} names a PostgreSQL: install its driver, pip install 'ticketstream[postgres]'"
        ) from error
    if durable:
        event.listen(engine, "connect", _durable)
    event.listen(engine, "begin", partial(_locked, name))
    return engine


def _durable(connection: Any, _record: Any) -> None:
    # a server may be set to answer before a commit is on its disk
    connection.autocommit = True
    connection.execute("SET synchronous_commit = on")
    connection.autocommit = False


def _locked(name: str, connection: Connection) -> None:
    if _writes(connection):
        # a frozen process must not hold the lock for ever: the server ends its session
        connection.execute(_PATIENCE, {"wait": f"{WAIT}s", "frozen": f"{FROZEN}s"})
        connection.execute(_LOCK, {"name": name})


def _sqlite(url: str, file: str | None, durable: bool, options: dict[str, Any]) -> Engine:
    if file in {None, "", ":memory:"}:
        arguments = {"check_same_thread": False}
        engine = create_engine(url, poolclass=StaticPool, connect_args=arguments, **options)
    else:
        engine = create_engine(url, connect_args={"timeout": WAIT}, **options)
        event.listen(engine, "connect", partial(_write_ahead, _lock_file(Path(file or ""))))
    event.listen(engine, "connect", _configured(durable))
    event.listen(engine, "begin", _begin)
    return engine


def _lock_file(file: Path) -> Path:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SettingError(
            f"{file.parent} cannot be made ({type(error).__name__}): set TICKETSTREAM_HOME to a "
            "folder that can"
        ) from error
    return file.with_suffix(".lock")


def _write_ahead(lock: Path, connection: Any, _record: Any) -> None:
    """Switch the file to write-ahead logging, one process at a time: SQLite does not wait there."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        connection.execute("PRAGMA journal_mode=WAL")


def _configured(durable: bool) -> Callable[[sqlite3.Connection, Any], None]:
    def configure(connection: sqlite3.Connection, _record: Any) -> None:
        # the driver's own transaction handling would start too late to hold the write lock
        connection.isolation_level = None
        # a key that is lost is text that is lost; a row of a read model is read again
        connection.execute(f"PRAGMA synchronous={'FULL' if durable else 'NORMAL'}")
        # what is deleted or overwritten must not stay readable in free pages
        connection.execute("PRAGMA secure_delete=ON")

    return configure


def _begin(connection: Connection) -> None:
    # a writer takes the lock at once: upgrading a reader's lock later would fail as busy
    connection.exec_driver_sql("BEGIN IMMEDIATE" if _writes(connection) else "BEGIN")
