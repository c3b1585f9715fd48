"""Records -> sealed bytes and back: whole records, deterministic, bound to shop and ticket."""

from dataclasses import replace
from typing import Any, TypeVar

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ticketstream.schemas.codec import decode_record, encode_record
from ticketstream.schemas.convert import sealable_fields
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.record import ERASED, Erased, Record, Sealed
from ticketstream.vault.keys import PersonKeys

R = TypeVar("R", bound=Record)


def seal(record: Record, key: bytes, shop: str, ticket_id: str) -> Sealed:
    """AES-SIV (RFC 5297): the same record gives the same bytes, so a replayed event does too."""
    return Sealed(
        AESSIV(key).encrypt(encode_record(record), _bound_to(type(record), shop, ticket_id))
    )


def open_sealed(kind: type[R], sealed: Sealed, key: bytes, shop: str, ticket_id: str) -> R:
    """The record back.

    Raises:
        UndecodableError: sealed for another ticket, record or person, or damaged.
    """
    try:
        data = AESSIV(key).decrypt(sealed.data, _bound_to(kind, shop, ticket_id))
    except InvalidTag as error:
        raise UndecodableError(
            "invalid", f"the sealed {kind.__name__} was not sealed for this person and ticket"
        ) from error
    return decode_record(kind, data)


def seal_event(event: Event, keys: PersonKeys | Erased) -> Event | Erased:
    """The event with its open records sealed; `Erased` when there is nothing to seal them with."""
    changed: dict[str, Any] = {}
    for name in sealable_fields(type(event)):
        value = getattr(event, name)
        if isinstance(value, Sealed):
            continue
        if isinstance(value, Erased) or isinstance(keys, Erased):
            return ERASED
        changed[name] = seal(value, keys.of(type(value).__name__), event.shop, event.ticket_id)
    return replace(event, **changed) if changed else event


def open_event(event: Event, names: frozenset[str], keys: PersonKeys | Erased) -> Event:
    """The event with the named fields opened, or `Erased` in their place."""
    changed: dict[str, Any] = {
        name: _open_field(event, name, kind, keys)
        for name, kind in sealable_fields(type(event)).items()
        if name in names
    }
    return replace(event, **changed) if changed else event


def _open_field(
    event: Event, name: str, kind: type[Record], keys: PersonKeys | Erased
) -> Record | Erased:
    value = getattr(event, name)
    if isinstance(keys, Erased):
        return ERASED
    if not isinstance(value, Sealed):
        return value  # type: ignore[no-any-return]
    if not value.data:
        return kind()
    return open_sealed(kind, value, keys.of(kind.__name__), event.shop, event.ticket_id)


def _bound_to(kind: type[Record], shop: str, ticket_id: str) -> list[bytes]:
    return [shop.encode(), ticket_id.encode(), kind.__name__.encode()]
