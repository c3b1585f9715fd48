"""Which event kills the worker? Marks on disk outlive a death that leaves no exception.

A partition whose committed offset is found a third time in a row is read event by event; an
event that was tried alone twice and is still the first is buried as a suspect. A stop that is
no native death (clean, or an exception) removes the mark.
"""

from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from ticketstream.stream.record import TopicPartition

STARTS_BEFORE_SINGLE = 3
TRIES_BEFORE_BURIAL = 2


@dataclass(frozen=True, slots=True)
class Mark:
    """The offset at which a start found the partition, how often, and tries of it alone."""

    offset: int = -1
    starts: int = 0
    alone: int = 0


@dataclass(slots=True)
class Suspects:
    """The marks of one stage on one host, a file a partition."""

    folder: Path

    def begin(self, place: TopicPartition, offset: int) -> Mark:
        """Note a start at a committed offset."""
        old = self._read(place)
        mark = Mark(offset, old.starts + 1, old.alone) if old.offset == offset else Mark(offset, 1)
        self._write(place, mark)
        return mark

    def single(self, mark: Mark) -> bool:
        return mark.starts >= STARTS_BEFORE_SINGLE

    def guilty(self, mark: Mark, offset: int) -> bool:
        return mark.offset == offset and mark.alone >= TRIES_BEFORE_BURIAL

    def trying(self, place: TopicPartition, mark: Mark, offset: int) -> Mark:
        """Note that one event is about to be tried alone; keeps the partition in single mode."""
        alone = mark.alone + 1 if mark.offset == offset else 1
        mark = Mark(offset, STARTS_BEFORE_SINGLE - 1, alone)
        self._write(place, mark)
        return mark

    def clear(self, place: TopicPartition) -> None:
        """No native death: forget."""
        self._path(place).unlink(missing_ok=True)

    def _path(self, place: TopicPartition) -> Path:
        return self.folder / f"{place.topic}-{place.partition}.mark"

    def _read(self, place: TopicPartition) -> Mark:
        try:
            return Mark(**orjson.loads(self._path(place).read_bytes()))
        except (FileNotFoundError, orjson.JSONDecodeError, TypeError):
            return Mark()  # a torn mark is no evidence

    def _write(self, place: TopicPartition, mark: Mark) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        self._path(place).write_bytes(orjson.dumps(asdict(mark)))
