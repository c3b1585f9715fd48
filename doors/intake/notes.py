"""What the door remembers between messages, in a small SQLite file: keyed hashes and ids only."""

import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

KEPT = timedelta(days=7)  # as long as the event itself lies in the clear topic
BUSY_S = 10.0
START = datetime(1970, 1, 1, tzinfo=UTC)
KEPT_IN = ("submission", "arrival")
TABLES = """
CREATE TABLE IF NOT EXISTS submission (
    key BLOB PRIMARY KEY, body BLOB NOT NULL, ticket_id TEXT NOT NULL, at INTEGER NOT NULL,
    published INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS arrival (
    what BLOB NOT NULL, ticket_id TEXT NOT NULL, at INTEGER NOT NULL,
    PRIMARY KEY (what, ticket_id, at)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS submission_by_time ON submission (at);
CREATE INDEX IF NOT EXISTS arrival_by_time ON arrival (at);
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who was first under a name.

    Attributes:
        ticket_id: of the first submission.
        at: when that was received.
        same: whether its body was this one's.
        published: whether the broker has it.
    """

    ticket_id: str
    at: datetime
    same: bool
    published: bool


class Notes:
    """The file; every call is a transaction of its own, from any thread.

    Raises:
        sqlite3.Error: the file cannot be written; nothing may be accepted then.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        self.path = path
        with self._open() as connection:
            connection.execute("PRAGMA journal_mode=WAL")
            connection.executescript(TABLES)

    def claim(
        self, names: Sequence[bytes], body: bytes, ticket_id: str, at: datetime
    ) -> list[Claim]:
        """Take names for a submission, those that are free; who has each now."""
        with self._open() as connection:
            connection.execute("DELETE FROM submission WHERE at < ?", [_micros(at - KEPT)])
            connection.executemany(
                "INSERT OR IGNORE INTO submission (key, body, ticket_id, at) VALUES (?, ?, ?, ?)",
                [(name, body, ticket_id, _micros(at)) for name in names],
            )
            query = "SELECT ticket_id, at, body, published FROM submission WHERE key = ?"
            rows = [connection.execute(query, [name]).fetchone() for name in names]
        return [
            Claim(
                first,
                START + timedelta(microseconds=micros),
                same=taken == body,
                published=bool(published),
            )
            for first, micros, taken, published in rows
        ]

    def published(self, names: Sequence[bytes]) -> None:
        """The broker has the submission of these names."""
        with self._open() as connection:
            connection.executemany(
                "UPDATE submission SET published = 1 WHERE key = ?", [(name,) for name in names]
            )

    def arrivals(self, what: bytes, ticket_id: str, at: datetime, window: timedelta) -> int:
        """Note that a ticket came; how many of the same kind came within the window, it included.

        A ticket that came at the same time is the same one, read again.
        """
        with self._open() as connection:
            connection.execute("DELETE FROM arrival WHERE at < ?", [_micros(at - KEPT)])
            connection.execute(
                "INSERT OR IGNORE INTO arrival VALUES (?, ?, ?)", [what, ticket_id, _micros(at)]
            )
            query = "SELECT count(*) FROM arrival WHERE what = ? AND at > ? AND at <= ?"
            since, until = _micros(at - window), _micros(at)
            found: int = connection.execute(query, [what, since, until]).fetchone()[0]
        return found

    def count(self, tickets: Collection[str], senders: Collection[bytes]) -> int:
        """How many notes `forget` would delete."""
        query = "SELECT count(*) FROM {} WHERE ticket_id = ?"
        with self._open() as connection:
            return sum(
                connection.execute(query.format(table), [ticket]).fetchone()[0]
                for table in KEPT_IN
                for ticket in _theirs(connection, tickets, senders)
            )

    def forget(self, tickets: Collection[str], senders: Collection[bytes]) -> None:
        """Delete what leads to tickets, and to all else that came from senders.

        Args:
            tickets: their ids.
            senders: as `arrivals` was told them (`loops.sender_kind`).
        """
        with self._open() as connection:
            self._delete(connection, "ticket_id = ?", _theirs(connection, tickets, senders))

    def expire(self, now: datetime) -> int:
        """Delete what is older than it is kept; how many notes. The door does it at every call."""
        with self._open() as connection:
            return self._delete(connection, "at < ?", [_micros(now - KEPT)])

    def forget_log(self) -> bool:
        """Empty the write-ahead log, which still holds what was deleted; False if it is held."""
        with self._open() as connection:
            (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def _delete(self, connection: sqlite3.Connection, where: str, values: list[Any]) -> int:
        statements = [f"DELETE FROM {table} WHERE {where}" for table in KEPT_IN]  # noqa: S608
        return sum(connection.execute(s, [v]).rowcount for s in statements for v in values)

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self.path, timeout=BUSY_S)) as connection, connection:
            connection.execute("PRAGMA synchronous=FULL")  # what was accepted outlives a power cut
            connection.execute("PRAGMA secure_delete=ON")  # nothing stays readable in free pages
            yield connection


def _theirs(
    connection: sqlite3.Connection, tickets: Collection[str], senders: Collection[bytes]
) -> list[str]:
    """Tickets, and those that came from the same senders: a loop's have no event of their own."""
    query = "SELECT ticket_id FROM arrival WHERE what = ?"
    more = {row[0] for what in senders for row in connection.execute(query, [what])}
    return sorted(more.union(tickets))


def _micros(at: datetime) -> int:
    return (at - START) // timedelta(microseconds=1)
