"""ticket.masked: the same request without personal data; text and originals sealed."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from ticketstream.schemas.envelope import AutoKind, Channel, Event, External
from ticketstream.schemas.received import Message, Sender, Turn
from ticketstream.schemas.record import UNSEALED, Erased, Record, Sealed

PaymentState = Literal["", "open", "paid", "refunded", "chargeback"]
# closed, so that no number of an account or card can stand here
PaymentMethod = Literal["", "card", "direct_debit", "invoice", "paypal", "transfer", "other"]


@dataclass(frozen=True, slots=True)
class AttachmentText(Record):
    """The masked text of one attachment."""

    id: str = ""
    name: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Grammar(Record):
    """How a person's token is spoken of; "" is unknown.

    `gender_by` is what tells the gender: a title before the name, or the given name. `name` says
    which part of a name the token stands for.
    """

    token: str = ""
    gender: Literal["", "female", "male"] = ""
    gender_by: Literal["", "title", "given_name"] = ""
    name: Literal["", "full", "given", "family"] = ""


@dataclass(frozen=True, slots=True)
class TicketText(Record):
    """The masked free text of a ticket, and how its people are spoken of."""

    subject: str = ""
    text: str = ""
    quoted: str = ""
    transcript: tuple[Turn, ...] = ()
    attachments: tuple[AttachmentText, ...] = ()
    grammar: tuple[Grammar, ...] = ()


@dataclass(frozen=True, slots=True)
class TokenValue(Record):
    """One token and the original that it stands for."""

    token: str = ""
    value: str = ""


@dataclass(frozen=True, slots=True)
class AttachmentKey(Record):
    """The key that opens one stored attachment."""

    id: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Identity(Record):
    """Who wrote, and what the tokens stand for."""

    tokens: tuple[TokenValue, ...] = ()
    sender: Sender = field(default_factory=Sender)
    recipient: str = ""
    message: Message = field(default_factory=Message)
    customer_id: str = ""
    order_numbers: tuple[str, ...] = ()
    attachment_keys: tuple[AttachmentKey, ...] = ()


@dataclass(frozen=True, slots=True)
class Language(Record):
    """A language code (ISO 639-1) and how sure the detector is, 0 to 1."""

    code: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Token(Record):
    """A token in the masked text: its type and how often it stands there."""

    token: str = ""
    type: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True)
class Facts(Record):
    """What the shop knows about a ticket as of `occurred_at`, itself excluded.

    None is unknown, never 0; `unknown` names what could not be looked up, and why
    (`customer_value: timeout`). Amounts are in `currency`, ages in days. `payment` is the state of
    the order's payment, `payment_due` what is still owed for it.
    """

    customer_value: float | None = None
    order_amount: float | None = None
    currency: str = ""
    order_age_days: int | None = None
    tickets_30d: int | None = None
    tickets_30d_same_case: int | None = None
    previous_ticket_id: str | None = None
    unknown: tuple[str, ...] = ()
    payment: PaymentState = ""
    payment_method: PaymentMethod = ""
    payment_due: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketMasked(Event):
    """A request without personal data."""

    channel: Channel = "mail"
    external: External | None = None
    language: Language = field(default_factory=Language)
    text: TicketText | Sealed | Erased = UNSEALED
    identity: Identity | Sealed | Erased = UNSEALED
    person: str = ""
    tokens: tuple[Token, ...] = ()
    findings: Mapping[str, int] = field(default_factory=dict)
    facts: Facts = field(default_factory=Facts)
    auto_submitted: AutoKind = "no"
    signals: Mapping[str, int] = field(default_factory=dict)
