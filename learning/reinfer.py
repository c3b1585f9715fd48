"""Stored events of a topic, and a stage -> what it answers today, beside what it answered then.

The stage is the real one with the real codec and seals; nothing is written but, where it is asked
for, marked answers to a topic of their own.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any
from uuid import UUID

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, Send
from ticketstream.schemas.envelope import Event, Producer, answer_id
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read
from ticketstream.stream.work import Work

SHOWN = 30  # moves and tickets that are listed
NEVER = Send("never", ("replay",))  # what nobody asked for is never sent


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared of a stage's answer.

    Attributes:
        said: its labels, its status, or what it found.
        rests_on: the sources of a draft.
        number: confidence, grounding, or how much was found.
    """

    said: str
    rests_on: frozenset[str] = frozenset()
    number: float = 0.0


ANSWERS: Mapping[str, Callable[[Any], Answer]] = {
    "ticket.masked": lambda e: Answer(
        ", ".join(f"{kind} {count}" for kind, count in sorted(e.findings.items())) or "nothing",
        number=float(sum(e.findings.values())),
    ),
    "ticket.classified": lambda e: Answer(f"{e.sub_category} / {e.intent}", number=e.confidence),
    "draft.created": lambda e: Answer(
        e.status, frozenset(s.chunk_id for s in e.sources), e.grounding
    ),
}


@dataclass(frozen=True, slots=True)
class Move:
    """Tickets that were answered so then and are answered so now."""

    before: str
    after: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Reinferred:
    """What came of it.

    Attributes:
        producer: the mark on what was published, and on nothing else.
        compared: events with an answer then and now; the rest is counted beneath.
        moved, sources_moved: answers that say something else, or rest on something else.
        number_before, number_after: means of confidence, grounding, or findings.
        first_answers: events that had no stored answer.
        dead: events without an answer now, by reason; `erased` are those of forgotten people.
        matrix: the commonest pairs, those that stayed the same among them.
        tickets: some whose answer moved.
    """

    producer: Producer
    compared: int
    moved: int
    sources_moved: int
    number_before: float
    number_after: float
    first_answers: int
    dead: Mapping[str, int]
    matrix: Sequence[Move]
    tickets: Sequence[str]


@dataclass(slots=True)
class Tally:
    """Answers as they come, counted."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    sources_moved: int = 0
    before: float = 0.0
    after: float = 0.0
    first: int = 0
    tickets: list[str] = field(default_factory=list)

    def add(self, ticket_id: str, old: Answer | None, new: Answer) -> None:
        if old is None:
            self.first += 1
            return
        self.pairs[old.said, new.said] += 1
        self.before += old.number
        self.after += new.number
        self.sources_moved += old.rests_on != new.rests_on
        if old.said != new.said and len(self.tickets) < SHOWN:
            self.tickets.append(ticket_id)

    def result(self, producer: Producer) -> Reinferred:
        compared = self.pairs.total()
        return Reinferred(
            producer=producer,
            compared=compared,
            moved=sum(n for (old, new), n in self.pairs.items() if old != new),
            sources_moved=self.sources_moved,
            number_before=self.before / compared if compared else 0.0,
            number_after=self.after / compared if compared else 0.0,
            first_answers=self.first,
            dead=dict(sorted(self.dead.items())),
            matrix=[Move(*pair, n) for pair, n in self.pairs.most_common(SHOWN)],
            tickets=self.tickets,
        )


@dataclass(frozen=True, slots=True)
class Trial:
    """A stage on trial.

    Attributes:
        work: the stage with its resources.
        name: of the trial; with the stage's version it marks what is published.
        emit: takes each marked answer; None where nothing is published.
        tell: is told how many events were answered.
    """

    work: Work
    name: str
    emit: Callable[[str, Event], None] | None = None
    tell: Callable[[int], None] = lambda _: None

    @property
    def topic(self) -> str:
        """Where marked answers go: never the live topic."""
        return f"{self.work.stage.target}.replay.{self.name}"

    def producer(self, made: Producer) -> Producer:
        """The mark: no live stage has such a name."""
        return Producer(f"{made.name}.replay", f"{made.version}+{self.name}")


def answers_then(records: Iterable[Read], topic: str, codec: Codec) -> dict[UUID, Answer]:
    """What was stored, by the event that it answers; of several the last."""
    found: dict[UUID, Answer] = {}
    for record in records:
        try:
            event: Event = codec.decode(EVENTS[topic], record.value or b"")
        except UndecodableError:
            continue
        if event.cause_id is not None:
            found[event.cause_id] = ANSWERS[topic](event)
    return found


def reinfer(trial: Trial, records: Iterable[Read], then: Mapping[UUID, Answer]) -> Reinferred:
    """Answer the records again, each event once, and compare."""
    tally, told = Tally(), 0
    producer = trial.producer(trial.work.begin()("").producer)
    for part in _parts(_once(trial, records), trial.work.stage.largest_batch):
        for outgoing in trial.work(part):
            if outgoing.dead:
                tally.dead[outgoing.dead] += 1
                continue
            event: Event = trial.work.codec.decode(EVENTS[trial.work.stage.target], outgoing.value)
            old = then.get(event.cause_id) if event.cause_id else None
            tally.add(event.ticket_id, old, ANSWERS[trial.work.stage.target](event))
            if trial.emit is not None:
                trial.emit(trial.topic, marked(event, trial))
        told += len(part)
        trial.tell(told)
    return tally.result(producer)


def marked(event: Event, trial: Trial) -> Event:
    """The answer under the trial's name, with an id of its own; a draft is never sent."""
    producer = trial.producer(event.producer)
    assert event.cause_id is not None
    changes: dict[str, Any] = {"producer": producer}
    changes["event_id"] = answer_id(replace(event, event_id=event.cause_id), producer)
    if isinstance(event, DraftCreated):
        changes["send"] = NEVER
    return replace(event, **changes)


def _once(trial: Trial, records: Iterable[Read]) -> Iterator[Read]:
    """The records with a value, without those that say an event again."""
    kind, seen = EVENTS[trial.work.stage.source], set[UUID]()
    for record in records:
        if record.value is None:
            continue
        try:
            event: Event = trial.work.codec.decode(kind, record.value)
        except UndecodableError:
            yield record  # it is counted as the dead letter that it would be
            continue
        if event.event_id not in seen:
            seen.add(event.event_id)
            yield record


def _parts(records: Iterator[Read], size: int) -> Iterator[list[Read]]:
    while part := list(islice(records, size)):
        yield part
