"""ticket.received: a request as it came, in the clear."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ticketstream.schemas.envelope import AutoKind, Channel, Event, External
from ticketstream.schemas.record import Record


@dataclass(frozen=True, slots=True)
class Turn(Record):
    """One turn of a chat. `role` is the speaker's side, `author` the name that was shown."""

    role: Literal["customer", "agent", "bot"] = "customer"
    author: str = ""
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Sender(Record):
    """Who wrote: shown name, address, and the shop's own customer number when it is known."""

    name: str = ""
    address: str = ""
    customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Message(Record):
    """The mail's own identity; `sent_at` is the Date header, evidence and no more."""

    message_id: str = ""
    in_reply_to: str = ""
    references: tuple[str, ...] = ()
    sent_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class AutoSubmitted(Record):
    """Whether a machine sent it, and the header signals that say so."""

    kind: AutoKind = "no"
    signals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Attachment(Record):
    """An attachment, stored apart: size in bytes, `key` the base64 key it is stored under."""

    id: str = ""
    file_name: str = ""
    media_type: str = ""
    size: int = 0
    sha256: str = ""
    uri: str = ""
    key: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Order(Record):
    """The order that the request is about, when upstream knows it."""

    number: str = ""
    amount: float | None = None
    currency: str = ""
    placed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Customer(Record):
    """What upstream knows of the customer; `value` is the turnover so far."""

    value: float | None = None
    since: datetime | None = None
    segment: str = ""


@dataclass(frozen=True, slots=True)
class Original(Record):
    """Where the original message lies, and its digest."""

    uri: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketReceived(Event):
    """A request arrived. `text` is the newest message only; `quoted` what it quotes."""

    channel: Channel = "mail"
    external: External | None = None
    language: str = ""
    subject: str = ""
    text: str = ""
    quoted: str = ""
    transcript: tuple[Turn, ...] = ()
    sender: Sender = field(default_factory=Sender)
    recipient: str = ""
    message: Message = field(default_factory=Message)
    auto_submitted: AutoSubmitted = field(default_factory=AutoSubmitted)
    attachments: tuple[Attachment, ...] = ()
    order: Order | None = None
    customer: Customer | None = None
    original: Original | None = None
    signals: Mapping[str, int] = field(default_factory=dict)
