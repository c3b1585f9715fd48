"""The topics of a broker -> for every stage: in = out + dead + tombstones?"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from ticketstream.schemas.topics import dead_topic
from ticketstream.stream.pipeline import STAGES
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.work import Stage


@dataclass(frozen=True, slots=True)
class Tally:
    """What became of the records of one stage's source. `twice` counts repeated coordinates."""

    stage: str
    came_in: int
    out: int
    dead: int
    tombstones: int
    twice: int
    reasons: dict[str, int] = field(default_factory=dict)

    @property
    def waiting(self) -> int:
        """Records that are not answered yet; below 0 would be an answer too many."""
        return self.came_in - self.out - self.dead - self.tombstones


def census(brokers: str) -> list[Tally]:
    """Count every stage's records, reading each topic once to its present end."""
    names = {n for s in STAGES for n in (s.source, s.target, dead_topic(s.source))}
    by_topic: dict[str, list[Read]] = {name: [] for name in names}
    for record in read_all(brokers, sorted(names)):
        by_topic[record.topic].append(record._replace(value=record.value and b""))
    return [_tally(stage, by_topic) for stage in STAGES]


def _tally(stage: Stage, by_topic: dict[str, list[Read]]) -> Tally:
    came_in = by_topic[stage.source]
    out = [header(r, "source") for r in by_topic[stage.target]]
    dead = [r for r in by_topic[dead_topic(stage.source)] if header(r, "stage") == stage.name]
    sources = Counter(s for s in [*out, *(header(r, "source") for r in dead)] if s)
    return Tally(
        stage.name,
        len(came_in),
        len(out),
        len(dead),
        sum(r.value is None for r in came_in),
        sum(sources.values()) - len(sources),
        dict(Counter(header(r, "reason") for r in dead)),
    )


def header(record: Read, name: str) -> str:
    """A header's text, empty when it is not there."""
    return next((v.decode() for k, v in record.headers if k == name), "")


def settled(tallies: Iterable[Tally]) -> bool:
    """Whether nothing waits at any stage."""
    return all(t.waiting == 0 for t in tallies)
