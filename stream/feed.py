"""Topics -> batches of committed records from given positions on, without a consumer group.

The broker may go away and return; positions belong to whoever keeps what was read.
"""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from ticketstream.projections.placed import Place
from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.reading import Read

log = structlog.get_logger("feed")

Batches = AsyncGenerator[list[Read], None]
Positions = Mapping[Place, int]  # the offset to read next

BATCH = 2_000
POLL_MS = 250
STUCK_SECONDS = 60.0  # without any progress towards the end
LONGEST_PAUSE = 10.0


async def feed(
    brokers: str, topics: Iterable[str], positions: Positions, stop: asyncio.Event
) -> Batches:
    """Batches until `stop` is set; goes on where it was when the broker returns.

    Raises:
        BrokerError: at the start, the broker does not answer or a topic is missing; at any time,
            the broker holds less than was read already.
    """
    names, at = sorted(topics), dict(positions)
    pause = 0.0
    while not stop.is_set():
        try:
            async with _consumer(brokers, names, at) as consumer:
                pause = 0.5  # it answered once: from now on an absence is waited for
                async for batch in _batches(consumer, names, stop):
                    yield batch
                    at.update({Place(r.topic, r.partition): r.offset + 1 for r in batch})
        except KafkaError as error:
            if not pause:
                raise _no_answer(brokers) from error
            log.warning("broker away", error=type(error).__name__, again_in_seconds=pause)
            await _wait(stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def feed_to_end(brokers: str, topics: Iterable[str], positions: Positions) -> Batches:
    """Batches up to what is committed at the time of the call.

    Raises:
        BrokerError: as `feed`; also when nothing moves for a minute.
    """
    names = sorted(topics)
    try:
        async with _consumer(brokers, names, positions) as consumer:
            # under read_committed this is the last stable offset; markers lie before it as well
            ends = await consumer.end_offsets(consumer.assignment())
            async for batch in _until(consumer, ends):
                yield batch
    except KafkaError as error:
        raise _no_answer(brokers) from error


async def _until(consumer: Any, ends: Mapping[Any, int]) -> Batches:
    moved = asyncio.get_running_loop().time()
    before: dict[Any, int] = {}
    while True:
        # a position moves over transaction markers too, which are no records
        now = {place: await consumer.position(place) for place in ends}
        if all(now[place] >= end for place, end in ends.items()):
            return
        clock = asyncio.get_running_loop().time()
        moved, before = (clock, now) if now != before else (moved, before)
        if clock - moved > STUCK_SECONDS:
            raise BrokerError("the broker stopped answering: check it, then run the command again")
        if batch := await _poll(consumer):
            yield batch


async def _batches(consumer: Any, names: list[str], stop: asyncio.Event) -> Batches:
    assigned = consumer.assignment()
    while not stop.is_set():
        if batch := await _poll(consumer):
            yield batch
        elif _places(consumer, names) > assigned:
            return  # partitions were added: begin again with them


async def _poll(consumer: Any) -> list[Read]:
    found = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
    return [_read(record) for records in found.values() for record in records]


@asynccontextmanager
async def _consumer(brokers: str, names: list[str], positions: Positions) -> AsyncIterator[Any]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        metadata_max_age_ms=30_000,
    )
    try:
        await consumer.start()
        there = await consumer.topics()
        if missing := [name for name in names if name not in there]:
            raise BrokerError(f"missing topics {missing}: run `ticketstream topics create` first")
        await _assign(consumer, names, positions)
        yield consumer
    finally:
        await consumer.stop()


async def _assign(consumer: Any, names: list[str], positions: Positions) -> None:
    places = _places(consumer, names)
    consumer.assign(places)
    first = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    for place in places:
        wanted = positions.get(Place(place.topic, place.partition), 0)
        if wanted > ends[place]:
            raise BrokerError(
                f"{place.topic}/{place.partition} was read up to {wanted}, the broker holds "
                f"{ends[place]}: it is another one, or was emptied; run "
                "`ticketstream project --rebuild`"
            )
        if 0 < wanted < first[place]:
            log.warning("records expired unread", place=f"{place.topic}/{place.partition}",
                        read_up_to=wanted, first_there=first[place])  # fmt: skip
        consumer.seek(place, max(wanted, first[place]))


def _places(consumer: Any, names: list[str]) -> set[TopicPartition]:
    return {TopicPartition(n, p) for n in names for p in consumer.partitions_for_topic(n) or ()}


def _read(record: Any) -> Read:
    r = record
    return Read(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, tuple(r.headers))


def _no_answer(brokers: str) -> BrokerError:
    return BrokerError(
        f"no Kafka broker answers at {brokers}: start one with `ticketstream broker start`, "
        "or set TICKETSTREAM_BROKERS"
    )


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
