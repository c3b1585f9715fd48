"""Master keys are replaced and nothing is lost, however they are kept, wherever it is killed."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import delete
from tests.unit.schemas.samples import SAMPLES
from tests.unit.vault.conftest import Open
from tests.unit.vault.keepers import Filed, Keeper

from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.record import Sealed
from ticketstream.vault import rotation, tables
from ticketstream.vault.keys import create_master_keys, load_master_keys, master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.rotation import Rotation, finish, rotate
from ticketstream.vault.store import Vault

MASKED = next(e for e in SAMPLES if isinstance(e, TicketMasked))
TEXT = TicketText(text="hallo")
BOTH = frozenset({"text", "identity"})
AT = datetime(2026, 11, 20, 12, tzinfo=UTC)


class Kept:
    """A vault whose master keys somebody keeps; `vault()` is one of a process that starts now."""

    def __init__(self, opened: Open, keeper: Keeper) -> None:
        self.opened = opened
        self.keeper = keeper

    def vault(self, *, identity: bool = True) -> Vault:
        return self.opened(keys=master_keys(self.keeper.source(), identity=identity))

    def rotate(self) -> Rotation:
        """The command, start to end, in a process of its own."""
        vault, source = self.vault(), self.keeper.source()
        with vault.writing() as connection:
            done = rotate(connection, source)
        finish(source)
        self.keeper.moved()
        return done

    def reads(self, event: TicketMasked) -> bool:
        found = self.vault().open(event, BOTH)
        return isinstance(found, TicketMasked) and found.text == TEXT


@pytest.fixture
def kept(opened: Open, keeper: Keeper) -> Kept:
    return Kept(opened, keeper)


@pytest.fixture
def filed(opened: Open, folder: Path) -> Kept:
    return Kept(opened, Filed(folder / "keys"))


def arrival(ticket: str) -> Arrival:
    return Arrival(ticket, "kestrel", AT, ticket, Identifiers(f"{ticket}@mail.example"))


def sealed(vault: Vault, ticket: str = "t1") -> TicketMasked:
    (admission,) = vault.admit([arrival(ticket)])
    assert isinstance(admission, Admission)
    event = replace(MASKED, person=admission.person, text=TEXT, identity=Identity())
    (closed,) = vault.seal_all([event])
    assert isinstance(closed, TicketMasked)
    assert isinstance(closed.text, Sealed)
    return closed


def test_what_was_sealed_before_opens_under_the_new_keys_and_not_under_the_old(kept: Kept) -> None:
    old = kept.vault()
    event, before = sealed(old), kept.keeper.source().load("text")
    kept.keeper.offer()
    assert kept.rotate() == Rotation(1, finished_earlier=False)
    assert kept.keeper.source().load("text") != before
    assert kept.reads(event)
    with pytest.raises(VaultError, match="vault rotate"):
        old.open(event, BOTH)


def test_the_same_event_is_sealed_to_the_same_bytes_before_and_after(kept: Kept) -> None:
    before = sealed(kept.vault())
    kept.keeper.offer()
    kept.rotate()
    assert sealed(kept.vault()) == before


def test_a_process_with_the_old_master_keys_admits_nobody(kept: Kept) -> None:
    old = kept.vault()
    sealed(old)
    kept.keeper.offer()
    kept.rotate()
    with pytest.raises(VaultError, match="start it again"):
        old.admit([arrival("t2")])
    assert kept.vault().person_of("kestrel", "t2@mail.example") is None


def test_killed_before_the_commit_the_old_keys_go_on_and_the_next_try_ends_it(kept: Kept) -> None:
    event = sealed(kept.vault())
    kept.keeper.offer()

    class KilledError(Exception):
        pass

    def killed() -> None:
        with kept.vault().writing() as connection:
            rotate(connection, kept.keeper.source())
            raise KilledError

    with pytest.raises(KilledError):
        killed()
    assert kept.reads(event)
    assert kept.rotate().persons == 1
    assert kept.reads(event)


def test_killed_after_the_commit_the_next_call_only_puts_the_keys_in_place(kept: Kept) -> None:
    event = sealed(kept.vault())
    kept.keeper.offer()
    vault = kept.vault()
    with vault.writing() as connection:
        rotate(connection, kept.keeper.source())
    assert kept.rotate() == Rotation(0, finished_earlier=True)
    assert kept.reads(event)


def test_killed_between_two_files_the_next_call_puts_the_other_in_place(
    filed: Kept, folder: Path
) -> None:
    event = sealed(filed.vault())
    with filed.vault().writing() as connection:
        rotate(connection, filed.keeper.source())
    (folder / "keys" / "text.key.next").replace(folder / "keys" / "text.key")
    assert filed.rotate().finished_earlier
    assert filed.reads(event)
    assert not list((folder / "keys").glob("*.next"))


def test_more_people_than_are_wrapped_at_once_are_all_wrapped(
    filed: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "PART", 3)
    events = [sealed(filed.vault(), f"t{n}") for n in range(8)]
    assert filed.rotate().persons == 8
    assert all(filed.reads(event) for event in events)


def test_a_vault_from_before_rotation_learns_its_keys_only_from_those_that_open_it(
    filed: Kept, opened: Open, folder: Path
) -> None:
    vault = filed.vault()
    event = sealed(vault)
    with vault.writing() as connection:
        connection.execute(delete(tables.master_key))
    create_master_keys(folder / "other")
    opened(keys=load_master_keys(folder / "other"))
    assert filed.reads(event)
    assert isinstance(filed.vault().admit([arrival("t2")])[0], Admission)


def test_a_role_that_reads_text_only_is_stopped_by_a_new_text_key_too(filed: Kept) -> None:
    event = sealed(filed.vault())
    reader = filed.vault(identity=False)
    opened = reader.open(event, frozenset({"text"}))
    assert isinstance(opened, TicketMasked)
    assert opened.text == TEXT
    filed.rotate()
    with pytest.raises(VaultError):
        reader.open(event, frozenset({"text"}))
