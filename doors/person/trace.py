"""Addresses -> what vault and log hold of whom, by place; nothing is changed."""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from ticketstream.doors.person.place import Place, plain
from ticketstream.schemas.convert import sealable_fields
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.received import Attachment, TicketReceived
from ticketstream.schemas.topics import CLEAR_TOPICS, EVENTS
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import DEAD, topics
from ticketstream.vault.forgetting import hashes_of, persons_behind, tickets_of

FIRST = "ticket.received"  # who wrote a ticket that was not masked yet stands only there
SEALED_TOPICS = [t for t in EVENTS if t not in {*CLEAR_TOPICS, "policy.changed"}]
TOGETHER = 500  # events that are opened at once


@dataclass(slots=True)
class Trace:
    """What is held of one person.

    Attributes:
        asked: the address or customer number, as it is compared.
        at: when it was asked; what comes later is not in it.
        hashes: keyed hashes of all addresses and customer numbers of the person.
        tickets: their ids: known to the vault, or still waiting in `ticket.received`.
        records: by topic, how many.
        attachments: stored files by id, with their keys.
        dead: by topic, dead letters of these tickets or with the address in their bytes.
        dead_until: when the last of them expires.
        named: by ticket, the addresses and customer numbers that its sender was vouched with.
        external: by upstream system, how many tickets are known there.
        language_models: models outside the house that were asked about these tickets.
        events: the events themselves, opened, when they were asked for.
    """

    asked: str
    at: datetime
    hashes: frozenset[str]
    tickets: set[str]
    records: Counter[str] = field(default_factory=Counter)
    attachments: dict[str, Attachment] = field(default_factory=dict)
    dead: Counter[str] = field(default_factory=Counter)
    dead_until: datetime | None = None
    named: dict[str, set[str]] = field(default_factory=dict)
    external: dict[str, set[str]] = field(default_factory=dict)
    language_models: set[str] = field(default_factory=set)
    events: list[tuple[Read, Any]] = field(default_factory=list)

    @property
    def empty(self) -> bool:
        return not self.tickets

    def joined(self) -> set[str]:
        """Tickets of other senders, which only a customer number that somebody typed ties to these.

        Anybody can type a number: what hangs on nothing else may be a stranger's.
        """
        vouched, left = {self.asked}, dict(self.named)
        while own := [t for t, names in left.items() if names & vouched]:
            for ticket in own:
                vouched |= left.pop(ticket)
        return {t for t, names in left.items() if names}


def trace_all(place: Place, asked: Iterable[str], *, keep: bool = False) -> list[Trace]:
    """Look everywhere, for all of them in one reading of the log."""
    traces = {name: _known(place, name) for name in dict.fromkeys(map(plain, asked)) if name}
    found = list(traces.values())
    for each, record, received in received_of(place, found):
        _note(each, record, received, keep=keep)
    others = read_all(place.brokers, [*SEALED_TOPICS, *(t for t in CLEAR_TOPICS if t != FIRST)])
    by_ticket = owners(found)
    mine = ((by_ticket[k], r) for r in others if (k := r.key or b"") in by_ticket and r.value)
    for each, record, event in _opened(place, mine):
        _note(each, record, event, keep=keep)
    _count_dead(place, found)
    return found


def received_of(
    place: Place, traces: Sequence[Trace]
) -> Iterator[tuple[Trace, Read, TicketReceived]]:
    """Received records of these people, by ticket id or, before they were masked, by sender."""
    by_ticket = owners(traces)
    by_hash = {h: t for t in traces for h in t.hashes}
    for record in read_all(place.brokers, [FIRST]):
        event = _decoded(place, record)
        if not isinstance(event, TicketReceived):
            continue
        owner = by_ticket.get(record.key or b"") or by_ticket.get(event.ticket_id.encode())
        if owner is None and (owner := _by_sender(place, by_hash, event)) is not None:
            owner = owner if stamp(record) <= owner.at else None
        if owner is not None:
            owner.tickets.add(event.ticket_id)
            yield owner, record, event


def stored_files(place: Place) -> set[str]:
    """The ids of all stored files that some event names and whose person is not erased."""
    named = {file for r in read_all(place.brokers, [FIRST]) for file in files_named(place, r)}
    nobody = Trace("", place.now(), frozenset(), set())
    masked = ((nobody, r) for r in read_all(place.brokers, ["ticket.masked"]))
    for _, _, event in _opened(place, masked):
        if isinstance(identity := getattr(event, "identity", None), Identity):
            named.update(k.id for k in identity.attachment_keys)
    return named


def files_named(place: Place, record: Read) -> list[str]:
    """The ids of the attachments of a received record."""
    event = _decoded(place, record)
    named = event.attachments if isinstance(event, TicketReceived) else ()
    return [a.id for a in named if a.id]


def owners(traces: Iterable[Trace]) -> dict[bytes, Trace]:
    """Ticket id, as a record's key, -> whose it is."""
    return {ticket.encode(): trace for trace in traces for ticket in trace.tickets}


def stamp(record: Read) -> datetime:
    """When a record was produced."""
    return datetime.fromtimestamp(record.timestamp / 1000, UTC)


def _known(place: Place, name: str) -> Trace:
    hashed = place.hash(name)
    with place.vault.reading() as connection:
        person = persons_behind(connection, [hashed]).get(hashed)
        hashes = hashes_of(connection, person) if person else frozenset()
        tickets = tickets_of(connection, person) if person else frozenset()
    return Trace(name, place.now(), hashes | {hashed}, set(tickets))


def _by_sender(place: Place, by_hash: Mapping[str, Trace], event: TicketReceived) -> Trace | None:
    names = [n for n in (event.sender.address, event.sender.customer_id) if n.strip()]
    hits = (by_hash.get(place.hash(name)) for name in names or [event.ticket_id])
    return next((hit for hit in hits if hit), None)


def _decoded(place: Place, record: Read) -> Event | None:
    if record.value is None:
        return None
    try:
        return place.codec.decode(EVENTS[record.topic], record.value)
    except UndecodableError:
        return None  # it is a dead letter already, and goes as those go


def _opened(
    place: Place, mine: Iterable[tuple[Trace, Read]]
) -> Iterator[tuple[Trace, Read, Event]]:
    """Events with their sealed records opened, or erased in their place."""
    waiting = iter(mine)
    while part := list(islice(waiting, TOGETHER)):
        decoded = [(t, r, e) for t, r in part if (e := _decoded(place, r)) is not None]
        for each, record, event in decoded:
            yield each, record, _open(place, event)


def _open(place: Place, event: Event) -> Event:
    names = frozenset(sealable_fields(type(event)))
    try:
        return place.vault.open(event, names) if names else event
    except UndecodableError:
        return event  # damaged: it stays sealed, and is told as it lies there


def _note(trace: Trace, record: Read, event: Any, *, keep: bool) -> None:
    trace.records[record.topic] += 1
    identity = getattr(event, "identity", None)
    if isinstance(event, TicketReceived):
        _note_sender(trace, event.ticket_id, event.sender.address, event.sender.customer_id)
        trace.attachments.update((a.id, a) for a in event.attachments if a.id)
    elif isinstance(identity, Identity):
        _note_sender(trace, event.ticket_id, identity.sender.address, identity.customer_id)
        keys = ((k.id, Attachment(id=k.id, key=k.key)) for k in identity.attachment_keys)
        trace.attachments = dict(keys) | trace.attachments
    if (external := getattr(event, "external", None)) is not None and external.system:
        trace.external.setdefault(external.system, set()).add(external.id)
    trace.language_models.update(_language_models(event))
    if keep:
        trace.events.append((record, event))


def _note_sender(trace: Trace, ticket: str, *names: str) -> None:
    trace.named.setdefault(ticket, set()).update(plain(n) for n in names if n.strip())


def _language_models(event: Any) -> Iterator[str]:
    """Who outside was asked: a second opinion, or a draft that was made by a prompt."""
    opinion = getattr(event, "second_opinion", None)
    if opinion is not None and opinion.attempts:
        yield opinion.model
    if (prompt := getattr(event, "prompt", None)) is not None and prompt.hash:
        yield event.model.name


def _count_dead(place: Place, traces: Sequence[Trace]) -> None:
    by_ticket = owners(traces)
    letters = [t.name for t in topics().values() if t.settings is DEAD]
    for record in read_all(place.brokers, letters):
        hit = by_ticket.get(record.key or b"")
        text = (record.value or b"").lower()
        for trace in [hit] if hit else [t for t in traces if t.asked.encode() in text]:
            trace.dead[record.topic] += 1
            kept = timedelta(milliseconds=int(DEAD["retention.ms"]))
            last = trace.dead_until or stamp(record) + kept
            trace.dead_until = max(last, stamp(record) + kept)
