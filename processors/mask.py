"""ticket.received -> ticket.masked: what does it say once nobody can be recognised in it?"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ticketstream.processors import ticket_parts
from ticketstream.processors.detectors import Detectors, known
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.grammar import grammar_of
from ticketstream.processors.language import detect as language_of
from ticketstream.processors.masker import Masker
from ticketstream.processors.masking import Masking, mask_parts, resolve
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import (
    AttachmentKey,
    Identity,
    Language,
    TicketMasked,
    TicketText,
)
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import Erased
from ticketstream.vault.ports import Admission, Arrival, Gate, Identifiers
from ticketstream.vault.tokens import TOKEN_LIKE

ERASED = Dead("erased", "the person asked to be forgotten: nothing of this ticket is kept")


@dataclass(frozen=True, slots=True)
class MaskResources:
    """What the stage works with.

    Attributes:
        gate: the vault, which decides person, case and facts.
        version: of the code, the masker and everything else that can change the answer.
        masker: what finds personal data, and how it is numbered.
    """

    gate: Gate
    version: str
    masker: Masker

    @property
    def producer(self) -> Producer:
        return Producer("mask", self.version)


@dataclass(frozen=True, slots=True)
class Reading:
    """A ticket's texts with what was found in them, overlaps resolved."""

    parts: list[str]
    spans: list[list[Span]]

    def surfaces(self, kind: str) -> list[str]:
        """Every value of a type in order."""
        pairs = zip(self.parts, self.spans, strict=True)
        return [p[s.start : s.end] for p, spans in pairs for s in spans if s.type == kind]


def mask(tickets: Sequence[TicketReceived], resources: MaskResources) -> list[TicketMasked | Dead]:
    """One masked ticket, or its burial, for each that came; the vault is asked once."""
    readings = [read(ticket, resources.masker) for ticket in tickets]
    pairs = zip(tickets, readings, strict=True)
    arrivals = [arrival(*pair, resources.masker.detectors) for pair in pairs]
    admissions = resources.gate.admit(arrivals)
    return [
        ERASED if isinstance(admission, Erased) else masked(ticket, reading, admission, resources)
        for ticket, reading, admission in zip(tickets, readings, admissions, strict=True)
    ]


def read(ticket: TicketReceived, masker: Masker) -> Reading:
    """What is personal in every part of a ticket."""
    parts = ticket_parts.texts_of(ticket)
    find = known.finder(ticket_parts.known_of(ticket))
    by_place = zip(parts, ticket_parts.authors_of(ticket), strict=True)
    return Reading(parts, [resolve(p, masker.find(p, find, placed)) for p, placed in by_place])


def arrival(ticket: TicketReceived, reading: Reading, detectors: Detectors) -> Arrival:
    """What the vault must know to tell person, case and facts."""
    message = ticket.message
    replies_to = dict.fromkeys(filter(None, (message.in_reply_to, *message.references)))
    return Arrival(
        ticket_id=ticket.ticket_id,
        shop=ticket.shop,
        occurred_at=ticket.occurred_at,
        case_hint=ticket.case_id,
        identifiers=identifiers(ticket, reading, detectors),
        message_id=message.message_id,
        replies_to=tuple(replies_to),
        subject=ticket.subject,
    )


def identifiers(ticket: TicketReceived, reading: Reading, detectors: Detectors) -> Identifiers:
    """By what the shop knows the ticket.

    Who it is rests on address and customer number as upstream vouches for them. A number that was
    typed is a claim, for anybody can type it; two are none.
    """
    typed = written(reading, "CUSTOMER", detectors)
    return Identifiers(
        address=ticket.sender.address.strip(),
        customer_id=ticket.sender.customer_id,
        claimed_customer_id=typed[0] if len(typed) == 1 else "",
        order_numbers=order_numbers(ticket, reading, detectors),
        order=ticket.order,
        customer=ticket.customer,
    )


def written(reading: Reading, kind: str, detectors: Detectors) -> tuple[str, ...]:
    """The numbers of a type as the shop writes them, in order, without repeats."""
    spelled = (detectors.canonical(kind, surface) for surface in reading.surfaces(kind))
    return tuple(dict.fromkeys(spelled))


def order_numbers(
    ticket: TicketReceived, reading: Reading, detectors: Detectors
) -> tuple[str, ...]:
    """The order that upstream named first, then those in the text."""
    named = [ticket.order.number] if ticket.order and ticket.order.number else []
    return tuple(dict.fromkeys([*named, *written(reading, "ORDER", detectors)]))


def masked(
    ticket: TicketReceived, reading: Reading, admission: Admission, resources: MaskResources
) -> TicketMasked:
    """The masked event of an admitted ticket."""
    masker = resources.masker
    numbering = masker.numbering(ticket.ticket_id)
    masking = mask_parts(reading.parts, reading.spans, numbering)
    names = ticket_parts.known_of(ticket).names
    spoken_of = grammar_of(reading.parts, reading.spans, numbering.token_of, names)
    text = replace(ticket_parts.text_from(ticket, masking.parts), grammar=spoken_of)
    envelope = answering(ticket, resources.producer) | {"case_id": admission.case_id}
    return TicketMasked(
        **envelope,
        channel=ticket.channel,
        external=ticket.external,
        language=spoken(text, ticket.language),
        text=text,
        identity=identity(ticket, masking, order_numbers(ticket, reading, masker.detectors)),
        person=admission.person,
        tokens=masking.tokens,
        findings=masking.findings,
        facts=admission.facts,
        auto_submitted=ticket.auto_submitted.kind,
        signals=ticket.signals,
    )


def identity(ticket: TicketReceived, masking: Masking, orders: tuple[str, ...]) -> Identity:
    """Who wrote, and what the tokens stand for.

    The customer number is the one that upstream vouches for, never one that was typed: live tools
    answer with a customer's data.
    """
    keys = (AttachmentKey(a.id, a.key) for a in ticket.attachments if a.key)
    return Identity(
        tokens=masking.values,
        sender=ticket.sender,
        recipient=ticket.recipient,
        message=ticket.message,
        customer_id=ticket.sender.customer_id,
        order_numbers=orders,
        attachment_keys=tuple(keys),
    )


def spoken(text: TicketText, hint: str) -> Language:
    """The language of what the customer wrote; tokens are of none."""
    written = TOKEN_LIKE.sub(" ", "\n".join(ticket_parts.written_by_customer(text)))
    return language_of(written, hint)
