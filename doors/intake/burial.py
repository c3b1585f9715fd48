"""A message that is no ticket in, its dead letter out: the original bytes, or where they lie."""

import hashlib
from typing import NamedTuple

import orjson

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.identity import keyed
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.json import to_json

LARGEST = 4_000_000  # bytes of a letter: the topic takes 4 MiB with key and headers


class Letter(NamedTuple):
    """A record of `intake.dead`: key, value, headers."""

    key: bytes
    value: bytes
    headers: list[tuple[str, str | bytes | None]]


def letter_of(data: bytes, dead: Dead, door: Door) -> Letter:
    """The letter of a message. What is larger than a letter lies in the attachment store.

    Then the value is `{"id", "uri", "key", "sha256", "size", ...}` as JSON and a header `stored`
    says so. The digest stands for the place: a file's name may name a person.

    Raises:
        OSError: the attachment store cannot be written.
    """
    digest = hashlib.sha256(data).hexdigest()
    headers: list[tuple[str, str | bytes | None]] = [
        ("reason", dead.reason),
        ("message", dead.message),
        ("source", f"intake/{digest[:16]}"),
        ("stage", "intake"),
    ]
    if len(data) <= LARGEST:
        return Letter(digest.encode(), data, headers)
    secret = keyed(door, "buried", digest.encode())
    kept = door.attachments.put(data, "original", "", secret=secret, room=len(data))
    return Letter(digest.encode(), orjson.dumps(to_json(kept)), [*headers, ("stored", "yes")])
