"""Faust as a host: it assigns partitions, fetches and runs the agent; it never commits or sends.

Each override below takes something away from faust-streaming 0.15.3 that loses, doubles or stalls
events, or reads a private name; tests/system/test_canaries.py holds every such fact.
"""

import asyncio
import struct
from collections.abc import Callable, Iterator
from typing import Any

import faust
from faust.transport.drivers import aiokafka as driver
from faust.types.tuples import ConsumerMessage
from mode import CrashingSupervisor

from ticketstream.stream.record import TopicPartition

FETCH = 1_000  # records a fetch; the loop cuts them into the stage's slices
SESSION_S = 10.0
REBALANCE_S = 30.0


def group_metadata(group: str, generation: int, member: str) -> bytes:
    """What librdkafka's `consumer_group_metadata()` returns for a member of a generation.

    Built here because the member is aiokafka's, while librdkafka fences the transaction with it
    (KIP-447). Layout: `CGMDv2:`, int32 generation, group NUL, member NUL, 0x01 (no instance).
    """
    header = b"CGMDv2:" + struct.pack("=i", generation)
    return header + group.encode() + b"\0" + member.encode() + b"\0" + b"\1"


class WholeFetches:
    """Faust's ConsumerScheduler: hands over a whole fetch a partition, not record by record."""

    def iterate(self, records: dict[Any, list[Any]]) -> Iterator[tuple[Any, list[Any]]]:
        return iter([(place, batch) for place, batch in records.items() if batch])


class PassSchema(faust.Schema):
    """Hands the records through undecoded, so that poison can become a dead letter."""

    def loads_key(self, _app: Any, _message: Any, **_kwargs: Any) -> None:
        """No key: a fetch has many."""

    def loads_value(self, _app: Any, message: Any, **_kwargs: Any) -> Any:
        return message.value


class CommittedThread(driver.AIOKafkaConsumerThread):
    """A consumer thread that sees committed transactions only; Faust has no setting for it."""

    def _create_worker_consumer(self, transport: Any) -> Any:
        consumer = super()._create_worker_consumer(transport)
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        return consumer


class FetchConsumer(driver.Consumer):
    """One Faust message is one fetch of one partition; Faust commits nothing."""

    def _new_consumer_thread(self) -> Any:
        return CommittedThread(self, loop=self.loop, beacon=self.beacon)

    def _to_message(self, tp: Any, record: Any) -> Any:
        last = record[-1]
        return ConsumerMessage(
            last.topic,
            last.partition,
            last.offset,
            last.timestamp / 1000,
            last.timestamp_type,
            (),
            None,
            record,
            None,
            0,
            0,
            tp,
            generation_id=self.app.consumer_generation_id,
        )

    async def _add_gap(self, tp: Any, offset_from: int, offset_to: int) -> None:
        """Gaps (transaction markers, compaction) are the loop's own business."""

    async def commit(self, *_: Any, **_kwargs: Any) -> bool:
        """Offsets are committed inside the loop's transaction, nowhere else."""
        self._acked.clear()
        self._acked_index.clear()
        self._gap.clear()
        return False


class FetchTransport(driver.Transport):
    """aiokafka with the consumer above."""

    Consumer = FetchConsumer


class StageApp(faust.App):
    """One Faust app, one consumer group, for one stage.

    `assigned(generation, metadata, partitions)` is called for every assignment, on the event
    loop and briefly: no heartbeats are sent meanwhile. `on_begin` runs once before it consumes.
    """

    def __init__(
        self,
        group: str,
        brokers: str,
        datadir: str,
        *,
        assigned: Callable[[int, bytes, frozenset[TopicPartition]], None],
        on_begin: Callable[[], None],
        session_timeout: float = SESSION_S,
        rebalance_timeout: float = REBALANCE_S,
        fetch: int = FETCH,
    ) -> None:
        super().__init__(
            group,
            broker=[f"kafka://{b.strip()}" for b in brokers.split(",")],
            datadir=datadir,
            store="memory://",
            processing_guarantee="at_least_once",
            ConsumerScheduler=WholeFetches,
            agent_supervisor=CrashingSupervisor,
            web_enabled=False,
            table_standby_replicas=0,
            topic_disable_leader=True,
            topic_allow_declare=False,
            stream_wait_empty=True,
            stream_buffer_maxsize=4,
            broker_commit_interval=1.0,
            broker_max_poll_records=fetch,
            broker_session_timeout=session_timeout,
            broker_heartbeat_interval=min(2.0, session_timeout / 3),
            broker_rebalance_timeout=rebalance_timeout,
        )
        self._assigned = assigned
        self._on_begin = on_begin

    def _new_transport(self) -> Any:
        return FetchTransport(self.conf.broker_consumer, self)

    async def on_start(self) -> None:
        await asyncio.get_running_loop().run_in_executor(None, self._on_begin)
        await super().on_start()

    async def _on_partitions_assigned(self, assigned: Any, generation_id: int = 0) -> None:
        coordinator = self.consumer._thread._consumer._coordinator  # noqa: SLF001
        if coordinator.generation != generation_id:
            await self.crash(RuntimeError("the group moved on while partitions were assigned"))
            return
        metadata = group_metadata(self.conf.id, generation_id, coordinator.member_id)
        places = frozenset(TopicPartition(tp.topic, tp.partition) for tp in assigned)
        self._assigned(generation_id, metadata, places)
        await super()._on_partitions_assigned(assigned, generation_id)
