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
    """By what the shop's own systems know a ticket.

    Attributes:
        address: the sender's, as upstream received it.
        customer_id: the customer number that upstream vouches for (somebody was logged in).
        order_numbers: those that upstream or the text name.
        order, customer: what upstream knows itself; it wins over every look-up.
        claimed_customer_id: a customer number that somebody only typed. It tells nobody's person,
            and of two accounts that are the sender's own it says which is meant.
    """

    address: str = ""
    customer_id: str = ""
    order_numbers: tuple[str, ...] = ()
    order: Order | None = None
    customer: Customer | None = None
    claimed_customer_id: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What the shop is asked about one ticket: everything as of `at`."""

    shop: str
    identifiers: Identifiers
    at: datetime


class Shop(Protocol):
    """The shop's customers, orders and payments."""

    def facts(self, questions: Sequence[Question]) -> list[Facts]:
        """An answer to each, in order.

        What is not known stays None and is named in `unknown` with its reason; a shop that cannot
        be asked is such a reason, never an exception and never a long wait.
        """


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
