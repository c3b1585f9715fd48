"""Facts about faust-streaming, aiokafka and confluent-kafka that the loop leans on.

An upgrade that changes one fails here, loudly, and not in somebody's production.
"""

import asyncio
import inspect
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path

import faust
import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka import TopicPartition as AioPartition
from aiokafka.consumer.group_coordinator import GroupCoordinator
from aiokafka.partitioner import DefaultPartitioner
from confluent_kafka import Consumer, KafkaException, Producer, TopicPartition
from faust.transport.consumer import Consumer as FaustConsumer
from faust.transport.drivers import aiokafka as driver

import ticketstream.stream
from ticketstream.stream import publish
from ticketstream.stream.committed import committed_offsets
from ticketstream.stream.faust_app import StageApp, group_metadata
from ticketstream.stream.record import TopicPartition as Place

pytestmark = pytest.mark.system
NewTopic = Callable[..., str]


@pytest.mark.parametrize(
    ("package", "pinned"),
    [("faust-streaming", "0.15.3"), ("aiokafka", "0.14.0"), ("confluent-kafka", "2.16.1")],
)
def test_the_versions_are_those_that_the_loop_was_proven_on(package: str, pinned: str) -> None:
    assert version(package) == pinned


def test_faust_still_has_the_private_names_that_the_loop_overrides() -> None:
    assert list(inspect.signature(FaustConsumer._add_gap).parameters)[1:] == [
        "tp",
        "offset_from",
        "offset_to",
    ]
    assert list(inspect.signature(driver.Consumer._to_message).parameters) == [
        "self",
        "tp",
        "record",
    ]
    assert hasattr(driver.AIOKafkaConsumerThread, "_create_worker_consumer")
    assert hasattr(driver.Consumer, "_new_consumer_thread")
    source = inspect.getsource(FaustConsumer)
    for name in ("_acked", "_acked_index", "_gap"):
        assert f"self.{name}" in source
    assert list(inspect.signature(faust.App._on_partitions_assigned).parameters) == [
        "self",
        "assigned",
        "generation_id",
    ]
    assert "noack_take" in dir(faust.Stream)
    assert "ConsumerScheduler" in dir(faust.Settings)
    coordinator = inspect.getsource(GroupCoordinator)
    assert "self.generation =" in coordinator
    assert "self.member_id =" in coordinator


def test_faust_reads_uncommitted_unless_the_private_setting_is_set() -> None:
    source = inspect.getsource(driver.AIOKafkaConsumerThread)
    assert 'isolation_level: str = "read_uncommitted"' in source
    assert "_isolation_level" in inspect.getsource(AIOKafkaConsumer)


def test_the_loop_uses_nothing_of_faust_that_loses_or_doubles_events() -> None:
    """The list stands in the architecture: exactly_once, take, send_soon, sinks, tables, ..."""
    room = Path(ticketstream.stream.__file__).parent
    text = "".join((room / name).read_text() for name in ("stage.py", "loop.py", "faust_app.py"))
    code = "\n".join(line.split("#")[0] for line in text.splitlines())
    for word in (
        "exactly_once", ".take(", "take_events", "send_soon", "sink=", "Table(", "concurrency=",
        "async for event in",
    ):  # fmt: skip
        assert word not in code, word
    assert 'processing_guarantee="at_least_once"' in code
    assert "CrashingSupervisor" in code
    assert "web_enabled=False" in code


def test_group_metadata_built_here_equals_librdkafkas_own(brokers: str, topic: NewTopic) -> None:
    name = topic()
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": f"g-{name}"})
    consumer.subscribe([name])
    deadline = time.monotonic() + 20
    while not consumer.assignment() and time.monotonic() < deadline:
        consumer.poll(0.2)
    real = bytes(consumer.consumer_group_metadata())
    member = consumer.memberid()
    consumer.close()
    assert real == group_metadata(f"g-{name}", 1, member)


def transactional(brokers: str, name: str, timeout_ms: int = 6_000) -> Producer:
    producer = Producer(
        {
            "bootstrap.servers": brokers,
            "transactional.id": name,
            "transaction.timeout.ms": timeout_ms,
        }
    )
    producer.init_transactions(20)
    return producer


def test_offsets_of_another_generation_are_fenced(brokers: str, topic: NewTopic) -> None:
    name = topic()
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": f"g-{name}"})
    consumer.subscribe([name])
    deadline = time.monotonic() + 20
    while not consumer.assignment() and time.monotonic() < deadline:
        consumer.poll(0.2)
    stale = group_metadata(f"g-{name}", 99, consumer.memberid())
    producer = transactional(brokers, f"x-{name}")
    producer.begin_transaction()
    producer.produce(name, b"v")
    with pytest.raises(KafkaException):
        producer.send_offsets_to_transaction([TopicPartition(name, 0, 1)], stale, 10)
    consumer.close()


def test_the_barrier_waits_for_a_pending_transaction_and_aiokafka_does_not(
    brokers: str, topic: NewTopic
) -> None:
    name = topic()
    group = f"g-{name}"
    consumer = Consumer({"bootstrap.servers": brokers, "group.id": group})
    consumer.subscribe([name])
    deadline = time.monotonic() + 20
    while not consumer.assignment() and time.monotonic() < deadline:
        consumer.poll(0.2)
    producer = transactional(brokers, f"x-{name}", 4_000)
    producer.begin_transaction()
    producer.produce(name, b"v")
    metadata = consumer.consumer_group_metadata()
    producer.send_offsets_to_transaction([TopicPartition(name, 0, 7)], metadata, 10)
    began = time.monotonic()
    assert asyncio.run(_aiokafka_committed(brokers, group, name)) is None
    assert time.monotonic() - began < 2
    producer.commit_transaction(10)
    place = next(iter(committed_offsets(brokers, group, [_place(name)])))
    assert committed_offsets(brokers, group, [_place(name)])[place] == 7
    producer.begin_transaction()
    producer.produce(name, b"v")
    producer.send_offsets_to_transaction([TopicPartition(name, 0, 9)], metadata, 10)
    began = time.monotonic()  # nobody commits: the broker aborts it at its timeout
    assert committed_offsets(brokers, group, [_place(name)])[place] == 7
    assert time.monotonic() - began > 1
    consumer.close()


async def _aiokafka_committed(brokers: str, group: str, name: str) -> int | None:
    consumer = AIOKafkaConsumer(
        bootstrap_servers=brokers, group_id=group, isolation_level="read_committed"
    )
    await consumer.start()
    try:
        consumer.assign([AioPartition(name, 0)])
        return await consumer.committed(AioPartition(name, 0))
    finally:
        await consumer.stop()


def _place(name: str) -> Place:
    return Place(name, 0)


def test_a_group_that_never_committed_starts_at_zero(brokers: str, topic: NewTopic) -> None:
    name = topic()
    assert committed_offsets(brokers, f"g-{name}", [_place(name)]) == {_place(name): 0}


def test_an_aborted_record_is_seen_by_nobody_who_reads_committed(
    brokers: str, topic: NewTopic
) -> None:
    name = topic()
    producer = transactional(brokers, f"x-{name}")
    producer.begin_transaction()
    producer.produce(name, b"aborted")
    producer.flush(5)
    producer.abort_transaction(10)
    producer.begin_transaction()
    producer.produce(name, b"committed")
    producer.commit_transaction(10)
    seen = {}
    for level in ("read_committed", "read_uncommitted"):
        reader = Consumer(
            {"bootstrap.servers": brokers, "group.id": f"{level}-{name}", "isolation.level": level}
        )
        reader.assign([TopicPartition(name, 0, 0)])
        messages = [m for _ in range(10) for m in reader.consume(10, 0.2)]
        seen[level] = [m.value() for m in messages]
        reader.close()
    assert seen == {
        "read_committed": [b"committed"],
        "read_uncommitted": [b"aborted", b"committed"],
    }


def test_confluent_and_aiokafka_put_a_key_into_the_same_partition(
    brokers: str, topic: NewTopic
) -> None:
    name = topic(partitions=7)
    places: dict[bytes, int] = {}
    producer = Producer({"bootstrap.servers": brokers, "partitioner": "murmur2_random"})
    for number in range(50):
        producer.produce(
            name,
            b"",
            b"ticket-%d" % number,
            on_delivery=lambda _, m: places.__setitem__(m.key(), m.partition()),
        )
    producer.flush(10)
    theirs = DefaultPartitioner()
    assert len(places) == 50
    assert all(theirs(key, list(range(7)), list(range(7))) == p for key, p in places.items())


def test_an_idempotent_producer_is_what_a_plain_one_is_not_by_default() -> None:
    """A plain producer reorders on retries; ours never is one."""
    assert '"enable.idempotence": True' in inspect.getsource(publish)


def test_an_oversize_record_raises_when_produced_so_the_transform_must_check(
    brokers: str, topic: NewTopic
) -> None:
    producer = Producer({"bootstrap.servers": brokers, "message.max.bytes": 1_000})
    with pytest.raises(KafkaException, match=r"MSG_SIZE_TOO_LARGE|too large|larger"):
        producer.produce(topic(), b"x" * 2_000)


def test_the_app_is_one_group_without_a_web_server(tmp_path: Path) -> None:
    app = StageApp(
        "mask",
        "127.0.0.1:1",
        str(tmp_path / "d"),
        assigned=lambda g, m, p: None,
        on_begin=lambda: None,
    )
    assert app.conf.id == "mask"
    assert app.conf.web_enabled is False
    assert app.conf.consumer_group_instance_id in {None, ""}
