"""The bytes of a mail in, `ticket.received` out, attachments put apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from ticketstream.doors.intake.attachments import LARGEST
from ticketstream.doors.intake.door import INTAKE, Door
from ticketstream.doors.intake.identity import event_id, nameless_id
from ticketstream.doors.intake.kinds import kind_of
from ticketstream.doors.intake.letter import Letter, letter
from ticketstream.doors.intake.mime import File
from ticketstream.schemas.received import Attachment, Original, TicketReceived

ROOM = 200_000  # characters that the texts of all attachments of one ticket may take


def received_from_mail(raw: bytes, door: Door) -> TicketReceived:
    """The ticket of one mail (RFC 822 bytes, as they came).

    Raises:
        UnreadableMessageError: the bytes are no mail; nothing was stored.
        OSError: the attachment store cannot be written.
    """
    read = letter(raw)
    name = read.message.message_id
    at = door.received_at
    identity = event_id(door, "mail", name) if name else nameless_id(door, "mail", raw, at)
    return TicketReceived(
        event_id=identity,
        ticket_id=str(identity),
        case_id=str(identity),
        cause_id=None,
        occurred_at=door.received_at,
        shop=door.shop,
        producer=INTAKE,
        channel="mail",
        language=read.language,
        subject=read.subject,
        text=read.text,
        quoted=read.quoted,
        sender=read.sender,
        recipient=read.recipient,
        message=read.message,
        auto_submitted=read.auto_submitted,
        attachments=_stored(read.files, door),
        original=Original(sha256=sha256(raw).hexdigest()),
        signals=_signals(read),
    )


def _stored(files: Sequence[File], door: Door) -> tuple[Attachment, ...]:
    room = ROOM
    stored = []
    for file in files:
        kept = door.attachments.put(file.data, file.file_name, file.media_type)
        stored.append(replace(kept, text=file.text[:room]))
        room -= len(stored[-1].text)
    return tuple(stored)


def _signals(read: Letter) -> dict[str, int]:
    """What the letter noticed, and what its files say of themselves that is not so."""
    noticed = Counter(read.signals)
    noticed["attachment_type_mismatch"] = sum(
        kind_of(file.data, file.media_type).mismatch for file in read.files
    )
    noticed["attachment_too_large"] = sum(len(file.data) > LARGEST for file in read.files)
    return {name: count for name, count in noticed.items() if count}
