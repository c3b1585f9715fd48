"""Topics -> batches of committed records from given positions on, without a consumer group.

The broker may go away and return; positions belong to whoever keeps what was read.
"""

import asyncio
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import asynccontextmanager
from typing import Any

import structlog
from aiokafka import AIOKafkaConsumer
from aiokafka.errors import KafkaError
from aiokafka.structs import TopicPartition

from ticketstream.projections.placed import Place
from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.reading import Read
from ticketstream.stream.topics import TIMEOUT, admin

log = structlog.get_logger("feed")

Places = set[TopicPartition]
Batches = AsyncGenerator[list[Read], None]
Positions = Mapping[Place, int]  # the offset to read next

BATCH = 2_000
POLL_MS = 250
STUCK_SECONDS = 60.0  # without any progress towards the end
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 10.0
GONE = "the broker stopped answering: check it, then run the command again"


async def feed(
    brokers: str, topics: Collection[str], positions: Positions, stop: asyncio.Event
) -> Batches:
    """Batches until `stop` is set; goes on where it was when the broker returns.

    Raises:
        BrokerError: at the start, the broker does not answer or a topic is missing; at any time,
            the broker holds less than was read already.
    """
    places, at = await _there(brokers, topics), dict(positions)
    pause = FIRST_PAUSE
    while not stop.is_set():
        try:
            async with _consumer(brokers, places, at) as consumer:
                async for batch in _batches(consumer, stop):
                    yield batch
                    at.update({Place(r.topic, r.partition): r.offset + 1 for r in batch})
                    pause = FIRST_PAUSE
                places = _known(consumer)
        except KafkaError as error:
            log.warning("broker away", error=type(error).__name__, again_in_seconds=pause)
            await _wait(stop, pause)
            pause = min(2 * pause, LONGEST_PAUSE)


async def feed_to_end(brokers: str, topics: Collection[str], positions: Positions) -> Batches:
    """Batches up to what is committed at the time of the call.

    Raises:
        BrokerError: as `feed`; also when the broker goes away.
    """
    places = await _there(brokers, topics)
    try:
        async with _consumer(brokers, places, positions) as consumer:
            # under read_committed this is the last stable offset; markers lie before it as well
            ends = await consumer.end_offsets(places)
            async for batch in _until(consumer, ends):
                yield batch
    except KafkaError as error:
        raise BrokerError(f"{GONE} ({type(error).__name__})") from error


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
            raise BrokerError(GONE)
        if batch := await _poll(consumer):
            yield batch


async def _batches(consumer: Any, stop: asyncio.Event) -> Batches:
    assigned = consumer.assignment()
    while not stop.is_set():
        if batch := await _poll(consumer):
            yield batch
        elif _known(consumer) > assigned:
            return  # partitions were added: begin again with them


async def _poll(consumer: Any) -> list[Read]:
    found = await consumer.getmany(timeout_ms=POLL_MS, max_records=BATCH)
    return [_read(record) for records in found.values() for record in records]


@asynccontextmanager
async def _consumer(
    brokers: str, places: Places, positions: Positions
) -> AsyncGenerator[Any, None]:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers,
        isolation_level="read_committed",
        enable_auto_commit=False,
        auto_offset_reset="none",
        metadata_max_age_ms=30_000,
    )
    try:
        await consumer.start()
        await _assign(consumer, places, positions)
        yield consumer
    finally:
        await consumer.stop()


async def _assign(consumer: Any, places: Places, positions: Positions) -> None:
    consumer.assign(places)
    first = await consumer.beginning_offsets(places)
    ends = await consumer.end_offsets(places)
    for place in places:
        wanted = positions.get(Place(*place), 0)
        where = f"{place.topic}/{place.partition}"
        if wanted > ends[place]:
            raise BrokerError(
                f"{where} was read up to {wanted}, the broker holds {ends[place]}: it is another "
                "one, or was emptied; run `ticketstream project --rebuild`"
            )
        if 0 < wanted < first[place]:
            log.warning("records expired unread", place=where, lost=first[place] - wanted)
        consumer.seek(place, max(wanted, first[place]))


def _known(consumer: Any) -> Places:
    """The partitions of the assigned topics, as the consumer last heard of them."""
    names = {place.topic for place in consumer.assignment()}
    return {TopicPartition(n, p) for n in names for p in consumer.partitions_for_topic(n) or ()}


async def _there(brokers: str, topics: Collection[str]) -> Places:
    def ask() -> Places:
        found = admin(brokers).list_topics(timeout=TIMEOUT).topics
        if missing := sorted(set(topics) - set(found)):
            raise BrokerError(f"missing topics {missing}: run `ticketstream topics create` first")
        return {TopicPartition(name, p) for name in topics for p in found[name].partitions}

    return await asyncio.to_thread(ask)


def _read(record: Any) -> Read:
    r = record
    return Read(r.topic, r.partition, r.offset, r.timestamp, r.key, r.value, tuple(r.headers))


async def _wait(stop: asyncio.Event, seconds: float) -> None:
    try:
        await asyncio.wait_for(stop.wait(), seconds)
    except TimeoutError:
        return
