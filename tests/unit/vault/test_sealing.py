"""Whole records are sealed: deterministic, bound to person, shop and ticket."""

from dataclasses import replace

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.errors import UndecodableError, VaultError
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.record import ERASED, Sealed
from ticketstream.vault.keys import PersonKeys, new_person_key
from ticketstream.vault.sealing import open_event, open_sealed, seal, seal_event

KEY = bytes(range(64))
TEXT = TicketText(subject="s", text="where is [ORDER_1]?")
BOTH = frozenset({"text", "identity"})
MASKED = next(e for e in SAMPLES if isinstance(e, TicketMasked))
OPEN = replace(MASKED, text=TEXT, identity=Identity(customer_id="C-104233"))


def keys() -> PersonKeys:
    return PersonKeys(new_person_key(), new_person_key())


def test_what_was_sealed_opens_again() -> None:
    assert open_sealed(TicketText, seal(TEXT, KEY, "k", "t"), KEY, "k", "t") == TEXT


def test_the_same_record_gives_the_same_bytes_so_that_a_replay_does_too() -> None:
    assert seal(TEXT, KEY, "k", "t") == seal(TEXT, KEY, "k", "t")


def test_sealed_bytes_do_not_hold_the_text() -> None:
    assert b"where" not in seal(TEXT, KEY, "k", "t").data


@pytest.mark.parametrize(
    ("kind", "key", "shop", "ticket"),
    [
        (TicketText, bytes(64), "k", "t"),
        (TicketText, KEY, "other", "t"),
        (TicketText, KEY, "k", "other"),
        (Identity, KEY, "k", "t"),
    ],
)
def test_another_person_shop_ticket_or_record_does_not_open_it(
    kind: type[TicketText], key: bytes, shop: str, ticket: str
) -> None:
    with pytest.raises(UndecodableError, match="was not sealed for"):
        open_sealed(kind, seal(TEXT, KEY, "k", "t"), key, shop, ticket)


def test_an_event_is_sealed_and_opened_whole() -> None:
    mine = keys()
    sealed = seal_event(OPEN, mine)
    assert isinstance(sealed, TicketMasked)
    assert isinstance(sealed.text, Sealed)
    assert open_event(sealed, BOTH, mine) == OPEN


def test_text_and_identity_are_sealed_with_different_keys() -> None:
    mine = keys()
    sealed = seal_event(OPEN, mine)
    assert isinstance(sealed, TicketMasked)
    only_text = PersonKeys(mine.text, None)
    opened = open_event(sealed, frozenset({"text"}), only_text)
    assert isinstance(opened, TicketMasked)
    assert opened.text == TEXT
    with pytest.raises(VaultError, match="holds no key for Identity"):
        open_event(sealed, BOTH, only_text)


def test_without_keys_the_fields_are_erased_and_nothing_can_be_sealed() -> None:
    opened = open_event(MASKED, BOTH, ERASED)
    assert isinstance(opened, TicketMasked)
    assert (opened.text, opened.identity) == (ERASED, ERASED)
    assert seal_event(OPEN, ERASED) == ERASED


def test_what_is_sealed_already_passes_through_without_any_key() -> None:
    assert seal_event(MASKED, ERASED) is MASKED
