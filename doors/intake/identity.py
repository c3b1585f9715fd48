"""A message's own id in, the first event's id and its secret out: keyed hashes, always the same."""

import hashlib
import hmac
from datetime import UTC, datetime
from uuid import UUID

from ticketstream.doors.intake.door import Door

VERSION = 0x8000  # RFC 9562: version 8, "custom"
VARIANT = 0x8000


def event_id(door: Door, channel: str, *names: str) -> UUID:
    """The id of a message that names itself (Message-ID, submission id)."""
    return _uuid(door, channel, *(name.encode() for name in names))


def nameless_id(door: Door, channel: str, data: bytes, at: datetime) -> UUID:
    """The id of a message without a name of its own: its bytes and when it came."""
    return _uuid(door, channel, b"", data, at.astimezone(UTC).isoformat().encode())


def ticket_secret(door: Door, ticket_id: str) -> bytes:
    """What a ticket's attachments are named and locked by."""
    return keyed(door, "attachments", ticket_id.encode())


def keyed(door: Door, purpose: str, *fields: bytes) -> bytes:
    """A hash of fields that nobody computes without the door's key; 32 bytes."""
    digest = hmac.new(door.id_key, digestmod=hashlib.sha256)
    for value in (door.shop.encode(), purpose.encode(), *fields):
        # lengths: no two lists of fields run together
        digest.update(len(value).to_bytes(8) + value)
    return digest.digest()


def _uuid(door: Door, channel: str, *fields: bytes) -> UUID:
    return _marked(keyed(door, channel, *fields)[:16])


def _marked(data: bytes) -> UUID:
    number = int.from_bytes(data)
    number = number & ~(0xF000 << 64) | VERSION << 64
    return UUID(int=number & ~(0xC000 << 48) | VARIANT << 48)
