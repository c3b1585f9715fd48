"""What stages that use the vault ask of it: values in, values out; the vault's store fulfils it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from ticketstream.schemas.envelope import Event
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.received import Customer, Order
from ticketstream.schemas.record import Erased


@dataclass(frozen=True, slots=True)
class Identifiers:
    """By what the shop's own systems know a ticket: address, customer and order numbers.

    Attributes:
        customer_id: the customer number that upstream vouches for.
        claimed_customer_id: one that was typed. It may help to look facts up and says nothing
            about who wrote.
    """

    address: str = ""
    customer_id: str = ""
    claimed_customer_id: str = ""
    order_numbers: tuple[str, ...] = ()
    order: Order | None = None
    customer: Customer | None = None


class Shop(Protocol):
    """The shop's customers and orders."""

    def facts(self, identifiers: Identifiers, at: datetime) -> Facts:
        """What is known as of `at`; what is not known stays None and is named in `unknown`."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """A ticket at the vault's gate.

    Attributes:
        case_hint: the received event's case id.
        message_ids: the mail's own Message-ID and, for replies, those that it answers.
        subject: as it came; compared without reply prefixes, kept only as a keyed hash.
    """

    ticket_id: str
    shop: str
    occurred_at: datetime
    case_hint: str
    identifiers: Identifiers
    message_id: str = ""
    replies_to: tuple[str, ...] = ()
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Admission:
    """What the vault decided once and for all about a ticket: person, case, facts."""

    person: str
    case_id: str
    facts: Facts


class Gate(Protocol):
    """The vault, as the stage `mask` sees it."""

    def admit(self, arrivals: Sequence[Arrival]) -> list[Admission | Erased]:
        """One answer an arrival, in order; the same for every redelivery (insert if absent)."""


class Opener(Protocol):
    """The vault, as a stage sees it that reads sealed records of events it was handed."""

    def open(self, event: Event, fields: frozenset[str]) -> Event:
        """The event with the named fields opened, or `Erased` in their place."""
