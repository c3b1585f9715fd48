"""The read models on a real broker: caught up, kept up, and honest about a broker that is not."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Producer
from sqlalchemy import func, select
from structlog.testing import capture_logs
from tests.unit.schemas.samples import SAMPLES, TICKET

from ticketstream.projections.dead import dead
from ticketstream.projections.store import ReadModels, read_engine
from ticketstream.projections.timeline import timeline
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import BrokerError
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.stream.local import broker
from ticketstream.stream.project import project_to_end, run_project
from ticketstream.stream.topics import create

pytestmark = pytest.mark.system

CODEC = Codec()
HEADERS = [("reason", b"raised"), ("stage", b"mask"), ("source", b"ticket.received/0/5")]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[ReadModels]:
    engine = read_engine(f"sqlite:///{tmp_path / 'read.db'}")
    yield ReadModels(engine)
    engine.dispose()


def write(brokers: str, *, commit: bool = True) -> None:
    """Every sample event, a dead letter, a tombstone and a broken record, in one transaction."""
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": "test-project"})
    producer.init_transactions(30)
    producer.begin_transaction()
    for event in SAMPLES:
        producer.produce(TOPIC_OF[type(event)], CODEC.encode(event), TICKET)
    producer.produce("ticket.received.dead", b"payload", b"Lena Invented", headers=HEADERS)
    producer.produce("ticket.received", None, TICKET)
    producer.produce("ticket.masked", b"broken", TICKET)
    if commit:
        producer.commit_transaction(30)
    else:
        producer.flush(10)
        producer.abort_transaction(30)


def count(store: ReadModels) -> int:
    with store.engine.connect() as connection:
        return connection.execute(select(func.count()).select_from(timeline)).scalar_one()


async def until(true: Callable[[], bool], seconds: float = 60) -> None:
    end = asyncio.get_running_loop().time() + seconds
    while not true():
        assert asyncio.get_running_loop().time() < end
        await asyncio.sleep(0.1)


async def running(
    task: Awaitable[None], stop: asyncio.Event, *steps: Callable[[], Awaitable[None]]
) -> None:
    """The task in the background while the steps run one after another."""
    background = asyncio.ensure_future(task)
    try:
        for step in steps:
            await step()
    finally:
        stop.set()
        await asyncio.wait_for(background, 30)


def test_what_is_committed_is_read_once_and_what_was_aborted_never(
    tmp_path: Path, cache: Path, store: ReadModels
) -> None:
    with broker.start(tmp_path / "kafka", cache, die_with_parent=True) as kafka:
        create(kafka.bootstrap, 2)
        write(kafka.bootstrap, commit=False)
        assert asyncio.run(project_to_end(kafka.bootstrap, store, CODEC)).read == 0
        write(kafka.bootstrap)
        with capture_logs() as logs:
            done = asyncio.run(project_to_end(kafka.bootstrap, store, CODEC))
        assert (done.read, done.skipped) == (len(SAMPLES) + 3, 2)
        assert any(line.get("reason") == "undecodable" for line in logs)
        assert not any("Lena" in str(line) for line in logs)
        assert count(store) == len(SAMPLES)
        with store.engine.connect() as connection:
            letter = connection.execute(select(dead)).one()
        assert (letter.reason, letter.source, letter.ticket_id) == (
            "raised", "ticket.received/0/5", "",
        )  # fmt: skip
        assert asyncio.run(project_to_end(kafka.bootstrap, store, CODEC)).read == 0

    broker.wipe(tmp_path / "kafka")
    with broker.start(tmp_path / "kafka", cache, die_with_parent=True) as kafka:
        with pytest.raises(BrokerError, match="missing topics"):
            asyncio.run(project_to_end(kafka.bootstrap, store, CODEC))
        create(kafka.bootstrap, 2)
        with pytest.raises(BrokerError, match="project --rebuild"):
            asyncio.run(project_to_end(kafka.bootstrap, store, CODEC))


def test_a_reader_goes_on_when_the_broker_returns_and_when_its_models_are_thrown_away(
    tmp_path: Path, cache: Path, store: ReadModels
) -> None:
    home = tmp_path / "kafka"
    address = broker.start(home, cache, die_with_parent=True).bootstrap
    create(address, 2)
    stop = asyncio.Event()

    async def first() -> None:
        await asyncio.to_thread(write, address)
        await until(lambda: count(store) == len(SAMPLES))

    async def restarted() -> None:
        broker.stop(home)
        await asyncio.sleep(3)
        await asyncio.to_thread(broker.start, home, cache, die_with_parent=True)
        before = store.pulse()
        await asyncio.to_thread(write, address)
        await until(lambda: store.pulse() != before)

    async def thrown_away() -> None:
        store.rebuild()
        await asyncio.to_thread(write, address)
        await until(lambda: count(store) == len(SAMPLES))

    try:
        asyncio.run(
            running(run_project(address, store, CODEC, stop), stop, first, restarted, thrown_away)
        )
    finally:
        broker.stop(home)


def test_a_start_without_a_broker_fails_in_one_line(store: ReadModels) -> None:
    with pytest.raises(BrokerError, match="no Kafka broker answers at 127") as caught:
        asyncio.run(run_project("127.0.0.1:9", store, CODEC, asyncio.Event()))
    assert "\n" not in str(caught.value)
