"""A batch of arrivals -> all that the vault knows about them, read once; and what to add to it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import Column, Connection, select

from ticketstream.schemas.convert import from_plain, to_plain
from ticketstream.schemas.masked import Facts
from ticketstream.vault import tables
from ticketstream.vault.ports import Admission, Arrival

HISTORY = timedelta(days=30)
START = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Past:
    """A ticket that the vault knows."""

    ticket_id: str
    person: str
    case_id: str
    matter: str
    occurred_at: datetime


@dataclass(slots=True)
class Ledger:
    """What a batch reads once and adds to as it goes.

    Attributes:
        erased: tickets of people who asked to be forgotten.
        decided: tickets that were admitted before, with the answer that they were given.
        persons: keyed hash of an address or customer number -> person.
        cases: keyed hash of a person's Message-ID -> case.
        past: person -> tickets, thirty days around the batch.
        new: table -> rows to insert.
    """

    erased: frozenset[str]
    decided: dict[str, Admission]
    persons: dict[str, str]
    cases: dict[str, str] = field(default_factory=dict)
    past: dict[str, list[Past]] = field(default_factory=dict)
    new: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"person": [], "address": [], "admission": [], "message": []}
    )


def read(connection: Connection, arrivals: Sequence[Arrival], hashes: Collection[str]) -> Ledger:
    """What is known of the tickets, and of the persons behind keyed hashes."""
    ids = {a.ticket_id for a in arrivals}
    persons = _mapping(connection, tables.address.c.hash, tables.address.c.person, hashes)
    ledger = Ledger(frozenset(_erased(connection, ids)), _decided(connection, ids), persons)
    ledger.past = _past(connection, set(persons.values()), arrivals)
    return ledger


def read_cases(connection: Connection, ledger: Ledger, hashes: Collection[str]) -> None:
    """Add the cases behind keyed hashes of Message-IDs."""
    message = tables.message.c
    ledger.cases |= _mapping(connection, message.hash, message.case_id, hashes)


def undecided(connection: Connection, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """The arrivals about which nothing was decided yet, each ticket once."""
    ids = {a.ticket_id for a in arrivals}
    known = {*_erased(connection, ids), *_decided(connection, ids)}
    return list({a.ticket_id: a for a in arrivals if a.ticket_id not in known}.values())


def remember(ledger: Ledger, arrival: Arrival, admission: Admission, matter: str) -> None:
    """Note what was decided, for the rest of the batch and for good."""
    past = Past(arrival.ticket_id, admission.person, admission.case_id, matter, arrival.occurred_at)
    ledger.decided[arrival.ticket_id] = admission
    ledger.past.setdefault(admission.person, []).append(past)
    ledger.new["admission"].append(
        {
            "ticket_id": arrival.ticket_id,
            "shop": arrival.shop,
            "person": admission.person,
            "case_id": admission.case_id,
            "matter": matter,
            "occurred_at": _micros(arrival.occurred_at),
            "facts": orjson.dumps(to_plain(Facts)(admission.facts)),
        }
    )


def write(connection: Connection, ledger: Ledger) -> None:
    """Insert what is new; what is there already stays as it is."""
    for name, rows in ledger.new.items():
        tables.insert_absent(connection, tables.metadata.tables[name], rows)


def _erased(connection: Connection, ids: set[str]) -> Iterable[str]:
    erased = tables.erased.c.ticket_id
    return connection.execute(select(erased).where(erased.in_(ids))).scalars()


def _decided(connection: Connection, ids: set[str]) -> dict[str, Admission]:
    rows = connection.execute(select(tables.admission).where(tables.admission.c.ticket_id.in_(ids)))
    return {r.ticket_id: Admission(r.person, r.case_id, _facts(r.facts)) for r in rows}


def _facts(stored: bytes) -> Facts:
    plain: Mapping[str, Any] = orjson.loads(stored)
    facts: Facts = from_plain(Facts)(plain)
    return facts


def _mapping(
    connection: Connection, key: Column[str], value: Column[str], wanted: Collection[str]
) -> dict[str, str]:
    if not wanted:
        return {}
    rows = connection.execute(select(key, value).where(key.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _past(
    connection: Connection, persons: set[str], arrivals: Sequence[Arrival]
) -> dict[str, list[Past]]:
    if not persons:
        return {}
    first = min(a.occurred_at for a in arrivals) - HISTORY
    last = max(a.occurred_at for a in arrivals) + HISTORY
    t = tables.admission.c
    rows = connection.execute(
        select(t.ticket_id, t.person, t.case_id, t.matter, t.occurred_at).where(
            t.person.in_(persons), t.occurred_at.between(_micros(first), _micros(last))
        )
    )
    past: dict[str, list[Past]] = {}
    for r in rows:
        at = START + timedelta(microseconds=r.occurred_at)
        past.setdefault(r.person, []).append(Past(r.ticket_id, r.person, r.case_id, r.matter, at))
    return past


def _micros(at: datetime) -> int:
    return (at - START) // timedelta(microseconds=1)
