"""Addresses -> what vault and log hold of whom, by place; nothing is changed."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice

from ticketstream.doors.person.letters import TOPICS as LETTERS
from ticketstream.doors.person.letters import letters
from ticketstream.doors.person.place import Place, plain
from ticketstream.doors.person.trace import Trace, note
from ticketstream.schemas.convert import sealable_fields
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.topics import CLEAR_TOPICS, EVENTS
from ticketstream.stream.reading import Read, read_all, stamp
from ticketstream.vault.forgetting import hashes_of, persons_behind, tickets_of

FIRST = "ticket.received"  # who wrote a ticket that was not masked yet stands only there
SEALED_TOPICS = [t for t in EVENTS if t not in {*CLEAR_TOPICS, "policy.changed"}]
TOGETHER = 500  # events that are opened at once


def trace_all(place: Place, people: Iterable[Iterable[str]], *, keep: bool = False) -> list[Trace]:
    """Look everywhere, for all of them in one reading of the log.

    Args:
        place: where to look.
        people: of each, the names that they are asked for by: addresses, customer numbers, ids of
            tickets without an address. Who is named twice is one person.
        keep: hold on to the events.
    """
    found = _distinct(_known(place, names) for names in people)
    for each, record, received in received_of(place, found):
        note(each, record, received, keep=keep)
    others = read_all(place.brokers, [*SEALED_TOPICS, *(t for t in CLEAR_TOPICS if t != FIRST)])
    by_ticket = owners(found)
    mine = ((by_ticket[k], r) for r in others if (k := r.key or b"") in by_ticket and r.value)
    for each, record, event in _opened(place, mine):
        note(each, record, event, keep=keep)
    _find_letters(place, found)
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
    nobody = Trace((), place.now(), frozenset(), set())
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


def _known(place: Place, names: Iterable[str]) -> Trace:
    asked = tuple(dict.fromkeys(name for name in map(plain, names) if name))
    hashes = {place.hash(name) for name in asked}
    with place.vault.reading() as connection:
        persons = sorted(set(persons_behind(connection, hashes).values()))
        known = hashes.union(*(hashes_of(connection, p) for p in persons))
        tickets = set[str]().union(*(tickets_of(connection, p) for p in persons))
    return Trace(asked, place.now(), frozenset(known), tickets)


def _distinct(traces: Iterable[Trace]) -> list[Trace]:
    """Each person once, whatever they were asked for by."""
    found: list[Trace] = []
    for trace in traces:
        for same in [t for t in found if t.hashes & trace.hashes]:
            found.remove(same)
            trace.asked = tuple(dict.fromkeys((*same.asked, *trace.asked)))
            trace.hashes |= same.hashes
            trace.tickets |= same.tickets
        if trace.asked:
            found.append(trace)
    return found


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


def _find_letters(place: Place, traces: Sequence[Trace]) -> None:
    tickets = {ticket: number for number, t in enumerate(traces) for ticket in t.tickets}
    addresses = {address: number for number, t in enumerate(traces) for address in t.addresses}
    records = read_all(place.brokers, LETTERS)
    for number, letter in letters(records, tickets, addresses, place.attachments):
        traces[number].letters.append(letter)
