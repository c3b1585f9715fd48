"""The bytes of a mail in, `ticket.received` out, attachments put apart."""

from collections import Counter
from dataclasses import dataclass, field, replace
from hashlib import sha256

from ticketstream.doors.intake.attachments import LARGEST, AttachmentStore
from ticketstream.doors.intake.door import INTAKE, Door
from ticketstream.doors.intake.extract import is_read, text_of
from ticketstream.doors.intake.hidden import signals_of
from ticketstream.doors.intake.identity import event_id, nameless_id, ticket_secret
from ticketstream.doors.intake.kinds import HTML, PDF, kind_of
from ticketstream.doors.intake.letter import letter
from ticketstream.doors.intake.mime import File
from ticketstream.doors.intake.own import own_signs
from ticketstream.schemas.received import Attachment, Original, TicketReceived

ROOM = 200_000  # characters that the texts of all attachments of one ticket may take
MOST_BYTES = 50 * 1024 * 1024  # of all attachments of one ticket that are kept
EFFORT = 2_000_000  # bytes of attachments that are read for one ticket
COSTLY = EFFORT // 8  # a page or a PDF takes a second or more where it is hostile


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
    shelf = _Shelf(door.attachments, ticket_secret(door, str(identity)), MOST_BYTES)
    attachments = tuple(shelf.put(file) for file in read.files)
    signals = Counter(read.signals) + shelf.signals
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
        signals=dict(signals),
    )


@dataclass(slots=True)
class _Shelf:
    """Puts the files of one ticket apart and reads them, as far as room and patience go."""

    store: AttachmentStore
    secret: bytes
    left: int
    room: int = ROOM
    effort: int = EFFORT
    signals: Counter[str] = field(default_factory=Counter)
    stored: set[str] = field(default_factory=set)

    def put(self, file: File) -> Attachment:
        kept = self.store.put(
            file.data,
            file.file_name,
            file.media_type,
            secret=self.secret,
            room=min(self.left, LARGEST),
        )
        self.signals["attachment_type_mismatch"] += kind_of(file.data, file.media_type).mismatch
        self.signals["attachment_too_large"] += not kept.id
        if kept.id in self.stored:  # the same file again says nothing new
            return kept
        self.stored |= {kept.id} - {""}
        self.left -= kept.size if kept.id else 0
        text = (file.text or self._text(file, kept))[: self.room]
        self.room -= len(text)
        return replace(kept, text=text)

    def _text(self, file: File, kept: Attachment) -> str:
        if not (kept.id and is_read(kept.media_type)):
            return ""
        cost = COSTLY if kept.media_type in {PDF, HTML} else min(kept.size, COSTLY)
        if self.room <= 0 or self.effort < cost:
            self.signals["attachment_unread"] += 1
            return ""
        self.effort -= cost
        seen = text_of(file.data, kept.media_type, file.charset)
        self.signals["attachment_unread"] += kept.media_type == PDF and not seen.text
        self.signals.update(signals_of(seen.hidden, seen.unseen))
        return seen.text
