"""Stored events of a topic, and a stage -> what it answers today, beside what it answered then.

The stage is the real one with the real codec and seals; nothing is written but, where it is asked
for, marked answers to a topic of their own.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import islice
from typing import Any, NamedTuple
from uuid import UUID

from ticketstream.learning.reinfer.answers import ANSWERS, Answer
from ticketstream.learning.reinfer.tally import Reinferred, Tally
from ticketstream.learning.replay.stored import Wanted
from ticketstream.schemas.draft import DraftCreated, Send
from ticketstream.schemas.envelope import Event, Producer, answer_id
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read
from ticketstream.stream.work import Work

NEVER = Send("never", ("replay",))  # what nobody asked for is never sent
NOT_ADMITTED = "not_admitted"


def everybody(_ticket_id: str) -> bool:
    """Whoever it is."""
    return True


@dataclass(frozen=True, slots=True)
class Trial:
    """A stage on trial.

    Attributes:
        work: the stage with its resources.
        name: of the trial; with the stage's version it marks what is published.
        emit: takes each marked answer; None where nothing is published.
        tell: is told how many events were answered.
        wanted: which events are answered.
        admitted: whether a ticket may be answered at all; the others are counted.
    """

    work: Work
    name: str
    emit: Callable[[str, Event], None] | None = None
    tell: Callable[[int], None] = lambda _: None
    wanted: Wanted = Wanted()  # noqa: RUF009  (frozen)
    admitted: Callable[[str], bool] = everybody

    @property
    def topic(self) -> str:
        """Where marked answers go: never the live topic."""
        return f"{self.work.stage.target}.replay.{self.name}"

    def producer(self, made: Producer) -> Producer:
        """The mark: no live stage has such a name."""
        return Producer(f"{made.name}.replay", f"{made.version}+{self.name}")


class Chosen(NamedTuple):
    """A record to be answered, and its event."""

    record: Read
    event: Event


def reinfer(trial: Trial, records: Iterable[Read], then: Mapping[UUID, Answer]) -> Reinferred:
    """Answer the records again, each event once, and compare."""
    tally, told = Tally(), 0
    producer = trial.producer(trial.work.begin()("").producer)
    for part in _parts(_chosen(trial, records, tally), trial.work.stage.largest_batch):
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


def _chosen(trial: Trial, records: Iterable[Read], tally: Tally) -> Iterator[Read]:
    """The records that are answered: all that are asked for, or the latest of them."""
    found = _asked(trial, records, tally)
    if not trial.wanted.limit:
        return (each.record for each in found)
    newest = nlargest(
        trial.wanted.limit, found, key=lambda c: (c.event.occurred_at, str(c.event.event_id))
    )
    return (each.record for each in reversed(newest))


def _asked(trial: Trial, records: Iterable[Read], tally: Tally) -> Iterator[Chosen]:
    """Each event of the time and shop once; what nobody can answer is counted instead."""
    kind, seen = EVENTS[trial.work.stage.source], set[UUID]()
    for record in records:
        if record.value is None:
            continue
        try:
            event: Event = trial.work.codec.decode(kind, record.value)
        except UndecodableError as error:
            tally.dead[error.reason] += 1  # as the dead letter that it would be
            continue
        if event.event_id in seen or not within(event, trial.wanted):
            continue
        seen.add(event.event_id)
        if trial.admitted(event.ticket_id):
            yield Chosen(record, event)
        else:
            tally.dead[NOT_ADMITTED] += 1


def within(event: Event, wanted: Wanted) -> bool:
    """Whether an event is of the time and the shop that are asked for."""
    day = event.occurred_at.date()
    return (
        (not wanted.shop or event.shop == wanted.shop)
        and (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day < wanted.until)
    )


def _parts(records: Iterator[Read], size: int) -> Iterator[list[Read]]:
    while part := list(islice(records, size)):
        yield part
