"""The bytes of a mail in, `ticket.received` out, attachments put apart."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256

from ticketstream.doors.intake.attachments import LARGEST
from ticketstream.doors.intake.door import INTAKE, Door
from ticketstream.doors.intake.extract import text_of
from ticketstream.doors.intake.identity import event_id, nameless_id, ticket_secret
from ticketstream.doors.intake.kinds import PDF, kind_of
from ticketstream.doors.intake.letter import Letter, letter
from ticketstream.doors.intake.mime import File
from ticketstream.doors.intake.own import own_signs
from ticketstream.schemas.received import Attachment, Original, TicketReceived

ROOM = 200_000  # characters that the texts of all attachments of one ticket may take
MOST_BYTES = 50 * 1024 * 1024  # of all attachments of one ticket that are kept


def received_from_mail(raw: bytes, door: Door) -> TicketReceived:
    """The ticket of one mail (RFC 822 bytes, as they came).

    Raises:
        UnreadableMessageError: the bytes are no mail; nothing was stored.
        OSError: the attachment store cannot be written.
    """
    read = letter(raw, lambda headers: own_signs(headers, door))
    name = read.message.message_id
    at = door.received_at
    writer = read.sender.address.lower()  # a Message-ID is anybody's to write
    identity = event_id(door, "mail", name, writer) if name else nameless_id(door, "mail", raw, at)
    attachments = _stored(read.files, door, ticket_secret(door, str(identity)))
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
        attachments=attachments,
        original=Original(sha256=sha256(raw).hexdigest()),
        signals=_signals(read, attachments),
    )


def _stored(files: Sequence[File], door: Door, secret: bytes) -> tuple[Attachment, ...]:
    room, left = ROOM, MOST_BYTES
    stored: set[str] = set()
    answers: list[Attachment] = []
    for file in files:
        kept = door.attachments.put(
            file.data, file.file_name, file.media_type, secret=secret, room=min(left, LARGEST)
        )
        if kept.id not in stored:  # the same file again says nothing new
            kept = replace(kept, text=(file.text or _text(file, kept))[:room])
            left -= kept.size if kept.id else 0
        room -= len(kept.text)
        answers.append(kept)
        stored |= {kept.id} - {""}
    return tuple(answers)


def _text(file: File, kept: Attachment) -> str:
    """What only the bytes told: a PDF, or a text that called itself something else."""
    return text_of(file.data, kept.media_type) if kept.id else ""


def _signals(read: Letter, attachments: Sequence[Attachment]) -> dict[str, int]:
    """What the letter noticed, and what its files say of themselves that is not so."""
    noticed = Counter(read.signals)
    first = {a.id: a for a in reversed(attachments)}.values()
    noticed["attachment_type_mismatch"] = sum(
        kind_of(file.data, file.media_type).mismatch for file in read.files
    )
    noticed["attachment_too_large"] = sum(not a.id for a in attachments)
    noticed["attachment_unread"] = sum(a.media_type == PDF and not a.text for a in first)
    return {name: count for name, count in noticed.items() if count}
