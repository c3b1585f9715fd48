"""A shop with people in it -> what of them can be read, opened or found, place by place."""

import json
import sqlite3
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from erasure_scan import canaries, merged

from ticketstream.doors.person.place import Place
from ticketstream.doors.settings import Settings
from ticketstream.schemas.convert import sealable_fields
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.reading import read_all
from ticketstream.stream.topics import topics

SCAN = Path(__file__).with_name("erasure_scan.py")
DISK_SECONDS = 30.0  # the broker removes compacted files a moment after the proof


@dataclass(frozen=True, slots=True)
class Shop:
    """A line with people in it; `tickets` is ticket id -> canary."""

    settings: Settings
    place: Place
    tickets: dict[str, str]


def look(shop: Shop) -> dict[str, set[str]]:
    """Which canaries can be read, by place."""
    done = subprocess.run(
        [sys.executable, SCAN, shop.settings.home], capture_output=True, text=True, check=True
    )
    files = {name: set(found) for name, found in json.loads(done.stdout).items()}
    read: set[str] = set()
    for record in read_all(shop.settings.brokers, list(topics())):
        headers = (v for _, v in record.headers)
        read |= canaries(b"".join((record.key or b"", record.value or b"", *headers)))
    return merged([files, {"read by a consumer": read, "LanceDB rows": _rows(shop)}])


def settled_look(shop: Shop, gone: set[str]) -> dict[str, set[str]]:
    """The look, once the broker has removed what it compacted."""
    end = time.monotonic() + DISK_SECONDS
    found = look(shop)
    while any(each & gone for each in found.values()) and time.monotonic() < end:
        time.sleep(2)
        found = look(shop)
    return found


def _rows(shop: Shop) -> set[str]:
    """Every cell of every version of every table, as it is read and not as it lies compressed."""
    found: set[str] = set()
    for table in tables(shop):
        for version in table.list_versions():
            table.checkout(version["version"])
            rows = table.to_arrow().to_pylist()
            found |= {canary for row in rows for canary in canaries(repr(row).encode())}
        table.checkout_latest()
    return found


def tables(shop: Shop) -> list[Any]:
    """Every LanceDB table that there is."""
    import lancedb  # noqa: PLC0415

    base = lancedb.connect(str(shop.settings.knowledge_index))
    names = base.list_tables(limit=1000).tables
    if not names:
        raise RuntimeError("there is no LanceDB table to look into")
    return [base.open_table(name) for name in names]


def stored(shop: Shop) -> int:
    """Attachments on disk: encrypted, so that no canary can be read in them; they are counted."""
    return sum(p.is_file() for p in shop.place.attachments.folder.rglob("*"))


def wrapped(shop: Shop, gone: set[str]) -> list[bytes]:
    """The wrapped keys of those who are to go."""
    ids = {ticket for ticket, canary in shop.tickets.items() if canary in gone}
    with sqlite3.connect(shop.settings.home / "vault.db") as vault:
        rows = vault.execute(
            "select t.ticket_id, p.text_key, p.identity_key from admission t join person p"
            " using (person)"
        ).fetchall()
    vault.close()
    return [key for ticket, *pair in rows if ticket in ids for key in pair]


def holding(home: Path, keys: Sequence[bytes]) -> int:
    """How many of these keys stand in some file; looked for in a process of its own."""
    code = (
        "import pathlib, sys; keys = [bytes.fromhex(x) for x in sys.stdin.read().split()];"
        "data = [p.read_bytes() for p in pathlib.Path(sys.argv[1]).glob('*.db*')];"
        "print(sum(any(k in d for d in data) for k in keys))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, home],
        input="\n".join(key.hex() for key in keys),
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def openable(shop: Shop) -> set[str]:
    """Whose sealed records some key still opens, and is their address in it."""
    found: set[str] = set()
    sealed = [name for name, kind in EVENTS.items() if sealable_fields(kind)]
    for record in read_all(shop.settings.brokers, sealed):
        event = shop.place.codec.decode(EVENTS[record.topic], record.value or b"")
        opened: Any = shop.place.vault.open(event, frozenset(sealable_fields(type(event))))
        if isinstance(opened.identity, Identity):
            found |= canaries(opened.identity.sender.address.encode())
    return found


def persons_behind(shop: Shop, gone: set[str]) -> set[str]:
    """The random ids of those who are to go."""
    ids = {ticket for ticket, canary in shop.tickets.items() if canary in gone}
    with sqlite3.connect(shop.settings.home / "vault.db") as vault:
        rows = vault.execute("select ticket_id, person from admission").fetchall()
    vault.close()
    return {person for ticket, person in rows if ticket in ids}


def in_read_models(shop: Shop, persons: set[str]) -> int:
    """How many of these ids the read models name."""
    with sqlite3.connect(shop.settings.home / "read.db") as models:
        query = "select person from timeline union select person from correction"
        known = {person for (person,) in models.execute(query)}
    models.close()
    return len(known & persons)


def noted(shop: Shop) -> int:
    """How many notes the doors have."""
    with sqlite3.connect(shop.place.notes.path) as notes:
        (count,) = notes.execute("select count(*) from arrival").fetchone()
    notes.close()
    return int(count)


def genuine(shop: Shop) -> int:
    """Receipts that verify with the public key."""
    from ticketstream.vault.receipts import PUBLIC, check, public_key  # noqa: PLC0415

    public = public_key(shop.settings.key_folder / PUBLIC)
    files = (shop.settings.home / "receipts").glob("*.json")
    return sum(not check(f.read_bytes(), public).fault for f in files)
