"""A Kafka in memory for the same transforms: a list in, a list out, with crashes in between.

The twin of the real log in everything the loop's contract speaks of: offsets, keys, and outputs
that become visible together with the position behind their inputs, or not at all.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from ticketstream.stream.record import Headers, Outgoing, TopicPartition, Transform


@dataclass(frozen=True, slots=True)
class MemoryRecord:
    """A record in the memory log."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: Headers = ()


class CrashError(Exception):
    """The worker died here: nothing of the open transaction is seen."""


@dataclass(slots=True)
class MemoryLog:
    """Topics of one partition each, and the committed offsets of each group."""

    topics: dict[str, list[MemoryRecord]] = field(default_factory=dict)
    committed: dict[tuple[str, TopicPartition], int] = field(default_factory=dict)
    crash_at: set[tuple[str, int]] = field(default_factory=set)

    def append(
        self, topic: str, key: bytes | None, value: bytes | None, headers: Headers = ()
    ) -> int:
        """Write one record; returns its offset."""
        records = self.topics.setdefault(topic, [])
        records.append(MemoryRecord(topic, 0, len(records), key, value, headers))
        return len(records) - 1

    def run(self, group: str, topic: str, transform: Transform, slice_size: int) -> int:
        """Run a stage until its topic is read, starting again after every crash.

        Returns:
            How often the stage was started.
        """
        starts = 1
        while True:
            try:
                self._run_once(group, topic, transform, slice_size)
            except CrashError:
                starts += 1
            else:
                return starts

    def _run_once(self, group: str, topic: str, transform: Transform, slice_size: int) -> None:
        place = (group, TopicPartition(topic, 0))
        records = self.topics.get(topic, [])
        while (start := self.committed.get(place, 0)) < len(records):
            records_in = records[start : start + slice_size]
            outputs = transform(records_in)
            self._crash_if_marked(group, records_in)
            self._commit(outputs)
            self.committed[place] = start + len(records_in)

    def _crash_if_marked(self, group: str, records: Sequence[MemoryRecord]) -> None:
        for record in records:
            if (group, record.offset) in self.crash_at:
                self.crash_at.discard((group, record.offset))
                raise CrashError

    def _commit(self, outputs: Sequence[Outgoing]) -> None:
        for out in outputs:
            headers = [(k, v.encode() if isinstance(v, str) else v or b"") for k, v in out.headers]
            self.append(out.topic, out.key, out.value, headers)
