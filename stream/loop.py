"""Fetches in, committed slices out: the blocking half of the loop (its contract: stage.py)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from confluent_kafka import KafkaException, Producer
from confluent_kafka import TopicPartition as Place

from ticketstream.schemas.errors import TicketstreamError
from ticketstream.stream.committed import committed_offsets
from ticketstream.stream.faust_app import group_metadata
from ticketstream.stream.limits import DeadLimit
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.record import Incoming, Outgoing, TopicPartition, Transform
from ticketstream.stream.suspects import Mark, Suspects
from ticketstream.stream.watchdog import Watchdog

TIMEOUT = 30.0  # seconds for any one call to the broker

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class LoopSettings:
    """What one worker needs to know.

    Attributes:
        group: consumer group; also the first part of the transactional id.
        worker: a stable id of this worker; two live workers of one id fence each other.
        slice_size: the most records of one transform call and one transaction.
        deadline: seconds a slice may take before the process is ended.
        bury: dead letters for records that killed the worker before.
        transaction_timeout: seconds after which the broker aborts what a dead worker left open.
    """

    brokers: str
    group: str
    source: str
    worker: str
    state: Path
    slice_size: int = 1_000
    deadline: float = 60.0
    transaction_timeout: float = 15.0
    session_timeout: float = 10.0
    rebalance_timeout: float = 30.0
    fetch: int = 1_000
    fenced: bool = True  # False only in the control experiment of the chaos run


@dataclass(slots=True)
class Single:
    """A partition over which the worker died before: read event by event for a while."""

    mark: Mark
    left: int


@dataclass(slots=True)
class Assignment:
    """What one generation gave this worker; `next` is where each partition goes on."""

    generation: int
    metadata: bytes
    places: frozenset[TopicPartition]
    next: dict[TopicPartition, int] = field(default_factory=dict)
    singly: dict[TopicPartition, Single] = field(default_factory=dict)
    settled: bool = False


@dataclass(frozen=True, slots=True)
class Fetch:
    """Records of one partition that were read under one generation."""

    place: TopicPartition
    generation: int
    records: Sequence[Incoming]


class Loop:
    """The blocking half: takes fetches, commits slices. Runs on one thread only."""

    def __init__(
        self,
        settings: LoopSettings,
        transform: Transform,
        bury: Transform,
        metrics: Metrics,
    ) -> None:
        self.settings = settings
        self.transform = transform
        self.bury = bury
        self.metrics = metrics
        self.assignment: Assignment | None = None
        self.suspects = Suspects(settings.state / "marks")
        self.dead_limit = DeadLimit()
        self.watchdog = Watchdog(settings.deadline, settings.group)
        self.failure: BaseException | None = None
        self._producer: Producer | None = None

    def begin(self) -> None:
        """Make the producer; fences and aborts what an earlier worker of this id left open."""
        self._producer = Producer(
            {
                "bootstrap.servers": self.settings.brokers,
                "log_level": 3,  # errors: what is tried again by itself is no news
                "transactional.id": f"{self.settings.group}-{self.settings.worker}",
                "transaction.timeout.ms": int(self.settings.transaction_timeout * 1000),
                "partitioner": "murmur2_random",
                "linger.ms": 1,
                "message.max.bytes": 16_000_000,
                "queue.buffering.max.messages": 200_000,
            }
        )
        self._producer.init_transactions(2 * TIMEOUT)
        log.info("worker_ready", stage=self.settings.group, worker=self.settings.worker)

    def assign(self, generation: int, metadata: bytes, places: frozenset[TopicPartition]) -> None:
        """A new generation; fetches of older ones are stale from now on."""
        if not self.settings.fenced:
            metadata = group_metadata(self.settings.group, -1, "")
        self.assignment = Assignment(generation, metadata, places)
        self.metrics.assigned.set(len(places))
        log.info("assigned", stage=self.settings.group, generation=generation, parts=len(places))

    def take(self, fetches: Sequence[Fetch]) -> int:
        """Commit the fetches slice by slice; returns the number of records answered."""
        assignment = self.assignment
        if assignment is None:
            return 0
        if not assignment.settled:
            self._settle(assignment)
        done = 0
        for batch in self._slices(self._fresh(fetches, assignment), assignment):
            if self.assignment is not assignment:
                break  # rebalanced meanwhile: whoever owns the partitions now reads the rest
            done += self._commit(batch, assignment)
        return done

    def failed(self, error: BaseException) -> None:
        """The process is about to end by an exception."""
        self.failure = error
        name = type(error).__name__
        log.error("worker_failed", stage=self.settings.group, error=name, detail=_detail(error))

    def forget_marks(self) -> None:
        """The process ends by itself, so no event killed it."""
        for place in self.assignment.places if self.assignment else ():
            self.suspects.clear(place)

    def _settle(self, assignment: Assignment) -> None:
        offsets = committed_offsets(self.settings.brokers, self.settings.group, assignment.places)
        for place, offset in offsets.items():
            assignment.next[place] = offset
            mark = self.suspects.begin(place, offset)
            if self.suspects.single(mark):
                log.warning("reading_singly", stage=self.settings.group, offset=offset)
                assignment.singly[place] = Single(mark, self.settings.slice_size)
        assignment.settled = True

    def _fresh(
        self, fetches: Iterable[Fetch], assignment: Assignment
    ) -> Iterator[tuple[TopicPartition, Incoming]]:
        """The records behind the committed offsets, read under this generation."""
        position = dict(assignment.next)
        for fetch in fetches:
            if fetch.generation != assignment.generation or fetch.place not in position:
                continue
            for record in fetch.records:
                if record.offset >= position[fetch.place]:
                    position[fetch.place] = record.offset + 1
                    yield fetch.place, record

    def _slices(
        self, fresh: Iterable[tuple[TopicPartition, Incoming]], assignment: Assignment
    ) -> Iterator[list[tuple[TopicPartition, Incoming]]]:
        batch: list[tuple[TopicPartition, Incoming]] = []
        for place, record in fresh:
            alone = place in assignment.singly
            if batch and (alone or len(batch) == self.settings.slice_size):
                yield batch
                batch = []
            batch.append((place, record))
            if alone:
                yield batch
                batch = []
        if batch:
            yield batch

    def _commit(
        self, batch: Sequence[tuple[TopicPartition, Incoming]], assignment: Assignment
    ) -> int:
        records = [record for _, record in batch]
        with self.watchdog.watching(), self.metrics.transform_seconds.time():
            outputs = self._transform(batch[0][0], records, assignment)
        ends = {place: record.offset + 1 for place, record in batch}
        self._transact(outputs, ends, assignment)
        assignment.next.update(ends)
        self.metrics.slice_done(len(records), outputs)
        self.dead_limit.note(outputs)
        return len(records)

    def _transform(
        self, place: TopicPartition, records: Sequence[Incoming], assignment: Assignment
    ) -> list[Outgoing]:
        single = assignment.singly.get(place)
        if single is None:
            return self.transform(records)
        single.left -= 1
        if single.left <= 0:
            del assignment.singly[place]
        if self.suspects.guilty(single.mark, records[0].offset):
            log.error("suspect_buried", stage=self.settings.group, offset=records[0].offset)
            return self.bury(records)
        single.mark = self.suspects.trying(place, single.mark, records[0].offset)
        return self.transform(records)

    def _transact(
        self,
        outputs: Sequence[Outgoing],
        ends: Mapping[TopicPartition, int],
        assignment: Assignment,
    ) -> None:
        producer = self._producer
        if producer is None:
            raise RuntimeError("begin() was not called")
        with self.metrics.commit_seconds.time():
            producer.begin_transaction()
            for count, out in enumerate(outputs):
                producer.produce(out.topic, out.value, out.key, headers=out.headers)
                if count % 1000 == 0:
                    producer.poll(0)
            offsets = [Place(place.topic, place.partition, end) for place, end in ends.items()]
            producer.send_offsets_to_transaction(offsets, assignment.metadata, TIMEOUT)
            producer.commit_transaction(TIMEOUT)  # flushes; fails if any record failed


def _detail(error: BaseException) -> str:
    """What may be logged: Kafka's own words and ours, never another exception's text."""
    if isinstance(error, (KafkaException, TicketstreamError)):
        return str(error)
    return ""
