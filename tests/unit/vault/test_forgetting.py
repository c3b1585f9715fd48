"""The journal holds what an erasure needs until it is done, and nothing afterwards."""

import sqlite3
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ticketstream.schemas.record import ERASED
from ticketstream.vault import forgetting
from ticketstream.vault.facts import NoShop
from ticketstream.vault.forgetting import Erasure
from ticketstream.vault.keys import create_master_keys, keyed_hash, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

AT = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)
LENA = "lena@mail.example"


def arrival(ticket: str, address: str = LENA) -> Arrival:
    return Arrival(ticket, "kestrel", AT, ticket, Identifiers(address), f"<{ticket}@x>")


def begun(vault: Vault, *tickets: str) -> Erasure:
    hashes = frozenset({keyed_hash(vault.keys.index, "kestrel", LENA)})
    erasure = Erasure(AT, hashes, frozenset(tickets), frozenset({"file"}), {"found": {"n": 1}})
    with vault.writing() as connection:
        forgetting.begin(connection, erasure)
    return erasure


def underway(vault: Vault) -> list[Erasure]:
    with vault.reading() as connection:
        return forgetting.underway(connection)


def test_an_erasure_comes_back_from_the_journal_as_it_went_in(vault: Vault) -> None:
    erasure = begun(vault, "t1", "t2")
    assert underway(vault) == [erasure]


def test_from_the_journal_on_a_redelivery_is_not_taken_in(vault: Vault) -> None:
    vault.admit([arrival("t1")])
    begun(vault, "t1")
    assert vault.admit([arrival("t1")]) == [ERASED]


def test_a_ticket_that_came_meanwhile_goes_with_the_same_keys(vault: Vault) -> None:
    vault.admit([arrival("t1")])
    erasure = begun(vault, "t1")
    vault.admit([arrival("t2")])
    with vault.writing() as connection:
        after = forgetting.destroy(connection, erasure)
    assert after.tickets == {"t1", "t2"}
    assert after.done["vault"] == {"persons": 1, "addresses": 1, "messages": 2, "tickets": 2}
    assert underway(vault) == [after]
    assert vault.admit([arrival("t2")]) == [ERASED]
    assert vault.person_of("kestrel", LENA) is None


def test_nobody_else_goes(vault: Vault) -> None:
    (other,) = vault.admit([arrival("t9", "other@mail.example")])
    vault.admit([arrival("t1")])
    erasure = begun(vault, "t1")
    with vault.writing() as connection:
        forgetting.destroy(connection, erasure)
    assert isinstance(other, Admission)
    assert vault.person_of("kestrel", "other@mail.example") == other.person
    assert other.person in vault.keys_of([other.person])


def test_when_it_is_finished_only_the_receipt_is_left(vault: Vault, tmp_path: Path) -> None:
    erasure = begun(vault, "t1")
    with vault.writing() as connection:
        forgetting.save(connection, replace(erasure, tickets=erasure.tickets | {"t3"}))
        forgetting.finish(connection, erasure.id, b"receipt", AT)
    assert underway(vault) == []
    with vault.reading() as connection:
        assert forgetting.receipts(connection) == {erasure.id: b"receipt"}
        assert forgetting.erased_tickets(connection) == {"t1", "t3"}
    assert vault.forget_log()
    vault.engine.dispose()
    (wanted,) = erasure.hashes
    assert wanted.encode() not in b"".join(p.read_bytes() for p in tmp_path.glob("vault.db*"))


def test_a_reader_that_holds_the_log_is_told_and_not_waited_for_without_end(
    vault: Vault, tmp_path: Path
) -> None:
    vault.admit([arrival("t1")])
    reader = sqlite3.connect(tmp_path / "vault.db", isolation_level=None)
    reader.execute("begin")
    reader.execute("select * from person").fetchall()
    vault.admit([arrival("t2")])
    assert not vault.forget_log(seconds=0.1)
    reader.execute("rollback")
    reader.close()
    assert vault.forget_log(seconds=0.1)
