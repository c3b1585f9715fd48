"""A server's folder in, its record, its lock and free loopback ports out."""

import fcntl
import json
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ticketstream.schemas.errors import BrokerError

LOOPBACK = "127.0.0.1"
# Below the ports that Linux and macOS hand to outgoing connections: nobody takes one of these
# between our look and the server's bind, and a waiting client cannot connect to itself.
FIRST_PORT, LAST_PORT = 20_000, 32_000


@dataclass(frozen=True, slots=True)
class Place:
    """One server's folder (absolute) and name: where its record, lock and log lie."""

    home: Path
    name: str

    @property
    def record(self) -> Path:
        return self.home / f"{self.name}.json"

    @property
    def lock(self) -> Path:
        return self.home / f"{self.name}.lock"

    @property
    def log(self) -> Path:
        return self.home / f"{self.name}.log"

    @property
    def mark(self) -> str:
        """An argument of the server's command line by which its process is known again."""
        return f"-Dticketstream.{self.name}={self.home}"


@dataclass(frozen=True, slots=True)
class Running:
    """A server process: its pid and `host:port`."""

    pid: int
    address: str

    @property
    def port(self) -> int:
        return int(self.address.rpartition(":")[2])


def is_free(port: int) -> bool:
    """Whether a server could bind this loopback port now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_ports(count: int) -> tuple[int, ...]:
    """Different free loopback ports."""
    found: set[int] = set()
    for _ in range(1_000):
        port = FIRST_PORT + secrets.randbelow(LAST_PORT - FIRST_PORT)
        if is_free(port):
            found.add(port)
        if len(found) == count:
            return tuple(found)
    raise BrokerError(f"no free port from {FIRST_PORT} to {LAST_PORT}: stop some local servers")


def chosen_port(place: Place, wanted: int | None) -> int:
    """The wanted port, else the one of the last start, else any free one.

    Raises:
        BrokerError: the wanted port is in use.
    """
    if wanted is not None and not is_free(wanted):
        raise BrokerError(f"port {wanted} is in use: choose another one, or leave the choice free")
    last = recorded(place)
    kept = last.port if last and is_free(last.port) else None
    return wanted or kept or free_ports(1)[0]


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock file (made with its folder) against other processes; it ends with the process."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def recorded(place: Place) -> Running | None:
    """The last start that was recorded, alive or not; None too where the record is unreadable."""
    try:
        said = json.loads(place.record.read_text())
        return Running(int(said["pid"]), str(said["address"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def record(place: Place, started: Running) -> None:
    """Write the start down, whole or not at all."""
    draft = place.record.with_suffix(".json.new")
    draft.write_text(json.dumps({"pid": started.pid, "address": started.address}) + "\n")
    draft.replace(place.record)


def accepts(address: str) -> bool:
    """Whether anybody listens at `host:port`."""
    host, _, port = address.rpartition(":")
    with suppress(OSError), socket.create_connection((host, int(port)), timeout=1):
        return True
    return False
