"""JSON lines -> stages in memory -> JSON lines: the stages as a filter."""

import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import orjson

from ticketstream.doors import intake_door
from ticketstream.doors.equip import labels_of
from ticketstream.doors.intake.lines import received_from_line
from ticketstream.doors.rehearsal import Rehearsal
from ticketstream.doors.settings import Settings
from ticketstream.processors.taxonomy import Labels
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import (
    InvalidEventError,
    TicketstreamError,
    UnreadableMessageError,
)
from ticketstream.schemas.json import from_json, to_json
from ticketstream.schemas.masked import Facts, TicketMasked
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.pipeline import LINE

# a pipe's ids and times are the same in every run, so that two runs can be compared
PIPE_TIME = datetime(2026, 1, 1, tzinfo=UTC)
PIPE_KEY = b"ticketstream pipe"
FACTS = {f.name for f in fields(Facts)}
EXPLAINED = {
    *("spans", "spans_subject", "spans_quoted", "spans_transcript"),
    *("scores_by_name", "intent_scores_by_name"),
}
Came = tuple[Event, Mapping[str, Any]]  # an event with the line that gave it


class LineError(TicketstreamError):
    """A line that is no event and no short form; the message names its number."""


@dataclass(slots=True)
class Pipe:
    """Reads lines, runs the stages, writes what the wanted stages say."""

    settings: Settings
    wanted: Sequence[str]
    explain: bool = False
    rehearsal: Rehearsal = field(init=False)
    wrong: list[LineError] = field(default_factory=list)

    def __post_init__(self) -> None:
        if "draft" in self.wanted:
            intake_door.ensure_knowledge(self.settings)
        self.rehearsal = Rehearsal(self.settings, self.wanted[-1])

    def run(self, lines: Iterable[tuple[int, bytes]]) -> Iterator[dict[str, Any]]:
        """The output lines of a chunk of numbered input lines, ticket by ticket, in their order.

        A line that cannot be read has an `error` in its place and stops no other; `wrong` keeps it.
        """
        read = [(number, self._read(number, line)) for number, line in lines]
        events = [(e, given) for _, (e, given) in read if not isinstance(e, LineError)]
        came = {e.ticket_id: (e, given) for e, given in events}
        said: dict[str, list[dict[str, Any]]] = {ticket_id: [] for ticket_id in came}
        for topic, headers, event in self.rehearsal.run([e for e, _ in events]):
            stage = headers.get("stage") or _stage_of(topic)
            if stage not in self.wanted and isinstance(event, Event):
                continue
            line = self._line(topic, headers, event, came)
            said[line["ticket_id"]].append(line)
        for number, (event, _) in read:
            if isinstance(event, LineError):
                yield {"line": number, "error": str(event)}
            else:
                yield from said.pop(event.ticket_id, [])

    def _read(self, number: int, line: bytes) -> tuple[Event | LineError, Any]:
        try:
            given = _parsed(number, line)
            return self._event(number, given, line), given
        except LineError as error:
            self.wrong.append(error)
            return error, None

    def _event(self, number: int, given: Any, line: bytes) -> Event:
        if isinstance(given, dict) and "topic" in given:
            return _whole(number, given)
        return self._short(number, given, line)

    def _short(self, number: int, given: Any, line: bytes) -> Event:
        context = given.get("context") if isinstance(given, dict) else None
        stated = context if isinstance(context, dict) else {}
        facts = {k: v for k, v in stated.items() if k in FACTS}
        if facts:
            rest = {k: v for k, v in stated.items() if k not in FACTS}
            line = orjson.dumps(given | {"context": rest})
        try:
            ticket = received_from_line(line, self._door(number), f"line {number}")
            if facts:
                self.rehearsal.gate.stated[ticket.ticket_id] = from_json(Facts, facts)
        except UnreadableMessageError as error:
            raise LineError(str(error)) from error
        except InvalidEventError as error:
            raise LineError(f"line {number}: {error}") from error
        return ticket

    def _door(self, number: int) -> Any:
        # a time of its own: two lines that say the same are two tickets
        at = PIPE_TIME + timedelta(microseconds=number)
        return replace(intake_door.door_of(self.settings, PIPE_KEY), received_at=at)

    def _line(
        self, topic: str, headers: Mapping[str, str], event: Any, came: Mapping[str, Came]
    ) -> dict[str, Any]:
        if not isinstance(event, Event):
            names = ("reason", "message", "stage")
            ticket = headers.get("ticket_id", "")
            return {"ticket_id": ticket, "topic": topic, **{n: headers[n] for n in names}}
        line = {"topic": topic, **to_json(event)}
        if self.explain:
            line |= self._explained(event, *came[event.ticket_id])
        return line

    def _explained(self, event: Event, came: Event, given: Mapping[str, Any]) -> dict[str, Any]:
        """Spans in offsets of the incoming text for mask, named scores for classify."""
        if isinstance(event, TicketMasked) and isinstance(came, TicketReceived):
            from ticketstream.doors.explaining import spans_of  # noqa: PLC0415

            resources: Any = self.rehearsal.works["mask"].begin()(came.shop)
            return spans_of(came, given, resources.masker)
        if isinstance(event, TicketClassified):
            return _scores(event, labels_of(self.settings))
        return {}


def _parsed(number: int, line: bytes) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError as error:
        raise LineError(f"line {number} is no JSON: {error}") from error


def _whole(number: int, given: Mapping[str, Any]) -> Event:
    topic = given["topic"]
    sources = [stage.source for stage in LINE]
    if topic not in sources:
        raise LineError(f"line {number}: topic is {topic!r}: use one of {', '.join(sources)}")
    rest = {k: v for k, v in given.items() if k not in {"topic", *EXPLAINED}}
    try:
        event: Event = from_json(EVENTS[topic], rest)
    except InvalidEventError as error:
        raise LineError(f"line {number}: {error}") from error
    return event


def _named(labels: Sequence[str], packed: bytes) -> dict[str, float]:
    values = struct.unpack(f"<{len(packed) // 4}f", packed)
    return {label: round(value, 4) for label, value in zip(labels, values, strict=True)}


def _stage_of(topic: str) -> str:
    return next((stage.name for stage in LINE if stage.target == topic), "")


def _scores(event: TicketClassified, labels: Labels) -> dict[str, Any]:
    """The scores of every label, by name."""
    return {
        "scores_by_name": _named(labels.sub_categories, event.scores),
        "intent_scores_by_name": _named(labels.intents, event.intent_scores),
    }
