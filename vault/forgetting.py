"""Persons -> nothing but their ticket ids, and the journal of every erasure that is underway."""

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from itertools import islice
from secrets import token_hex
from typing import Any, TypeVar

import orjson
from sqlalchemy import Column, Connection, Engine, delete, insert, select, update
from sqlalchemy.exc import SQLAlchemyError

from ticketstream.schemas.errors import VaultError
from ticketstream.vault import tables
from ticketstream.vault.leftovers import vacuum

T = TypeVar("T")
START = datetime(1970, 1, 1, tzinfo=UTC)
MOST = 500  # values in one statement


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What `forget` destroyed: persons with both keys, index entries, Message-IDs, tickets."""

    persons: int
    addresses: int
    messages: int
    tickets: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Erasure:
    """One person's erasure in the journal. It holds random ids, keyed hashes and counts only.

    Attributes:
        began_at: what the person wrote before it goes; who writes again later is somebody new.
        hashes: keyed hashes of the person's addresses and customer numbers.
        tickets: every ticket id; what is added later is added by `update`.
        attachments: ids of stored files.
        senders: keyed hashes under which the doors counted the person's mails.
        done: steps that are done, in order, with what each of them counted.
    """

    began_at: datetime
    hashes: frozenset[str]
    tickets: frozenset[str] = frozenset()
    attachments: frozenset[str] = frozenset()
    senders: frozenset[str] = frozenset()
    done: dict[str, dict[str, Any]] = field(default_factory=dict)
    id: str = field(default_factory=lambda: token_hex(8))


def forget(connection: Connection, persons: Collection[str]) -> Forgotten:
    """Destroy keys and index entries in the caller's transaction; remember tickets as erased."""
    t = tables.admission.c
    ids = tuple(in_chunks(connection, t.ticket_id, t.person, persons))
    remember_erased(connection, ids)
    gone = {
        str(table.name): delete_in(connection, table.c.person, persons)
        for table in (tables.person, tables.address, tables.message, tables.admission)
    }
    return Forgotten(gone["person"], gone["address"], gone["message"], ids)


def remember_erased(connection: Connection, tickets: Iterable[str]) -> None:
    """From now on a delivery of these tickets is buried, never sealed."""
    tables.insert_absent(connection, tables.erased, [{"ticket_id": i} for i in sorted(tickets)])


def erased_tickets(connection: Connection) -> frozenset[str]:
    """Every ticket id of everybody who was ever forgotten."""
    return frozenset(connection.execute(select(tables.erased.c.ticket_id)).scalars())


def erased_by(engine: Engine) -> Callable[[Collection[str]], frozenset[str]]:
    """What says of some tickets which are erased; it takes no key.

    Raises:
        VaultError: the vault's store cannot be read.
    """

    def erased(tickets: Collection[str]) -> frozenset[str]:
        try:
            tables.erased.create(engine, checkfirst=True)
            with engine.connect() as connection:
                e = tables.erased.c
                return frozenset(in_chunks(connection, e.ticket_id, e.ticket_id, tickets))
        except SQLAlchemyError as error:
            raise VaultError(
                f"the vault cannot be asked who is erased ({type(error).__name__}): "
                "check that its file or server can be read"
            ) from error

    return erased


def persons_behind(connection: Connection, hashes: Collection[str]) -> dict[str, str]:
    """Keyed hash -> person, for those that lead to somebody."""
    a = tables.address.c
    found: dict[str, str] = {}
    for part in chunks(hashes):
        rows = connection.execute(select(a.hash, a.person).where(a.hash.in_(part)))
        found.update((row.hash, row.person) for row in rows)
    return found


def hashes_of(connection: Connection, person: str) -> frozenset[str]:
    """The keyed hashes of all addresses and customer numbers that lead to a person."""
    a = tables.address.c
    return frozenset(connection.execute(select(a.hash).where(a.person == person)).scalars())


def tickets_of(connection: Connection, person: str) -> frozenset[str]:
    """A person's tickets, as far as they were masked."""
    t = tables.admission.c
    return frozenset(connection.execute(select(t.ticket_id).where(t.person == person)).scalars())


def begin(connection: Connection, erasure: Erasure) -> None:
    """Put an erasure into the journal; from now on its tickets are not taken in again."""
    remember_erased(connection, erasure.tickets)
    row = {"id": erasure.id, "began_at": _micros(erasure.began_at), "underway": _packed(erasure)}
    connection.execute(insert(tables.erasure).values(row))


def save(connection: Connection, erasure: Erasure) -> None:
    """Write down how far it is."""
    remember_erased(connection, erasure.tickets)
    where = tables.erasure.c.id == erasure.id
    connection.execute(update(tables.erasure).where(where).values(underway=_packed(erasure)))


def destroy(connection: Connection, erasure: Erasure) -> Erasure:
    """Destroy whom the erasure's hashes lead to now; the erasure with everything that went.

    A ticket that came since it began belongs to the same keys and goes with them.
    """
    persons = set(persons_behind(connection, erasure.hashes).values())
    gone = forget(connection, persons)
    counted = {n: v for n, v in asdict(gone).items() if n != "tickets"}
    counted["tickets"] = len(gone.tickets)
    tickets = erasure.tickets.union(gone.tickets)
    erasure = replace(erasure, tickets=tickets, done=erasure.done | {"vault": counted})
    save(connection, erasure)
    return erasure


def underway(connection: Connection) -> list[Erasure]:
    """Erasures that were begun and not finished, oldest first."""
    e = tables.erasure.c
    rows = connection.execute(select(e.underway).where(e.finished_at.is_(None)))
    return sorted((_unpacked(row.underway) for row in rows), key=lambda x: (x.began_at, x.id))


def finish(connection: Connection, erasure_id: str, receipt: bytes, at: datetime) -> None:
    """Close the journal's row: what led to the person goes, the receipt stays."""
    values = {"finished_at": _micros(at), "underway": b"", "receipt": receipt}
    connection.execute(
        update(tables.erasure).where(tables.erasure.c.id == erasure_id).values(values)
    )


def receipts(connection: Connection) -> dict[str, bytes]:
    """Every signed receipt by its erasure's id."""
    e = tables.erasure.c
    rows = connection.execute(select(e.id, e.receipt).where(e.receipt.is_not(None)))
    return {row.id: row.receipt for row in rows.all()}


def forget_log(engine: Engine, seconds: float) -> bool:
    """Empty the write-ahead log of an SQLite file; in PostgreSQL, free the space of old rows.

    Returns:
        False when readers held the log all the time.
    """
    if engine.dialect.name != "sqlite":
        vacuum(engine)
        return True
    if not engine.url.database:
        return True  # in memory
    raw = engine.raw_connection()
    try:
        # on a connection of its own, for it waits as long as it is told here
        raw.detach()
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout={int(seconds * 1000)}")
        (busy, *_) = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy
    finally:
        raw.close()


def chunks(values: Iterable[T]) -> Iterator[list[T]]:
    """Values in lists that a statement can take."""
    left = iter(values)
    while part := list(islice(left, MOST)):
        yield part


def in_chunks(
    connection: Connection, wanted: Column[Any], column: Column[Any], values: Iterable[str]
) -> Iterator[Any]:
    """A column's values where another's is one of many."""
    for part in chunks(values):
        yield from connection.execute(select(wanted).where(column.in_(part))).scalars().all()


def delete_in(connection: Connection, column: Column[Any], values: Iterable[str]) -> int:
    """Delete the rows whose column is one of many; returns how many."""
    statement = delete(column.table)
    return sum(connection.execute(statement.where(column.in_(p))).rowcount for p in chunks(values))


def _packed(erasure: Erasure) -> bytes:
    plain = {f.name: getattr(erasure, f.name) for f in fields(erasure)}
    return orjson.dumps(plain, default=sorted, option=orjson.OPT_UTC_Z)


def _unpacked(data: bytes) -> Erasure:
    plain = orjson.loads(data)
    sets: Sequence[str] = ("hashes", "tickets", "attachments", "senders")
    frozen: Callable[[str], frozenset[str]] = lambda name: frozenset(plain[name])  # noqa: E731
    began = datetime.fromisoformat(plain["began_at"])
    return Erasure(**plain | {n: frozen(n) for n in sets} | {"began_at": began})


def _micros(at: datetime) -> int:
    return (at - START) // timedelta(microseconds=1)
