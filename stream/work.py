"""A slice of records -> the records that answer them: decode, open, process, seal, encode.

Pure but for the vault and the policies: under the same policies the same slice gives the same
bytes, so a replayed slice does too. What decides is asked for once, when a slice begins, and holds
for all of it. Whatever is wrong with one event ends as its dead letter; what is wrong with the
vault or the broker is raised, for the worker must stop.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from typing import Any, Protocol

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.envelope import Event, Producer
from ticketstream.schemas.errors import BrokerError, UndecodableError, VaultError
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.schemas.topics import EVENTS, dead_topic
from ticketstream.stream.record import Incoming, Outgoing, coordinates

STOPPING = (VaultError, BrokerError, MemoryError)
HEADROOM = 2048  # bytes of a record beside its value: key, headers, framing


class Seals(Protocol):
    """The vault, as the loop sees it."""

    def open_all(self, events: Sequence[Event], fields: frozenset[str]) -> list[Event]: ...
    def seal_all(self, events: Sequence[Event]) -> list[Event | Erased]: ...


class Resources(Protocol):
    """What a stage's function is given beside the events."""

    @property
    def producer(self) -> Producer: ...


# A shop -> the resources of the policy in force there.
Deciding = Callable[[str], Resources]


@dataclass(frozen=True, slots=True)
class Stage:
    """A stage: a pure function and a line of wiring.

    Attributes:
        name: the verb; also consumer group, transactional id and metric label.
        process: a list of events and the stage's resources in, a list of the same length out.
        opens: the sealed fields that the function reads.
        largest_batch: the most events that one call and one transaction hold.
        deadline: seconds after which a call is taken to hang and the worker is ended.
    """

    name: str
    source: str
    target: str
    process: Callable[[Sequence[Any], Any], Sequence[Event | Dead]]
    opens: frozenset[str] = frozenset()
    largest_batch: int = 64
    deadline: float = 60.0


def each(function: Callable[[Any, Any], Event | Dead]) -> Callable[..., list[Event | Dead]]:
    """A stage's function of one event as a function of a list."""

    def process(events: Sequence[Any], resources: Any) -> list[Event | Dead]:
        return [function(event, resources) for event in events]

    return process


@dataclass(frozen=True, slots=True)
class Work:
    """The transform of one stage: `in = out + dead + tombstones` for every slice.

    Attributes:
        begin: called when a slice begins; what it returns says what decides in that slice.
        limits: the largest record, in bytes, that a topic takes.
    """

    stage: Stage
    begin: Callable[[], Deciding]
    codec: Codec
    seals: Seals
    limits: Mapping[str, int]

    def __call__(self, records: Sequence[Incoming]) -> list[Outgoing]:
        deciding = cache(self.begin())  # no shop changes its policy within a slice
        records = [r for r in records if r.value is not None]
        decoded = [self._decode(r) for r in records]
        answers = self._answers(decoded, deciding)
        return [
            self._outgoing(r, a, deciding(d.shop if isinstance(d, Event) else "").producer)
            for r, d, a in zip(records, decoded, answers, strict=True)
        ]

    def bury(self, records: Sequence[Incoming], dead: Dead) -> list[Outgoing]:
        """Dead letters for records that are not even tried."""
        producer = self.begin()("").producer
        return [self._outgoing(r, dead, producer) for r in records if r.value is not None]

    def _decode(self, record: Incoming) -> Event | Dead:
        try:
            event = self.codec.decode(EVENTS[record.topic], record.value or b"")
        except UndecodableError as error:
            return Dead(error.reason, str(error))  # type: ignore[arg-type]
        if record.key != event.ticket_id.encode():
            return Dead("invalid", "the record's key is not the ticket id: publish with it as key")
        return event

    def _answers(self, decoded: Sequence[Event | Dead], deciding: Deciding) -> list[Event | Dead]:
        opened = _on_events(decoded, self._open)
        processed = _on_events(opened, lambda events: self._decide(events, deciding))
        return _on_events(processed, self._seal)

    def _open(self, events: Sequence[Event]) -> list[Event | Dead]:
        if not self.stage.opens:
            return list(events)
        try:
            opened = self.seals.open_all(events, self.stage.opens)
        except UndecodableError as error:
            if len(events) > 1:
                return [self._open([e])[0] for e in events]
            return [Dead("invalid", str(error))]
        return [_erased_is_dead(e, self.stage.opens) for e in opened]

    def _decide(self, events: Sequence[Event], deciding: Deciding) -> list[Event | Dead]:
        """Each event by what decides for its shop, the answers back in their places."""
        chosen = [deciding(event.shop) for event in events]
        answers: dict[int, Event | Dead] = {}
        for resources in {id(c): c for c in chosen}.values():
            places = [i for i, c in enumerate(chosen) if c is resources]
            decided = self._process([events[i] for i in places], resources)
            answers.update(zip(places, decided, strict=True))
        return [answers[i] for i in range(len(events))]

    def _process(self, events: Sequence[Event], resources: Resources) -> list[Event | Dead]:
        try:
            return _checked(self.stage.process(events, resources), len(events))
        except STOPPING:
            raise
        except Exception as error:  # noqa: BLE001  (whatever a processor does is its event's end)
            if len(events) > 1:  # find the one that raises, keep the others
                return [self._process([e], resources)[0] for e in events]
            # only the type: an exception's text may quote the customer
            return [Dead("raised", f"{type(error).__name__} in {self.stage.name}")]

    def _seal(self, events: Sequence[Event]) -> list[Event | Dead]:
        sealed = self.seals.seal_all(events)
        return [
            Dead("erased", "the person is erased") if isinstance(e, Erased) else e for e in sealed
        ]

    def _outgoing(self, record: Incoming, answer: Event | Dead, producer: Producer) -> Outgoing:
        if isinstance(answer, Dead):
            return _letter(record, answer, producer)
        value = self.codec.encode(answer)
        limit = self.limits[self.stage.target]
        if len(value) + HEADROOM > limit:
            text = f"the answer has {len(value)} bytes, {self.stage.target} takes {limit}"
            return _letter(record, Dead("oversize", text), producer)
        return Outgoing(self.stage.target, record.key, value, self._headers(record, answer))

    def _headers(self, record: Incoming, event: Event) -> list[tuple[str, str | bytes | None]]:
        """CloudEvents 1.0 attributes (Kafka binary mode), W3C trace context, coordinates."""
        return [
            *event_headers(self.stage.target, event, record.headers),
            ("source", coordinates(record)),
        ]


def _letter(record: Incoming, dead: Dead, producer: Producer) -> Outgoing:
    headers: list[tuple[str, str | bytes | None]] = [
        ("reason", dead.reason),
        ("message", dead.message),
        ("source", coordinates(record)),
        ("stage", producer.name),
        ("version", producer.version),
    ]
    value = b"" if dead.reason == "erased" else record.value or b""
    return Outgoing(dead_topic(record.topic), record.key, value, headers, dead.reason)


def event_headers(
    topic: str, event: Event, incoming: Sequence[tuple[str, bytes]] = ()
) -> list[tuple[str, str | bytes | None]]:
    """What goes with every event; subject is the ticket id, never the mail's subject."""
    return [
        ("ce_specversion", "1.0"),
        ("ce_id", str(event.event_id)),
        ("ce_type", topic),
        ("ce_source", f"/{event.shop}/{event.producer.name}"),
        ("ce_subject", event.ticket_id),
        ("ce_time", event.occurred_at.isoformat()),
        ("content-type", "application/avro"),
        ("traceparent", _traceparent(event, incoming)),
    ]


def _traceparent(event: Event, incoming: Sequence[tuple[str, bytes]]) -> str:
    """The trace that came with the event, else one of the ticket id; the span is the event."""
    came = next((v for k, v in incoming if k == "traceparent"), b"").decode("ascii", "replace")
    parts = came.split("-")
    known = len(parts) == 4 and len(parts[1]) == 32  # noqa: PLR2004
    trace = parts[1] if known else blake2b(event.ticket_id.encode(), digest_size=16).hexdigest()
    return f"00-{trace}-{event.event_id.hex[:16]}-01"


def _checked(answers: Sequence[Event | Dead], wanted: int) -> list[Event | Dead]:
    if len(answers) != wanted:
        raise ValueError(f"{len(answers)} answers to {wanted} events")
    return list(answers)


def _on_events(
    items: Sequence[Event | Dead], step: Callable[[Sequence[Event]], list[Event | Dead]]
) -> list[Event | Dead]:
    """The step on those that live, each back in its place."""
    events = [i for i in items if not isinstance(i, Dead)]
    results = iter(step(events) if events else ())
    return [i if isinstance(i, Dead) else next(results) for i in items]


def _erased_is_dead(event: Event, fields: frozenset[str]) -> Event | Dead:
    if any(getattr(event, name, None) == ERASED for name in fields):
        return Dead("erased", "the person is erased")
    return event
