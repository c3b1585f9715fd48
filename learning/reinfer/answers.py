"""Events of a stage -> what of its answers is compared."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from math import floor
from typing import Any
from uuid import UUID

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import Read


@dataclass(frozen=True, slots=True)
class Answer:
    """What is compared of a stage's answer.

    Attributes:
        said: its labels, its status, or what it found.
        rests_on: the sources of a draft.
        number: confidence, grounding, or how much was found.
        band: the tenth in which confidence or grounding lies; empty for mask.
        found: values by type that mask found.
    """

    said: str
    rests_on: frozenset[str] = frozenset()
    number: float = 0.0
    band: str = ""
    found: Mapping[str, int] = field(default_factory=dict)


def _masked(event: Any) -> Answer:
    found = dict(sorted(event.findings.items()))
    said = ", ".join(f"{kind} {count}" for kind, count in found.items()) or "nothing"
    return Answer(said, number=float(sum(found.values())), found=found)


def _classified(event: Any) -> Answer:
    pair = f"{event.sub_category} / {event.intent}"
    return Answer(pair, number=event.confidence, band=band_of(event.confidence))


def _drafted(event: Any) -> Answer:
    sources = frozenset(s.chunk_id for s in event.sources)
    return Answer(event.status, sources, event.grounding, band_of(event.grounding))


ANSWERS: Mapping[str, Callable[[Any], Answer]] = {
    "ticket.masked": _masked,
    "ticket.classified": _classified,
    "draft.created": _drafted,
}


def band_of(share: float) -> str:
    """The tenth of a number from 0 to 1; 1 is in the last, as is what a bonus lifts above it."""
    # a hair, for floats: 0.3 * 10 is 2.9999...
    place = min(max(floor(share * 10 + 1e-9), 0), 9)
    return f"{place / 10:.1f} to {(place + 1) / 10:.1f}"


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
