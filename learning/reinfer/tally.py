"""Answers then and now, as they come -> what differs, in numbers."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from ticketstream.learning.reinfer.answers import Answer
from ticketstream.schemas.envelope import Producer

SHOWN = 30  # moves and tickets that are listed


@dataclass(frozen=True, slots=True)
class Move:
    """Tickets that were answered so then and are answered so now."""

    before: str
    after: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Found:
    """Values of a type that mask found then and finds now."""

    kind: str
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class Reinferred:
    """What came of it.

    Attributes:
        producer: the mark on what was published, and on nothing else.
        compared: events with an answer then and now; the rest is counted beneath.
        moved, sources_moved: answers that say something else, or rest on something else.
        number_before, number_after: means of confidence, grounding, or findings.
        first_answers: events that had no stored answer.
        dead: events without an answer now, by reason; `erased` are those of forgotten people,
            `not_admitted` those that mask never took in.
        matrix: the commonest pairs, those that stayed the same among them.
        bands: confidence or grounding by tenths, all pairs; empty for mask.
        found: values by type; for mask only.
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
    bands: Sequence[Move]
    found: Sequence[Found]
    tickets: Sequence[str]


@dataclass(slots=True)
class Tally:
    """Answers as they come, counted."""

    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    bands: Counter[tuple[str, str]] = field(default_factory=Counter)
    found_before: Counter[str] = field(default_factory=Counter)
    found_after: Counter[str] = field(default_factory=Counter)
    dead: Counter[str] = field(default_factory=Counter)
    sources_moved: int = 0
    before: float = 0.0
    after: float = 0.0
    first: int = 0
    tickets: list[str] = field(default_factory=list)

    def add(self, ticket_id: str, old: Answer | None, new: Answer) -> None:
        """One answer of today, beside the stored one."""
        if old is None:
            self.first += 1
            return
        self.pairs[old.said, new.said] += 1
        if old.band and new.band:
            self.bands[old.band, new.band] += 1
        self.found_before.update(old.found)
        self.found_after.update(new.found)
        self.before += old.number
        self.after += new.number
        self.sources_moved += old.rests_on != new.rests_on
        if old.said != new.said and len(self.tickets) < SHOWN:
            self.tickets.append(ticket_id)

    def result(self, producer: Producer) -> Reinferred:
        """The sums."""
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
            bands=[Move(*pair, n) for pair, n in sorted(self.bands.items())],
            found=[
                Found(kind, self.found_before[kind], self.found_after[kind])
                for kind in sorted({*self.found_before, *self.found_after})
            ],
            tickets=self.tickets,
        )
