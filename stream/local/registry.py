"""A folder in, a local schema registry out: Apicurio behind the API of Confluent's registry."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Self

from ticketstream.stream.local import jars
from ticketstream.stream.local.jars import Say, to_stderr
from ticketstream.stream.local.java import REGISTRY_NEEDS, java
from ticketstream.stream.local.place import LOOPBACK, Place, chosen_port, locked
from ticketstream.stream.local.process import await_answer, launch, running
from ticketstream.stream.local.process import stop as stop_server

NAME = "registry"
START_SECONDS = 60.0
API = "/apis/ccompat/v7"


@dataclass(frozen=True, slots=True)
class Registry:
    """A registry that answered; as a context manager it is stopped at the end of the block."""

    home: Path
    url: str
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


def start(
    home: Path,
    cache: Path,
    port: int | None = None,
    *,
    bootstrap: str | None = None,
    java_home: Path | None = None,
    die_with_parent: bool = False,
    seconds: float = START_SECONDS,
    say: Say = to_stderr,
) -> Registry:
    """The registry of this folder: the one that runs already, else a fresh one that answered.

    Args:
        home: keeps log and record; may be a broker's folder.
        cache: keeps the program (160 MB to fetch, once).
        port: loopback port; None takes that of the last start, or any free one.
        bootstrap: the Kafka that keeps the schemas; None forgets them when the registry stops.
        java_home: where a system Java (21 or later) lies, for use without the `local` extra.
        die_with_parent: a registry started here ends soon after this process.
        seconds: how long it may take to answer.
        say: takes a line of progress.

    Raises:
        BrokerError: no Java, no program, port in use, or it died (with its last words).
    """
    place = _place(home)
    with locked(place.lock):
        found = running(place)
        if found is None:
            program, folder = (
                java(java_home, at_least=REGISTRY_NEEDS),
                jars.registry(cache, say),
            )
            chosen = chosen_port(place, port)
            command = _command(place, program, folder, chosen, bootstrap)
            found = launch(place, command, chosen, die_with_parent=die_with_parent)
        await_answer(place, found, answers, seconds)
    return Registry(place.home, f"http://{found.address}{API}", found.pid)


def stop(home: Path) -> bool:
    """End the registry of this folder and wait for its end; False when none was running."""
    return stop_server(_place(home))


def answers(address: str) -> bool:
    """Whether a registry lists its subjects at `host:port`."""
    with suppress(OSError, HTTPException):
        connection = HTTPConnection(address, timeout=5)
        try:
            connection.request("GET", f"{API}/subjects")
            return connection.getresponse().status == 200  # noqa: PLR2004
        finally:
            connection.close()
    return False


def storage(bootstrap: str | None) -> tuple[str, ...]:
    """Where schemas are kept, as options of the server: in a Kafka, or in memory."""
    if bootstrap is None:
        return ()
    return (
        "-Dapicurio.storage.kind=kafkasql",
        f"-Dapicurio.kafkasql.bootstrap.servers={bootstrap}",
        # It starts after two polls that found nothing; each waits 5 s unless told otherwise.
        "-Dapicurio.kafkasql.consumer.poll.timeout=500",
    )


def _place(home: Path) -> Place:
    return Place(home.expanduser().resolve(), NAME)


def _command(
    place: Place, program: Path, folder: Path, port: int, bootstrap: str | None
) -> Sequence[str]:
    quick = ("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
    listen = (f"-Dquarkus.http.host={LOOPBACK}", f"-Dquarkus.http.port={port}")
    log = ("-Dquarkus.log.level=WARN", "-Dquarkus.http.access-log.enabled=false")
    options = (place.mark, *quick, *listen, *log, *storage(bootstrap))
    return [str(program), *options, "-jar", str(folder / "quarkus-run.jar")]
