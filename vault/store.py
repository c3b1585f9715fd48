"""The vault: who a ticket belongs to, with which keys, and what is known of it."""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError

from ticketstream.schemas.convert import sealable_fields
from ticketstream.schemas.envelope import Event as TicketEvent
from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.vault import tables
from ticketstream.vault.admission import admit
from ticketstream.vault.database import engine_of, writer
from ticketstream.vault.forgetting import forget, forget_log
from ticketstream.vault.keys import MasterKeys, PersonKeys, keyed_hash, unwrap
from ticketstream.vault.ledger import undecided
from ticketstream.vault.leftovers import rewrite
from ticketstream.vault.ports import Admission, Arrival, Question, Shop
from ticketstream.vault.rotation import note_keys, require_current
from ticketstream.vault.sealing import open_event, seal_event


def vault_engine(url: str) -> Engine:
    """An engine for the vault, SQLite or PostgreSQL: a key that is lost is text that is lost.

    Raises:
        SettingError: no URL, or one of another database.
    """
    return engine_of(url, "TICKETSTREAM_VAULT", durable=True)


def sqlite_engine(path: Path | None) -> Engine:
    """An engine on one file (None: in memory), shared by the processes of a host."""
    return vault_engine("sqlite://" if path is None else f"sqlite:///{path}")


@contextmanager
def _store_errors() -> Iterator[None]:
    try:
        yield
    except (SQLAlchemyError, sqlite3.Error) as error:
        raise VaultError(
            f"the vault's store failed ({type(error).__name__}): "
            "check that its file or server can be written"
        ) from error


class Vault:
    """People, their keys, their tickets' cases and facts.

    Every write is idempotent (insert if absent), so that a replayed batch finds what it wrote.

    Raises:
        VaultError: the store cannot be reached or written; the worker must stop.
    """

    def __init__(self, engine: Engine, keys: MasterKeys, shop: Shop) -> None:
        self.engine = engine
        self._writer = writer(engine)
        self.keys = keys
        self.shop = shop
        with _store_errors(), self._writer.begin() as connection:
            tables.metadata.create_all(connection)
            note_keys(connection, keys)

    def admit(self, arrivals: Sequence[Arrival]) -> list[Admission | Erased]:
        """Person, case and facts of each arrival, decided once per ticket id."""
        facts = self._facts(arrivals)
        with self.writing() as connection:
            require_current(connection, self.keys)
            return admit(connection, arrivals, self.keys, facts)

    def _facts(self, arrivals: Sequence[Arrival]) -> Mapping[str, Facts]:
        """What the shop says about new tickets; it may be slow, so nothing is locked meanwhile."""
        with self.reading() as connection:
            new = undecided(connection, arrivals)
        questions = [Question(a.shop, a.identifiers, a.occurred_at) for a in new]
        answers = self.shop.facts(questions) if questions else []
        return {a.ticket_id: f for a, f in zip(new, answers, strict=True)}

    def keys_of(self, persons: Iterable[str]) -> Mapping[str, PersonKeys]:
        """The keys of those persons that are not erased."""
        with _store_errors(), self.engine.connect() as connection:
            rows = connection.execute(
                select(tables.person).where(tables.person.c.person.in_(set(persons)))
            )
            return {row.person: self._unwrap(row) for row in rows}

    def open(self, ticket: TicketEvent, fields: frozenset[str]) -> TicketEvent:
        return self.open_all([ticket], fields)[0]

    def open_all(self, events: Sequence[TicketEvent], fields: frozenset[str]) -> list[TicketEvent]:
        """Each event with the named fields opened, or `Erased` in their place."""
        keys = self.keys_of(_person(e) for e in events)
        return [open_event(e, fields, keys.get(_person(e), ERASED)) for e in events]

    def seal_all(self, events: Sequence[TicketEvent]) -> list[TicketEvent | Erased]:
        """Each event with its records sealed, or `Erased` for a person who is forgotten."""
        open_ones = [e for e in events if sealable_fields(type(e))]
        keys = self.keys_of(_person(e) for e in open_ones)
        return [seal_event(e, keys.get(_person(e), ERASED)) for e in events]

    def person_of(self, shop: str, address: str) -> str | None:
        """The person behind an address or customer number, when there is one."""
        wanted = keyed_hash(self.keys.index, shop, address)
        with _store_errors(), self.engine.connect() as connection:
            return connection.execute(
                select(tables.address.c.person).where(tables.address.c.hash == wanted)
            ).scalar_one_or_none()

    def forget(self, person: str) -> tuple[str, ...]:
        """Destroy a person's keys and index entries; remember the ticket ids as erased."""
        with self.writing() as connection:
            return forget(connection, [person]).tickets

    def forget_log(self, seconds: float = 10.0) -> bool:
        """Take what was deleted out of the database's own files.

        SQLite's write-ahead log is emptied; in PostgreSQL the tables of keys and of the journal
        are written anew.

        Returns:
            False when readers held it all the time: try again when they are gone.
        """
        with _store_errors():
            if self.engine.dialect.name != "sqlite" and not rewrite(
                self.engine, (tables.person, tables.erasure), seconds
            ):
                return False
            return forget_log(self.engine, seconds)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction that holds the write lock: all of it happens, or nothing."""
        with _store_errors(), self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A connection that reads."""
        with _store_errors(), self.engine.connect() as connection:
            yield connection

    def _unwrap(self, row: Any) -> PersonKeys:
        return PersonKeys(
            text=self.keys.text and unwrap(self.keys.text, row.text_key, row.person),
            identity=self.keys.identity
            and unwrap(self.keys.identity, row.identity_key, row.person),
        )


def _person(ticket: TicketEvent) -> str:
    return getattr(ticket, "person", "")
