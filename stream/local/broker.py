"""A folder in, a real single-node Apache Kafka out: no Docker, no system Java, free ports."""

import base64
import shutil
import subprocess
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.local.jars import Say, jars, to_stderr
from ticketstream.stream.local.java import java
from ticketstream.stream.local.place import (
    LOOPBACK,
    Place,
    accepts,
    chosen_port,
    free_ports,
    locked,
    recorded,
)
from ticketstream.stream.local.process import await_answer, excerpt, launch, running
from ticketstream.stream.local.process import stop as stop_server

NAME = "broker"
START_SECONDS = 60.0

PROPERTIES = """\
process.roles=broker,controller
node.id=1
controller.quorum.voters=1@{host}:{controller}
controller.listener.names=CONTROLLER
inter.broker.listener.name=PLAINTEXT
listener.security.protocol.map=PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT
listeners=PLAINTEXT://{host}:{port},CONTROLLER://{host}:{controller}
advertised.listeners=PLAINTEXT://{host}:{port}
log.dirs={data}
auto.create.topics.enable=false
group.initial.rebalance.delay.ms=0
offsets.topic.replication.factor=1
offsets.topic.num.partitions=8
transaction.state.log.replication.factor=1
transaction.state.log.min.isr=1
transaction.state.log.num.partitions=8
share.coordinator.state.topic.replication.factor=1
share.coordinator.state.topic.min.isr=1
log.retention.check.interval.ms=30000
log.index.size.max.bytes=1048576
log.cleaner.backoff.ms=250
log.cleaner.dedupe.buffer.size=16777216
"""


@dataclass(frozen=True, slots=True)
class Broker:
    """A broker that answered; as a context manager it is stopped at the end of the block."""

    home: Path
    bootstrap: str
    pid: int

    @property
    def log(self) -> Path:
        return _place(self.home).log

    def stop(self) -> None:
        stop(self.home)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


@dataclass(frozen=True, slots=True)
class BrokerStatus:
    """What a folder's broker does; `bootstrap` is the last known one, `data_bytes` are on disk."""

    running: bool
    pid: int | None
    bootstrap: str | None
    data_bytes: int
    log: Path


def start(
    home: Path,
    cache: Path,
    port: int | None = None,
    *,
    java_home: Path | None = None,
    heap_mb: int = 512,
    die_with_parent: bool = False,
    seconds: float = START_SECONDS,
    say: Say = to_stderr,
) -> Broker:
    """The broker of this folder: the one that runs already, else a fresh one that answered.

    Args:
        home: keeps data, settings, log and record; made when missing.
        cache: keeps the jars, for all brokers of this user.
        port: loopback port; None takes that of the last start, or any free one.
        java_home: where a system Java lies, for use without the `local` extra.
        heap_mb: largest heap of the server, MiB.
        die_with_parent: a broker started here ends soon after this process, however that ends.
        seconds: how long it may take to answer.
        say: takes a line of progress.

    Raises:
        BrokerError: no Java, no jars, port in use, or the broker died (with its last words).
    """
    place = _place(home)
    with locked(place.lock):
        found = running(place)
        if found is None:
            program, classes = java(java_home), jars(cache, say)
            chosen = chosen_port(place, port)
            _prepare(place, program, classes, chosen)
            command = _command(place, program, classes, heap_mb)
            found = launch(place, command, chosen, die_with_parent=die_with_parent)
        elif port not in {None, found.port}:
            raise BrokerError(f"the broker of {home} runs at {found.address}: stop it first")
        await_answer(place, found, answers, seconds)
    return Broker(place.home, found.address, found.pid)


def stop(home: Path) -> bool:
    """End the broker of this folder and wait for its end; False when none was running."""
    return stop_server(_place(home))


def status(home: Path) -> BrokerStatus:
    """What is known of this folder's broker, without asking it."""
    place = _place(home)
    last, now = recorded(place), running(place)
    return BrokerStatus(
        running=now is not None,
        pid=now.pid if now else None,
        bootstrap=last.address if last else None,
        data_bytes=_bytes_below(_data(place)),
        log=place.log,
    )


def wipe(home: Path) -> None:
    """Remove all topics of a stopped broker, for good.

    Raises:
        BrokerError: it is running.
    """
    place = _place(home)
    with locked(place.lock):
        if running(place):
            raise BrokerError(f"the broker of {home} is running: stop it before you wipe it")
        if _data(place).exists():
            shutil.rmtree(_data(place))


def answers(bootstrap: str) -> bool:
    """Whether a broker gives its metadata there."""
    if not accepts(bootstrap):
        return False
    try:
        admin = AdminClient({"bootstrap.servers": bootstrap, "log_level": 0})
        return bool(admin.list_topics(timeout=5).brokers)
    except KafkaException:
        return False


def properties(data: Path, port: int, controller: int) -> str:
    """The server's settings: one node that is broker and controller, on loopback only."""
    return PROPERTIES.format(host=LOOPBACK, port=port, controller=controller, data=data)


def _place(home: Path) -> Place:
    return Place(home.expanduser().resolve(), NAME)


def _data(place: Place) -> Path:
    return place.home / "data"


def _settings(place: Place) -> Path:
    return place.home / "server.properties"


def _prepare(place: Place, program: Path, classes: Path, port: int) -> None:
    """Write the settings and, the first time, format the storage."""
    controller = next(one for one in free_ports(2) if one != port)
    _settings(place).write_text(properties(_data(place), port, controller))
    if (_data(place) / "meta.properties").exists():
        return
    tool = ["kafka.tools.StorageTool", "format", "--ignore-formatted", "-c", str(_settings(place))]
    line = [*_java(program, classes), *tool, f"--cluster-id={_cluster_id()}"]
    with place.log.open("wb") as log:
        done = subprocess.run(line, stdout=log, stderr=log, check=False)  # noqa: S603
    if done.returncode:
        raise BrokerError(f"the storage in {place.home} cannot be formatted: {excerpt(place.log)}")


def _command(place: Place, program: Path, classes: Path, heap_mb: int) -> Sequence[str]:
    heap = (f"-Xmx{heap_mb}m", place.mark)
    return [*_java(program, classes, *heap), "kafka.Kafka", str(_settings(place))]


def _java(program: Path, classes: Path, *options: str) -> list[str]:
    quick = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED")
    log = ("-Dorg.slf4j.simpleLogger.defaultLogLevel=warn",)
    when = ("-Dorg.slf4j.simpleLogger.showDateTime=true",)
    stamp = ("-Dorg.slf4j.simpleLogger.dateTimeFormat=yyyy-MM-dd'T'HH:mm:ss.SSSXXX",)
    return [str(program), *options, *quick, *log, *when, *stamp, "-cp", f"{classes}/*"]


def _cluster_id() -> str:
    """A random id as Kafka writes them: 16 bytes in 22 characters."""
    return base64.urlsafe_b64encode(uuid.uuid4().bytes).decode().rstrip("=")


def _bytes_below(folder: Path) -> int:
    """Bytes on disk; Kafka's index files are sparse, so their length says nothing."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*"))
