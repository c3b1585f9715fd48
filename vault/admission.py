"""Arrivals -> admissions: which person, which case, which facts, each decided once per ticket."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex
from typing import Any

import orjson
from sqlalchemy import Connection, select

from ticketstream.schemas.convert import from_plain, to_plain
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.vault import tables
from ticketstream.vault.keys import MasterKeys, keyed_hash, new_person_key, wrap
from ticketstream.vault.ports import Admission, Arrival, Shop

HISTORY = timedelta(days=30)
REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|fw|fwd|wg|sv|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)


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
    """What a batch reads once and adds to as it goes."""

    erased: frozenset[str]
    decided: dict[str, Admission]
    persons: dict[str, str]  # keyed hash of an address -> person
    cases: dict[str, str]  # keyed hash of a Message-ID -> case
    past: dict[str, list[Past]]  # person -> tickets
    new: dict[str, list[dict[str, Any]]] = field(
        default_factory=lambda: {"person": [], "address": [], "ticket": [], "message": []}
    )


def admit(
    connection: Connection, arrivals: Sequence[Arrival], keys: MasterKeys, shop: Shop
) -> list[Admission | Erased]:
    """Decide a batch inside the caller's transaction: a few statements, however long it is."""
    ledger = _read(connection, arrivals, keys)
    admissions = [_admit_one(a, ledger, keys, shop) for a in arrivals]
    for name, rows in ledger.new.items():
        tables.insert_absent(connection, tables.metadata.tables[name], rows)
    return admissions


def _admit_one(
    arrival: Arrival, ledger: Ledger, keys: MasterKeys, shop: Shop
) -> Admission | Erased:
    if arrival.ticket_id in ledger.erased:
        return ERASED
    if arrival.ticket_id in ledger.decided:
        return ledger.decided[arrival.ticket_id]
    person = _person(arrival, ledger, keys)
    matter = keyed_hash(keys.index, "matter", person, REPLY_PREFIX.sub("", arrival.subject).lower())
    case_id = _case(arrival, person, matter, ledger, keys)
    facts = _with_history(
        shop.facts(arrival.identifiers, arrival.occurred_at),
        _recent(arrival, ledger.past.get(person, [])),
        case_id,
    )
    admission = Admission(person, case_id, facts)
    _remember(arrival, admission, matter, ledger, keys)
    return admission


def _person(arrival: Arrival, ledger: Ledger, keys: MasterKeys) -> str:
    hashes = _address_hashes(arrival, keys)
    known = next((ledger.persons[h] for h in hashes if h in ledger.persons), None)
    person = known or token_hex(16)
    if known is None:
        ledger.new["person"].append(_new_person(person, keys))
    for each in hashes:
        if each not in ledger.persons:
            ledger.persons[each] = person
            ledger.new["address"].append({"hash": each, "person": person})
    return person


def _new_person(person: str, keys: MasterKeys) -> dict[str, Any]:
    if keys.text is None or keys.identity is None:
        raise ValueError("admitting a person takes both master keys")
    return {
        "person": person,
        "text_key": wrap(keys.text, new_person_key(), person),
        "identity_key": wrap(keys.identity, new_person_key(), person),
    }


def _case(arrival: Arrival, person: str, matter: str, ledger: Ledger, keys: MasterKeys) -> str:
    """The case that a reply names; else the person's last ticket of the same subject; else new."""
    for answered in arrival.replies_to:
        if (case := ledger.cases.get(_message_hash(arrival, answered, keys))) is not None:
            return case
    recent = _recent(arrival, ledger.past.get(person, []))
    same = [p for p in recent if p.matter == matter and arrival.subject.strip()]
    return same[-1].case_id if same else arrival.case_hint


def _recent(arrival: Arrival, past: Iterable[Past]) -> list[Past]:
    since = arrival.occurred_at - HISTORY
    recent = [
        p
        for p in past
        if since <= p.occurred_at <= arrival.occurred_at and p.ticket_id != arrival.ticket_id
    ]
    return sorted(recent, key=lambda p: (p.occurred_at, p.ticket_id))


def _with_history(facts: Facts, recent: Sequence[Past], case_id: str) -> Facts:
    return replace(
        facts,
        tickets_30d=len(recent),
        tickets_30d_same_case=sum(p.case_id == case_id for p in recent),
        previous_ticket_id=recent[-1].ticket_id if recent else None,
    )


def _remember(
    arrival: Arrival, admission: Admission, matter: str, ledger: Ledger, keys: MasterKeys
) -> None:
    past = Past(arrival.ticket_id, admission.person, admission.case_id, matter, arrival.occurred_at)
    ledger.decided[arrival.ticket_id] = admission
    ledger.past.setdefault(admission.person, []).append(past)
    ledger.new["ticket"].append(
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
    if arrival.message_id:
        hashed = _message_hash(arrival, arrival.message_id, keys)
        ledger.cases.setdefault(hashed, admission.case_id)
        ledger.new["message"].append(
            {"hash": hashed, "person": admission.person, "case_id": admission.case_id}
        )


def _address_hashes(arrival: Arrival, keys: MasterKeys) -> list[str]:
    """By address and by customer number; a ticket with neither is a person of its own."""
    who = arrival.identifiers
    names = [n.strip().lower() for n in (who.address, who.customer_id) if n.strip()]
    return [keyed_hash(keys.index, arrival.shop, n) for n in names or [arrival.ticket_id]]


def _message_hash(arrival: Arrival, message_id: str, keys: MasterKeys) -> str:
    return keyed_hash(keys.index, "message", arrival.shop, message_id.strip())


def _read(connection: Connection, arrivals: Sequence[Arrival], keys: MasterKeys) -> Ledger:
    ids = {a.ticket_id for a in arrivals}
    hashes = {h for a in arrivals for h in _address_hashes(a, keys)}
    answered = {_message_hash(a, m, keys) for a in arrivals for m in a.replies_to}
    persons = _mapping(connection, tables.address, hashes, "person")
    return Ledger(
        erased=frozenset(_keys_in(connection, tables.erased.c.ticket_id, ids)),
        decided=_decided(connection, ids),
        persons=persons,
        cases=_mapping(connection, tables.message, answered, "case_id"),
        past=_past(connection, set(persons.values()), arrivals),
    )


def _keys_in(connection: Connection, column: Any, wanted: set[str]) -> Iterable[str]:
    return connection.execute(select(column).where(column.in_(wanted))).scalars()


def _mapping(connection: Connection, table: Any, wanted: set[str], value: str) -> dict[str, str]:
    if not wanted:
        return {}
    rows = connection.execute(select(table.c.hash, table.c[value]).where(table.c.hash.in_(wanted)))
    return {row[0]: row[1] for row in rows}


def _decided(connection: Connection, ids: set[str]) -> dict[str, Admission]:
    rows = connection.execute(select(tables.ticket).where(tables.ticket.c.ticket_id.in_(ids)))
    return {r.ticket_id: Admission(r.person, r.case_id, _facts(r.facts)) for r in rows}


def _facts(stored: bytes) -> Facts:
    plain: Mapping[str, Any] = orjson.loads(stored)
    facts: Facts = from_plain(Facts)(plain)
    return facts


def _past(
    connection: Connection, persons: set[str], arrivals: Sequence[Arrival]
) -> dict[str, list[Past]]:
    if not persons:
        return {}
    first = min(a.occurred_at for a in arrivals) - HISTORY
    t = tables.ticket.c
    rows = connection.execute(
        select(t.ticket_id, t.person, t.case_id, t.matter, t.occurred_at).where(
            t.person.in_(persons), t.occurred_at >= _micros(first)
        )
    )
    past: dict[str, list[Past]] = {}
    for r in rows:
        at = datetime.fromtimestamp(0, UTC) + timedelta(microseconds=r.occurred_at)
        past.setdefault(r.person, []).append(Past(r.ticket_id, r.person, r.case_id, r.matter, at))
    return past


def _micros(at: datetime) -> int:
    return (at - datetime.fromtimestamp(0, UTC)) // timedelta(microseconds=1)
