"""What intake needs of its surroundings: the shop, a key for ids, a store, the time of receipt."""

from dataclasses import dataclass, field
from datetime import datetime

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.schemas.envelope import Producer

INTAKE = Producer("intake", "3")  # raise it with every change that can change a ticket's words


@dataclass(frozen=True, slots=True)
class Door:
    """One shop's door.

    Attributes:
        id_key: secret under which ids are hashed, so that nobody outside can compute a ticket's id.
        attachments: where attachments are put apart.
        received_at: when the messages came in, with a time zone; intake itself reads no clock.
        own: the shop's own mail addresses in lower case, by which it knows its mail coming back.
    """

    shop: str
    id_key: bytes = field(repr=False)
    attachments: AttachmentStore
    received_at: datetime
    own: frozenset[str] = frozenset()
