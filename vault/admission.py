"""Arrivals -> admissions: which person, which case, which facts, each decided once per ticket.

A ticket is a person's by what upstream vouches for: the sender's address, and the customer number
of somebody who was logged in. What stands in the text decides nothing here.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from secrets import token_hex
from typing import Any

from sqlalchemy import Connection

from ticketstream.schemas.masked import Facts
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.vault import ledger as ledgers
from ticketstream.vault.keys import MasterKeys, keyed_hash, new_person_key, wrap
from ticketstream.vault.ledger import HISTORY, Ledger, Past
from ticketstream.vault.ports import Admission, Arrival

REPLY_PREFIX = re.compile(
    r"^\s*(?:(?:re|aw|antw|fw|fwd|wg|sv|tr)\s*(?:\[\d+\])?\s*:\s*)+", re.IGNORECASE
)
BURST = timedelta(hours=1)
# a mail address, a URI or a telephone number: what a form takes as an address may be typed, and
# somebody's customer number must not pass as one
ADDRESS = re.compile(r"@|:|^\+")


def admit(
    connection: Connection,
    arrivals: Sequence[Arrival],
    keys: MasterKeys,
    facts: Mapping[str, Facts],
) -> list[Admission | Erased]:
    """Decide a batch inside the caller's transaction: a few statements, however long it is.

    In the order in which the tickets were received, whatever the order in which they came.
    `facts` holds those of every ticket about which nothing was decided before, by its id.
    """
    ledger = ledgers.read(connection, arrivals, {h for a in arrivals for h in _hashes(a, keys)})
    ordered = sorted(arrivals, key=lambda a: a.occurred_at)
    new = [a for a in ordered if a.ticket_id not in {*ledger.erased, *ledger.decided}]
    persons = {a.ticket_id: _person(a, ledger, keys) for a in new}
    mentioned = {h for a in new for h in _message_hashes(a, persons[a.ticket_id], keys)}
    ledgers.read_cases(connection, ledger, mentioned)
    for arrival in new:
        if arrival.ticket_id not in ledger.decided:
            person = persons[arrival.ticket_id]
            _decide(arrival, person, facts[arrival.ticket_id], ledger, keys)
    ledgers.write(connection, ledger)
    return [
        ERASED if a.ticket_id in ledger.erased else ledger.decided[a.ticket_id] for a in arrivals
    ]


def _person(arrival: Arrival, ledger: Ledger, keys: MasterKeys) -> str:
    hashes = _hashes(arrival, keys)
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


def _decide(arrival: Arrival, person: str, facts: Facts, ledger: Ledger, keys: MasterKeys) -> None:
    matter = keyed_hash(keys.index, "matter", person, REPLY_PREFIX.sub("", arrival.subject).lower())
    near = _near(arrival, ledger.past.get(person, []))
    hashes = _message_hashes(arrival, person, keys)
    case_id = _case(arrival, matter, [ledger.cases.get(h) for h in hashes], near)
    admission = Admission(person, case_id, _with_history(facts, arrival, near, case_id))
    ledgers.remember(ledger, arrival, admission, matter)
    for each in _own_message_hashes(arrival, person, keys):
        if each not in ledger.cases:
            ledger.cases[each] = case_id
            ledger.new["message"].append({"hash": each, "person": person, "case_id": case_id})


def _case(
    arrival: Arrival, matter: str, of_messages: Sequence[str | None], near: Sequence[Past]
) -> str:
    """The case of its mail thread; else of the person's ticket of the same subject; else new.

    Without a subject it is of the matter of what else the person sent within the hour without one.

    Tickets of one person come by different partitions, so a later one may be decided first.
    """
    if (of_thread := next(filter(None, of_messages), None)) is not None:
        return of_thread
    reach = HISTORY if arrival.subject.strip() else BURST
    same = [
        p for p in near if p.matter == matter and abs(p.occurred_at - arrival.occurred_at) <= reach
    ]
    before = [p for p in same if p.occurred_at <= arrival.occurred_at]
    return before[-1].case_id if before else same[0].case_id if same else arrival.case_hint


def _near(arrival: Arrival, past: Sequence[Past]) -> list[Past]:
    """The person's other tickets of thirty days before and after, oldest first."""
    at = arrival.occurred_at
    near = [
        p for p in past if abs(p.occurred_at - at) <= HISTORY and p.ticket_id != arrival.ticket_id
    ]
    return sorted(near, key=lambda p: (p.occurred_at, p.ticket_id))


def _with_history(facts: Facts, arrival: Arrival, near: Sequence[Past], case_id: str) -> Facts:
    """What came before the ticket, as of when it was received."""
    before = [p for p in near if p.occurred_at <= arrival.occurred_at]
    return replace(
        facts,
        tickets_30d=len(before),
        tickets_30d_same_case=sum(p.case_id == case_id for p in before),
        previous_ticket_id=before[-1].ticket_id if before else None,
    )


def _hashes(arrival: Arrival, keys: MasterKeys) -> list[str]:
    """By address and by customer number; a ticket with neither is a person of its own."""
    who = arrival.identifiers
    address = who.address if ADDRESS.search(who.address.strip()) else ""
    names = [n.strip().lower() for n in (address, who.customer_id) if n.strip()]
    return [keyed_hash(keys.index, arrival.shop, n) for n in names or [arrival.ticket_id]]


def _message_hashes(arrival: Arrival, person: str, keys: MasterKeys) -> list[str]:
    """Of its own Message-ID and of those that it answers, the person's own: anybody can write one.

    A reply that is decided before the mail that it answers has left that mail's case here.
    """
    names = filter(None, (arrival.message_id, *arrival.replies_to))
    return [_message_hash(arrival, person, name, keys) for name in names]


def _own_message_hashes(arrival: Arrival, person: str, keys: MasterKeys) -> list[str]:
    """Under which its case is kept: its own Message-ID and the one that it answers first."""
    names = filter(None, (arrival.message_id, *arrival.replies_to[:1]))
    return [_message_hash(arrival, person, name, keys) for name in names]


def _message_hash(arrival: Arrival, person: str, message_id: str, keys: MasterKeys) -> str:
    return keyed_hash(keys.index, "message", arrival.shop, person, message_id.strip())
