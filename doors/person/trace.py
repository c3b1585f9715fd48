"""Events of one person -> their trace: tickets, records, files, names, who was asked."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ticketstream.doors.person.letters import Letter
from ticketstream.doors.person.place import iso, plain
from ticketstream.schemas.masked import Identity, TicketText
from ticketstream.schemas.received import Attachment, TicketReceived
from ticketstream.stream.reading import Read, stamp
from ticketstream.vault.tokens import unmask


@dataclass(slots=True)
class Trace:
    """What is held of one person.

    Attributes:
        asked: the addresses and customer numbers that it was asked for by, as they are compared.
        at: when it was asked; what comes later is not in it.
        hashes: keyed hashes of all addresses and customer numbers of the person.
        tickets: their ids: known to the vault, or still waiting in `ticket.received`.
        records: by topic, how many.
        attachments: stored files by id, with their keys.
        letters: dead letters of these tickets, or with an address of the person in their bytes.
        named: by ticket, the addresses and customer numbers that its sender was vouched with.
        external: by upstream system, how many tickets are known there.
        asked_models: language models that were asked about these tickets: when, each time.
        events: the events themselves, opened, when they were asked for.
    """

    asked: tuple[str, ...]
    at: datetime
    hashes: frozenset[str]
    tickets: set[str]
    records: Counter[str] = field(default_factory=Counter)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    letters: list[Letter] = field(default_factory=list)
    named: dict[str, set[str]] = field(default_factory=dict)
    external: dict[str, set[str]] = field(default_factory=dict)
    asked_models: dict[str, list[datetime]] = field(default_factory=dict)
    events: list[tuple[Read, Any]] = field(default_factory=list)

    @property
    def held(self) -> bool:
        """Whether there is something that an erasure can destroy."""
        return bool(self.tickets or any(letter.own and letter.stored for letter in self.letters))

    @property
    def dead(self) -> Counter[str]:
        """By topic, how many dead letters."""
        return Counter(letter.record.topic for letter in self.letters)

    @property
    def dead_until(self) -> datetime | None:
        """When the last of them expires."""
        return max((letter.expires for letter in self.letters), default=None)

    @property
    def addresses(self) -> set[str]:
        """All mail addresses that the person is known by."""
        return {n for n in set(self.asked).union(*self.named.values()) if "@" in n}

    def models(self) -> dict[str, dict[str, Any]]:
        """Each language model that was asked: how often, and when for the last time."""
        return {
            model: {"times": len(times), "last": iso(max(times))}
            for model, times in sorted(self.asked_models.items())
        }


def note(trace: Trace, record: Read, event: Any, *, keep: bool) -> None:
    """Add what an event says to the trace; `keep` holds on to the event itself."""
    trace.records[record.topic] += 1
    identity = getattr(event, "identity", None)
    if isinstance(event, TicketReceived):
        _note_sender(trace, event.ticket_id, event.sender.address, event.sender.customer_id)
        trace.attachments.update((a.id, a) for a in event.attachments if a.id)
    elif isinstance(identity, Identity):
        _note_sender(trace, event.ticket_id, identity.sender.address, identity.customer_id)
        trace.attachments = named_files(event, identity) | trace.attachments
    if (external := getattr(event, "external", None)) is not None and external.system:
        trace.external.setdefault(external.system, set()).add(external.id)
    for model in asked_models(event):
        trace.asked_models.setdefault(model, []).append(stamp(record))
    if keep:
        trace.events.append((record, event))


def named_files(event: Any, identity: Identity) -> dict[str, Attachment]:
    """The stored files of a masked ticket, by the names that its text still has."""
    text = getattr(event, "text", None)
    shown = {a.id: a.name for a in text.attachments} if isinstance(text, TicketText) else {}
    return {
        k.id: Attachment(id=k.id, key=k.key, file_name=unmask(shown.get(k.id, ""), identity.tokens))
        for k in identity.attachment_keys
    }


def _note_sender(trace: Trace, ticket: str, *names: str) -> None:
    trace.named.setdefault(ticket, set()).update(plain(n) for n in names if n.strip())


def asked_models(event: Any) -> Iterator[str]:
    """Who outside was asked: a second opinion, or a draft that was made by a prompt."""
    opinion = getattr(event, "second_opinion", None)
    if opinion is not None and opinion.attempts:
        yield opinion.model
    if (prompt := getattr(event, "prompt", None)) is not None and prompt.hash:
        yield event.model.name
