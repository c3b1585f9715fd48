"""ticket.received -> ticket.masked: what does it say once nobody can be recognised in it?"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from ticketstream.processors import ticket_parts
from ticketstream.processors.detectors import canonical, detect, known
from ticketstream.processors.detectors.entities import Finder, nothing
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.language import detect as language_of
from ticketstream.processors.masking import Masking, mask_parts, resolve
from ticketstream.processors.readable import without_own
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
        version: of the code, the detectors and everything else that can change the answer.
        readable: the shop's own names, addresses, numbers and sites; they stay readable.
        entities: finds names, addresses and places that no rule finds.
    """

    gate: Gate
    version: str
    readable: frozenset[str] = field(default_factory=frozenset)
    entities: Finder = nothing

    @property
    def producer(self) -> Producer:
        return Producer("mask", self.version)


@dataclass(frozen=True, slots=True)
class Reading:
    """A ticket's texts with what was found in them, overlaps resolved."""

    parts: list[str]
    spans: list[list[Span]]

    def surfaces(self, kind: str) -> list[str]:
        """Every value of a type as the shop writes it, in order, without repeats."""
        pairs = zip(self.parts, self.spans, strict=True)
        found = (p[s.start : s.end] for p, spans in pairs for s in spans if s.type == kind)
        return list(dict.fromkeys(canonical(kind, surface) for surface in found))


def mask(tickets: Sequence[TicketReceived], resources: MaskResources) -> list[TicketMasked | Dead]:
    """One masked ticket, or its burial, for each that came; the vault is asked once."""
    readings = [read(ticket, resources.readable, resources.entities) for ticket in tickets]
    arrivals = [arrival(*pair) for pair in zip(tickets, readings, strict=True)]
    admissions = resources.gate.admit(arrivals)
    return [
        ERASED if isinstance(admission, Erased) else masked(ticket, reading, admission, resources)
        for ticket, reading, admission in zip(tickets, readings, admissions, strict=True)
    ]


def read(ticket: TicketReceived, readable: frozenset[str], entities: Finder = nothing) -> Reading:
    """What is personal in every part of a ticket."""
    parts = ticket_parts.texts_of(ticket)
    find = known.finder(ticket_parts.known_of(ticket))
    by_place = zip(parts, ticket_parts.authors_of(ticket), strict=True)
    found = (
        (p, [*detect(p), *entities(p), *find(p), *spans] if p else []) for p, spans in by_place
    )
    return Reading(parts, [resolve(p, without_own(p, spans, readable)) for p, spans in found])


def arrival(ticket: TicketReceived, reading: Reading) -> Arrival:
    """What the vault must know to tell person, case and facts."""
    message = ticket.message
    replies_to = dict.fromkeys(filter(None, (message.in_reply_to, *message.references)))
    return Arrival(
        ticket_id=ticket.ticket_id,
        shop=ticket.shop,
        occurred_at=ticket.occurred_at,
        case_hint=ticket.case_id,
        identifiers=identifiers(ticket, reading),
        message_id=message.message_id,
        replies_to=tuple(replies_to),
        subject=ticket.subject,
    )


def identifiers(ticket: TicketReceived, reading: Reading) -> Identifiers:
    """By what the shop knows the ticket; one customer number in the text counts, two do not."""
    written = reading.surfaces("CUSTOMER")
    claimed = written[0] if len(written) == 1 else ""
    return Identifiers(
        address=ticket.sender.address.strip(),
        customer_id=ticket.sender.customer_id or claimed,
        order_numbers=order_numbers(ticket, reading),
        order=ticket.order,
        customer=ticket.customer,
    )


def order_numbers(ticket: TicketReceived, reading: Reading) -> tuple[str, ...]:
    """The order that upstream named first, then those in the text."""
    named = [ticket.order.number] if ticket.order and ticket.order.number else []
    return tuple(dict.fromkeys([*named, *reading.surfaces("ORDER")]))


def masked(
    ticket: TicketReceived, reading: Reading, admission: Admission, resources: MaskResources
) -> TicketMasked:
    """The masked event of an admitted ticket."""
    masking = mask_parts(reading.parts, reading.spans)
    text = ticket_parts.text_from(ticket, masking.parts)
    envelope = answering(ticket, resources.producer) | {"case_id": admission.case_id}
    return TicketMasked(
        **envelope,
        channel=ticket.channel,
        external=ticket.external,
        language=spoken(text, ticket.language),
        text=text,
        identity=identity(ticket, reading, masking),
        person=admission.person,
        tokens=masking.tokens,
        findings=masking.findings,
        facts=admission.facts,
        auto_submitted=ticket.auto_submitted.kind,
        signals=ticket.signals,
    )


def identity(ticket: TicketReceived, reading: Reading, masking: Masking) -> Identity:
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
        order_numbers=order_numbers(ticket, reading),
        attachment_keys=tuple(keys),
    )


def spoken(text: TicketText, hint: str) -> Language:
    """The language of what the customer wrote; tokens are of none."""
    written = TOKEN_LIKE.sub(" ", "\n".join(ticket_parts.written_by_customer(text)))
    return language_of(written, hint)


def explain(
    ticket: TicketReceived,
    readable: frozenset[str] = frozenset(),
    entities: Finder = nothing,
) -> dict[str, list[dict[str, Any]]]:
    """What was found where, as `pipe mask --explain` shows it.

    Returns:
        `spans` (of the text) and `spans_subject`: start, end (exclusive, in characters of what came
        in), type, score and detector of each.
    """
    reading = read(ticket, readable, entities)
    return {
        "spans": [plain(s) for s in reading.spans[1]],
        "spans_subject": [plain(s) for s in reading.spans[0]],
    }


def plain(span: Span) -> dict[str, Any]:
    """A span as JSON has it."""
    return {
        "start": span.start,
        "end": span.end,
        "type": span.type,
        "score": span.score,
        "detector": span.detector,
    }
