"""Random death on a real broker, and what it left behind.

    python -m tests.system.chaos --seconds 600 --seed 7 [--control]

Numbers go in by key; workers are ordered to kill or freeze themselves at a point inside their next
transaction, and are killed, terminated, frozen and resumed from outside, while their number goes
1 -> 2 -> 1. The seed decides the orders and the blows; what the machine was doing when they fell,
it does not. Afterwards a read_committed reader must find every number once, in order per key; one
over which workers were killed again and again may be buried as a suspect, and is counted apart.
The run goes on until every kind of order was carried out, and counts only if at least five
transactions were aborted and one worker was fenced. `--control` takes the fencing away (no group
metadata): then numbers must be found twice, or the run proves nothing.
"""

import argparse
import json
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path

from confluent_kafka import Consumer, Message, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from ticketstream.doors import settings
from ticketstream.stream.local import broker
from ticketstream.stream.local.jars import jars
from ticketstream.stream.local.java import java

PARTITIONS = 4
KEYS = 50
SESSION = 6.0
FENCED = re.compile(
    r"fenced|ILLEGAL_GENERATION|UNKNOWN_MEMBER|INVALID_PRODUCER_EPOCH|moved on", re.IGNORECASE
)
# What a worker is ordered to do, dealt in decks so that no run goes without a kind of it. Half-done
# transactions are what matters: a frozen one that wakes up is fenced, a killed one aborted.
DECK = (
    *(["produced SIGSTOP"] * 2),
    *(["produced SIGKILL"] * 3),
    *("offsets_sent SIGKILL", "offsets_sent SIGSTOP", "begun SIGKILL", "committed SIGKILL"),
)
WORKER = Path(__file__).with_name("loop_worker.py")


@dataclass
class Report:
    """What a run did and what it found."""

    seed: int
    sent: int = 0
    missing: int = 0
    twice: int = 0
    out_of_order: int = 0
    wrong_topic: int = 0
    suspects: int = 0  # buried because the worker was killed over them again and again
    aborted_transactions: int = 0
    fenced_workers: int = 0
    seconds: float = 0.0
    events: dict[str, int] = field(default_factory=dict)

    def counts(self) -> bool:
        return self.aborted_transactions >= 5 and self.fenced_workers >= 1

    def clean(self) -> bool:
        return (self.missing, self.twice, self.out_of_order, self.wrong_topic) == (0, 0, 0, 0)


class Workers:
    """The worker processes, started again whenever one ends."""

    def __init__(self, brokers: str, run: str, folder: Path, *, fenced: bool) -> None:
        self.run = run
        self.folder = folder
        self.events: Counter[str] = Counter()
        self.frozen: dict[int, float] = {}
        self.deck: list[str] = []
        self.decks = 0
        self.ordered = ""
        self.settings = {
            "brokers": brokers,
            "group": run,
            "source": f"{run}-in",
            "target": f"{run}-out",
            "state": str(folder / "state"),
            "slice_size": 50,
            "session_timeout": SESSION,
            "rebalance_timeout": 15.0,
            "fetch": 200,
            "sleep": "0.02",
            "mode": "chaos",
            "fenced": fenced,
        }
        self.live: dict[int, subprocess.Popen[bytes]] = {}
        self._file = folder / "state" / "order-0"
        self._file.parent.mkdir()

    def start(self, number: int) -> None:
        arguments = json.dumps(self.settings | {"worker": str(number)})
        with (self.folder / f"worker-{number}.log").open("ab") as log:
            self.live[number] = subprocess.Popen(
                [sys.executable, str(WORKER), arguments], stdout=log, stderr=log
            )

    def retire(self, number: int) -> None:
        process = self.live.pop(number)
        self.frozen.pop(number, None)
        process.send_signal(signal.SIGCONT)
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            self.events["TERM_then_KILL"] += 1

    def tend(self) -> None:
        """Resume what has been frozen long enough, start again what ended."""
        for number, process in list(self.live.items()):
            if process.poll() is not None:
                self.events["ended"] += 1
                self.frozen.pop(number, None)
                self.start(number)
            elif number in self.frozen:
                if time.monotonic() > self.frozen[number]:
                    del self.frozen[number]
                    self.events["CONT"] += 1
                    process.send_signal(signal.SIGCONT)
            elif _is_stopped(process.pid):
                self.events["STOP"] += 1
                self.frozen[number] = time.monotonic() + SESSION + 3.0

    def order(self, dice: random.Random) -> None:
        """One order at a time, to the workers in turn; the one before is counted.

        While a worker is frozen the others are left alone: they must go on with its partitions, so
        that it wakes up as a zombie.
        """
        if self.frozen or self._file.exists():
            return
        if self.ordered:
            self.events[self.ordered] += 1
        if not self.deck:
            self.deck = dice.sample(DECK, len(DECK))
            self.decks += 1
        self.ordered = self.deck.pop()
        self._file = self.folder / "state" / f"order-{len(self.deck) % len(self.live)}"
        self._file.write_text(self.ordered)

    def leave_in_peace(self) -> None:
        """Take back the order that nobody carried out."""
        self._file.unlink(missing_ok=True)

    def hurt(self, dice: random.Random) -> None:
        """One thing from outside to one worker, while none is frozen."""
        if self.frozen:
            return
        number, fate = dice.choice(list(self.live)), dice.choice(("KILL", "TERM", "STOP"))
        self.events[f"outer_{fate}"] += 1
        if fate == "TERM":
            self.retire(number)
            self.start(number)
        else:
            self.live[number].send_signal(getattr(signal, f"SIG{fate}"))

    def log_text(self) -> str:
        return "".join(p.read_text(errors="replace") for p in self.folder.glob("worker-*.log"))


def chaos(home: Path, cache: Path, seed: int, seconds: float, *, fenced: bool = True) -> Report:
    """One run on a broker of its own in `home`."""
    with broker.start(home / "kafka", cache) as kafka:
        run = f"chaos{seed}"
        _create_topics(kafka.bootstrap, run)
        workers = Workers(kafka.bootstrap, run, home, fenced=fenced)
        report = Report(seed)
        began = time.monotonic()
        try:
            report.sent = _storm(kafka.bootstrap, run, workers, seconds, random.Random(seed))
            _verify(kafka.bootstrap, run, workers, report)
        finally:
            for number in list(workers.live):
                workers.retire(number)
        report.seconds = round(time.monotonic() - began, 1)
        report.events = dict(workers.events)
        report.fenced_workers = sum(
            bool(FENCED.search(line))
            for line in workers.log_text().splitlines()
            if "worker_failed" in line
        )
        report.aborted_transactions = aborted_transactions(home / "kafka", cache, run)
    return report


def _storm(brokers: str, run: str, workers: Workers, seconds: float, dice: random.Random) -> int:
    """Send while things happen, until enough of them did; returns how many numbers were sent."""
    producer = Producer(
        {"bootstrap.servers": brokers, "enable.idempotence": True, "partitioner": "murmur2_random"}
    )
    began, sent, next_blow = time.monotonic(), 0, time.monotonic() + 8
    workers.start(0)
    while (age := time.monotonic() - began) < seconds or workers.decks < 2:
        if age > 0.1 * seconds and len(workers.live) == 1:
            workers.start(1)
        while sent < age * 250:
            producer.produce(f"{run}-in", b"%d" % sent, b"k%d" % (sent % KEYS))
            sent += 1
        producer.poll(0)
        workers.tend()
        workers.order(dice)
        if time.monotonic() > next_blow:
            workers.hurt(dice)
            next_blow = time.monotonic() + dice.uniform(12, 24)
        if age > 4 * seconds:
            raise RuntimeError(f"too little happened in {age:.0f} s: {dict(workers.events)}")
        time.sleep(0.05)
    workers.retire(1)
    producer.flush(10)
    workers.leave_in_peace()
    return sent


def _verify(brokers: str, run: str, workers: Workers, report: Report) -> None:
    seen: Counter[int] = Counter()
    last: dict[tuple[str, bytes], int] = {}
    for message in _committed(brokers, run, workers, report.sent, seen):
        topic, key, number = message.topic(), message.key(), int(message.value())
        if ("reason", b"suspect") in (message.headers() or []):
            report.suspects += 1
            continue
        report.wrong_topic += (number % 17 == 0) != topic.endswith(".dead")
        if seen[number] == 1:
            report.out_of_order += last.get((topic, key), -1) >= number
            last[topic, key] = number
    report.missing = report.sent - len(seen)
    report.twice = sum(seen.values()) - len(seen)


def _committed(
    brokers: str, run: str, workers: Workers, sent: int, seen: Counter[int]
) -> Iterator[Message]:
    """Committed outputs until all are seen and nothing more comes, or it takes too long."""
    reader = Consumer(
        {"bootstrap.servers": brokers, "group.id": f"{run}-v", "isolation.level": "read_committed"}
    )
    topics = (f"{run}-out", f"{run}-out.dead")
    reader.assign([TopicPartition(t, p, 0) for t in topics for p in range(PARTITIONS)])
    end = idle = time.monotonic()
    while time.monotonic() < end + 90 and not (len(seen) >= sent and time.monotonic() > idle + 4):
        for message in reader.consume(1000, 0.3):
            seen[int(message.value())] += 1
            idle = time.monotonic()
            yield message
        workers.tend()
    reader.close()


def aborted_transactions(home: Path, cache: Path, run: str) -> int:
    """Distinct aborted transactions, from the markers in the broker's own log files."""
    files = [str(f) for f in home.rglob(f"{run}-out*/*.log")]
    command = [str(java()), "-cp", f"{jars(cache)}/*", "kafka.tools.DumpLogSegments"]
    dump = subprocess.run(
        [*command, "--deep-iteration", "--files", ",".join(files)],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    batch = re.compile(r"producerId: (\d+) producerEpoch: (\d+).*isControl: true")
    found = set()
    current = ("", "")
    for line in dump.splitlines():
        if match := batch.search(line):
            current = match.groups()  # type: ignore[assignment]
        elif "endTxnMarker: ABORT" in line:
            found.add(current)
    return len(found)


def _create_topics(brokers: str, run: str) -> None:
    admin = AdminClient({"bootstrap.servers": brokers})
    topics = [NewTopic(f"{run}-{t}", PARTITIONS, 1) for t in ("in", "out", "out.dead")]
    for created in admin.create_topics(topics).values():
        created.result()


def _is_stopped(pid: int) -> bool:
    state = subprocess.run(
        ["ps", "-o", "state=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return state.stdout.strip().startswith("T")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--seconds", type=float, default=600)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    parser.add_argument("--cache", type=Path, default=settings.load().cache)
    parser.add_argument("--control", action="store_true")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory() as home:
        report = chaos(Path(home), args.cache, args.seed, args.seconds, fenced=not args.control)
    print(json.dumps(asdict(report)), flush=True)
    proven = report.twice > 0 if args.control else report.counts() and report.clean()
    print("proven" if proven else "NOT proven")
    sys.exit(0 if proven else 1)


if __name__ == "__main__":
    os.environ.setdefault("PYTHONUNBUFFERED", "1")
    main()
