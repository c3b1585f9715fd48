"""The real loop in real processes on a real broker: slow, hanging, dying, and stopped."""

import json
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer, TopicPartition
from tests.system.chaos import WORKER, chaos

from ticketstream.stream.stage import STOPPED
from ticketstream.stream.watchdog import HUNG

pytestmark = pytest.mark.system
NewTopic = Callable[..., str]


class Bench:
    """Topics of one run, workers on them, and what they wrote."""

    def __init__(self, brokers: str, topic: NewTopic, folder: Path) -> None:
        self.brokers = brokers
        self.source = topic(partitions=2)
        self.target = topic(f"{self.source}-out", partitions=2)
        topic(f"{self.source}-out.dead", partitions=2)
        self.folder = folder
        self.processes: list[subprocess.Popen[bytes]] = []

    def send(self, values: list[bytes]) -> None:
        producer = Producer({"bootstrap.servers": self.brokers, "enable.idempotence": True})
        for value in values:
            producer.produce(self.source, value, b"one key")
        producer.flush(10)

    def start(self, worker: str = "0", **given: object) -> subprocess.Popen[bytes]:
        settings = {
            "brokers": self.brokers,
            "group": self.source,
            "source": self.source,
            "target": self.target,
            "worker": worker,
            "state": str(self.folder / "state"),
            "slice_size": 10,
            "session_timeout": 6.0,
            "sleep": "0",
            "mode": "",
        } | given
        with (self.folder / "log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, str(WORKER), json.dumps(settings)], stdout=log, stderr=log
            )
        self.processes.append(process)
        return process

    def read(self, count: int, seconds: float = 60) -> dict[str, list[bytes]]:
        """Committed outputs by topic, until there are `count` or the time is up."""
        reader = Consumer(
            {
                "bootstrap.servers": self.brokers,
                "group.id": f"{self.source}-v{time.monotonic()}",
                "isolation.level": "read_committed",
            }
        )
        topics = (self.target, f"{self.target}.dead")
        reader.assign([TopicPartition(t, p, 0) for t in topics for p in (0, 1)])
        found: dict[str, list[bytes]] = {"out": [], "dead": []}
        end = time.monotonic() + seconds
        while time.monotonic() < end and sum(map(len, found.values())) < count:
            for message in reader.consume(100, 0.2):
                found["dead" if message.topic().endswith(".dead") else "out"].append(
                    message.value()
                )
        found_more = reader.consume(100, 1.0)
        assert not found_more, "more came out than went in"
        reader.close()
        return found

    def log(self) -> str:
        return (self.folder / "log").read_text(errors="replace")

    def close(self) -> None:
        for process in self.processes:
            if process.poll() is None:
                process.kill()
            process.wait()


@pytest.fixture
def bench(brokers: str, topic: NewTopic, tmp_path: Path) -> Iterator[Bench]:
    made = Bench(brokers, topic, tmp_path)
    yield made
    made.close()


def numbers(count: int) -> list[bytes]:
    return [b"%d" % n for n in range(1, count + 1)]


def test_a_stop_is_clean_and_quick_and_what_was_done_stays_done(bench: Bench) -> None:
    bench.send(numbers(40))
    worker = bench.start()
    found = bench.read(40)
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(15) == 0
    assert Counter(found["out"] + found["dead"]) == Counter(numbers(40))
    assert found["dead"] == [b"17", b"34"]


def test_an_event_over_which_the_worker_dies_natively_is_buried_and_the_rest_goes_on(
    bench: Bench,
) -> None:
    values = [*numbers(5), b"kill", *[b"%d" % n for n in range(100, 105)]]
    bench.send(values)
    starts = 0
    while starts < 8:
        worker = bench.start(mode="native")
        starts += 1
        end = time.monotonic() + 12
        while worker.poll() is None and time.monotonic() < end:
            time.sleep(0.1)
        if worker.poll() is None:
            break
    found = bench.read(len(values))
    assert found["dead"][0] == b"kill" or b"kill" in found["dead"]
    assert Counter(found["out"] + found["dead"]) == Counter(values)
    assert "suspect_buried" in bench.log()
    assert 5 <= starts <= 7


def test_a_slice_that_hangs_ends_the_worker_by_its_deadline(bench: Bench) -> None:
    bench.send([b"hang"])
    worker = bench.start(mode="hang", deadline=2.0)
    assert worker.wait(30) == HUNG
    assert "slice_hangs" in bench.log()


def test_too_many_dead_letters_stop_the_stage_for_good(bench: Bench) -> None:
    bench.send([b"%d" % (17 * n) for n in range(150)])
    worker = bench.start()
    assert worker.wait(30) == STOPPED
    assert "dead list" in bench.log()


@pytest.mark.long
@pytest.mark.timeout(300)
def test_a_stage_slower_than_the_rebalance_timeout_loses_and_doubles_nothing(
    bench: Bench,
) -> None:
    """Ten events take 4 s, the rebalance timeout is 3 s, and a second worker joins in between."""
    bench.send(numbers(60))
    slow = {"sleep": "4", "rebalance_timeout": 3.0, "fetch": 20}
    first = bench.start("0", **slow)
    time.sleep(9)
    bench.start("1", **slow)
    deadline = time.monotonic() + 150
    while time.monotonic() < deadline and len(bench.processes) < 30:
        for index, process in enumerate(list(bench.processes)):
            if process.poll() not in {None, 0} and not getattr(process, "replaced", False):
                process.replaced = True  # type: ignore[attr-defined]
                bench.start("0" if process is first else str(index), **slow)
        if _position(bench) >= 60:
            break
        time.sleep(0.5)
    found = bench.read(60, seconds=40)
    everything = found["out"] + found["dead"]
    assert Counter(everything) == Counter(numbers(60))
    assert found["out"] == [n for n in numbers(60) if int(n) % 17]


def _position(bench: Bench) -> int:
    reader = Consumer({"bootstrap.servers": bench.brokers, "group.id": bench.source})
    places = reader.committed([TopicPartition(bench.source, p) for p in (0, 1)], timeout=10)
    reader.close()
    return sum(max(p.offset, 0) for p in places)


@pytest.mark.timeout(400)
def test_nothing_is_missing_and_nothing_twice_after_random_death(
    tmp_path: Path, cache: Path
) -> None:
    report = chaos(tmp_path, cache, seed=11, seconds=45)
    assert report.clean(), report
    assert report.aborted_transactions >= 5, report
    assert report.fenced_workers >= 1, report
