"""A running shop -> what lies there and stands in no schedule: topics, tables, files."""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from ticketstream.doors.person.schedule import WHERE, schedule
from ticketstream.doors.settings import Settings
from ticketstream.stream.topics import admin

BESIDE = ("-wal", "-shm", "-journal")  # what SQLite lays beside a file, which goes with it
# in a process of its own: to close a file of SQLite drops the locks of the process that closes it
SCAN = """
import contextlib, json, pathlib, sys
home, secrets = pathlib.Path(sys.argv[1]), [bytes.fromhex(s) for s in sys.argv[2:]]
hits = {s.hex(): {} for s in secrets}
# Kafka's indexes are offsets, and sparse: of megabytes that hold nothing
files = [f for f in home.rglob("*") if f.is_file() and f.suffix not in {".index", ".timeindex"}]
for file in files:
    with contextlib.suppress(FileNotFoundError):  # the broker removes files as it likes
        data = file.read_bytes().lower()
        for secret in secrets:
            if count := data.count(secret):
                hits[secret.hex()][str(file.relative_to(home))] = count
print(json.dumps(hits))
"""


def files_with(home: Path, secrets: Sequence[bytes]) -> list[dict[str, int]]:
    """For each of these bytes, every file that holds them, in whatever case, and how often."""
    command = [sys.executable, "-c", SCAN, str(home), *(s.hex() for s in secrets)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    hits = json.loads(done.stdout)
    return [hits[secret.hex()] for secret in secrets]


def unnamed(settings: Settings, own: frozenset[str] = frozenset()) -> list[str]:
    """Everything that no line of the schedule names; `own` are files of the test itself."""
    named = {(kept.kind, kept.name) for kept in schedule()}
    tables = {kept.name for kept in schedule() if kept.where.endswith(".db")}
    places = {kept.where for kept in schedule()} | set(WHERE.values())
    topics = admin(settings.brokers).list_topics(timeout=20).topics
    return [
        *(t for t in topics if not t.startswith("__") and ("topic", t) not in named),
        *(f for f in _files(settings.home) if f not in places and f not in own),
        *(t for t in _tables(settings.home) if t not in tables),
        *(t for t in _lance(settings.knowledge_index) if ("LanceDB table", t) not in named),
    ]


def _files(home: Path) -> Iterator[str]:
    """The top folder or file of everything; a database's lock and logs count as the database."""
    for path in home.iterdir():
        name = path.name
        for end in BESIDE:
            name = name.removesuffix(end)
        if path.suffix == ".lock":
            name = f"{path.stem}.db"
        if path.is_file() or any(path.iterdir()):
            yield name


def _tables(home: Path) -> Iterator[str]:
    query = "select name from sqlite_master where type = 'table'"
    for file in home.glob("*.db"):
        with closing(sqlite3.connect(file)) as connection:
            yield from (f"{name}" for (name,) in connection.execute(query))


def _lance(folder: Path) -> list[str]:
    if not folder.is_dir():
        return []
    import lancedb

    tables: list[str] = lancedb.connect(str(folder)).list_tables(limit=1000).tables
    return tables
