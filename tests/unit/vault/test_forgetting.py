"""The journal holds what an erasure needs until it is done, and nothing afterwards."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from tests.unit.vault.conftest import Files, Open

from ticketstream.schemas.record import ERASED
from ticketstream.vault import forgetting, tables
from ticketstream.vault.forgetting import Erasure
from ticketstream.vault.keys import keyed_hash
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault

AT = datetime(2026, 11, 20, 12, 0, 0, 250_000, tzinfo=UTC)
LENA = "lena@mail.example"


def arrival(ticket: str, address: str = LENA) -> Arrival:
    return Arrival(ticket, "kestrel", AT, ticket, Identifiers(address), f"<{ticket}@x>")


def begun(vault: Vault, *tickets: str) -> Erasure:
    hashes = frozenset({keyed_hash(vault.keys.index, "kestrel", LENA)})
    erasure = Erasure(
        AT, hashes, frozenset(tickets), frozenset({"file"}), frozenset({"sender"}),
        {"found": {"n": 1}},
    )  # fmt: skip
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


def test_when_it_is_finished_only_the_receipt_is_left(vault: Vault) -> None:
    erasure = begun(vault, "t1")
    with vault.writing() as connection:
        forgetting.save(connection, replace(erasure, tickets=erasure.tickets | {"t3"}))
        forgetting.finish(connection, erasure.id, b"receipt", AT)
    assert underway(vault) == []
    with vault.reading() as connection:
        assert forgetting.receipts(connection) == {erasure.id: b"receipt"}
        assert forgetting.erased_tickets(connection) == {"t1", "t3"}


def test_what_led_to_somebody_is_in_no_file_of_the_database_afterwards(
    vault: Vault, files: Files
) -> None:
    vault.admit([arrival("t1"), arrival("t2", "other@mail.example")])
    erasure = begun(vault, "t1")
    with vault.reading() as connection:
        mine = vault.person_of("kestrel", LENA)
        rows = connection.execute(select(tables.person)).all()
    (gone,) = (r for r in rows if r.person == mine)
    (kept,) = (r for r in rows if r.person != mine)
    (wanted,) = erasure.hashes
    keys = (gone.text_key, gone.identity_key)
    assert [files().count(k) > 0 for k in (*keys, kept.text_key)] == [True] * 3
    with vault.writing() as connection:
        forgetting.destroy(connection, erasure)
        forgetting.finish(connection, erasure.id, b"receipt", AT)
    assert vault.forget_log()
    assert [files().count(k) for k in keys] == [0, 0]
    assert files().count(kept.text_key) > 0
    if vault.engine.dialect.name == "sqlite":  # in PostgreSQL: until the space is used again
        assert files().count(wanted.encode()) == 0
    with vault.reading() as connection:
        assert connection.execute(select(tables.person)).all() == [kept]


@pytest.mark.parametrize("url", ["postgresql"], indirect=True)
def test_keys_that_an_old_transaction_could_still_look_at_are_gone_all_the_same(
    vault: Vault, opened: Open, files: Files
) -> None:
    vault.admit([arrival("t1")])
    with vault.reading() as connection:
        (row,) = connection.execute(select(tables.person)).all()
    with opened().engine.connect() as other:
        other.execution_options(isolation_level="REPEATABLE READ")
        other.execute(select(tables.erased)).all()  # it sees the vault as it is now
        vault.forget(row.person)
        assert vault.forget_log()
        assert row.text_key not in files()


def test_a_reader_that_holds_the_log_is_told_and_not_waited_for_without_end(
    vault: Vault, opened: Open
) -> None:
    vault.admit([arrival("t1")])
    with opened().reading() as reader:
        reader.execute(select(tables.person)).all()
        vault.admit([arrival("t2")])
        assert not vault.forget_log(seconds=0.1)
    assert vault.forget_log(seconds=5)
