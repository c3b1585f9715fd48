"""Master keys are replaced and nothing is lost, wherever it is interrupted."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.record import Erased
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_key, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.rotation import put_in_place, rotate
from ticketstream.vault.store import Vault, sqlite_engine

from tests.unit.schemas.samples import SAMPLES  # isort: skip

MASKED = next(e for e in SAMPLES if isinstance(e, TicketMasked))
BOTH = frozenset({"text", "identity"})
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


def arrival(ticket: str) -> Arrival:
    return Arrival(ticket, "kestrel", AT, ticket, Identifiers(f"{ticket}@mail.example"))


def sealed(vault: Vault, ticket: str = "t1") -> TicketMasked:
    (admission,) = vault.admit([arrival(ticket)])
    assert isinstance(admission, Admission)
    event = replace(
        MASKED, person=admission.person, text=TicketText(text="hallo"), identity=Identity()
    )
    (closed,) = vault.seal_all([event])
    assert not isinstance(closed, Erased)
    assert isinstance(closed, TicketMasked)
    return closed


def rotated(vault: Vault, folder: Path) -> None:
    with vault.writing() as connection:
        rotate(connection, folder / "keys")
    put_in_place(folder / "keys")


def is_readable(folder: Path, event: TicketMasked) -> bool:
    vault = opened(folder)
    try:
        found = vault.open(event, BOTH)
    finally:
        vault.engine.dispose()
    return isinstance(found, TicketMasked) and found.text == TicketText(text="hallo")


def test_what_was_sealed_before_opens_under_the_new_keys_and_not_under_the_old(
    vault: Vault, folder: Path
) -> None:
    event, before = sealed(vault), load_key(folder / "keys", "text")
    rotated(vault, folder)
    assert load_key(folder / "keys", "text") != before
    assert is_readable(folder, event)
    with pytest.raises(VaultError, match="vault rotate"):
        vault.open(event, BOTH)


def test_a_process_with_the_old_master_keys_admits_nobody(vault: Vault, folder: Path) -> None:
    sealed(vault)
    rotated(vault, folder)
    with pytest.raises(VaultError, match="start it again"):
        vault.admit([arrival("t2")])
    assert opened(folder).person_of("kestrel", "t2@mail.example") is None


def test_killed_before_the_commit_the_old_keys_go_on_and_the_next_try_ends_it(
    vault: Vault, folder: Path
) -> None:
    event = sealed(vault)

    class KilledError(Exception):
        pass

    def killed() -> None:
        with vault.writing() as connection:
            rotate(connection, folder / "keys")
            raise KilledError

    with pytest.raises(KilledError):
        killed()
    assert is_readable(folder, event)
    rotated(vault, folder)
    assert is_readable(folder, event)


@pytest.mark.parametrize("renamed", [0, 1])
def test_killed_between_commit_and_renaming_the_next_call_only_renames(
    vault: Vault, folder: Path, renamed: int
) -> None:
    event = sealed(vault)
    with vault.writing() as connection:
        rotate(connection, folder / "keys")
    if renamed:
        (folder / "keys" / "text.key.next").replace(folder / "keys" / "text.key")
    with opened(folder).writing() as connection:
        again = rotate(connection, folder / "keys")
    put_in_place(folder / "keys")
    assert again.finished_earlier
    assert is_readable(folder, event)
    assert not list((folder / "keys").glob("*.next"))


def test_a_vault_from_before_rotation_learns_its_keys_only_from_those_that_open_it(
    vault: Vault, folder: Path
) -> None:
    event = sealed(vault)
    with vault.writing() as connection:
        connection.exec_driver_sql("delete from master_key")
    create_master_keys(folder / "other")
    Vault(vault.engine, load_master_keys(folder / "other"), NoShop())
    assert is_readable(folder, event)
    assert isinstance(opened(folder).admit([arrival("t2")])[0], Admission)


def test_a_role_that_reads_text_only_is_stopped_by_a_new_text_key_too(folder: Path) -> None:
    whole = opened(folder)
    event = sealed(whole)
    reader = Vault(whole.engine, load_master_keys(folder / "keys", identity=False), NoShop())
    assert reader.open(event, frozenset({"text"})).text == TicketText(text="hallo")  # type: ignore[attr-defined]
    rotated(whole, folder)
    with pytest.raises(VaultError):
        reader.open(event, frozenset({"text"}))
