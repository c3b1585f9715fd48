"""The schedule -> what is past it removed, and what was erased kept erased."""

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import delete, func, select

from ticketstream.doors.person.erase import LOG_SECONDS, Say, resume
from ticketstream.doors.person.place import Place, alone
from ticketstream.doors.person.schedule import DEAD_ROW_DAYS, ORPHAN_DAYS, SEALED_DAYS
from ticketstream.doors.person.search import files_named, stored_files
from ticketstream.projections.purge import expire, purge
from ticketstream.schemas.topics import CLEAR_TOPICS
from ticketstream.stream.reading import read_all
from ticketstream.stream.tombstones import bury, configure, grave_of
from ticketstream.stream.topics import topics
from ticketstream.vault import tables
from ticketstream.vault.forgetting import (
    START,
    chunks,
    erased_tickets,
    forget,
    forget_log,
    in_chunks,
    remember_erased,
)
from ticketstream.vault.receipts import PUBLIC, check, public_key


@dataclass(frozen=True, slots=True)
class Applied:
    """What a call removed.

    Attributes:
        finished: erasures that were underway and are done now.
        returned: persons whose keys were back (a restored backup) and were destroyed again.
        tombstones: records of erased tickets that came after their erasure.
        persons: forgotten because their last ticket is past the schedule.
        rows: of the read models, past the schedule.
        files: attachments past the schedule, or named by no event.
        notes: of the doors, past the schedule.
        receipts: past the schedule.
    """

    finished: int
    returned: int
    tombstones: int
    persons: int
    rows: int
    files: int
    notes: int
    receipts: int


def apply(place: Place, say: Say) -> Applied:
    """Carry the schedule out; twice changes nothing.

    Raises:
        BrokerError, VaultError: as `erase`.
    """
    finished = len(resume(place, say))
    with alone(place):
        configure(place.brokers, {t.name: t.config() for t in topics().values()})
        now = place.now()
        returned = _returned(place, say)
        persons = _forget_old(place, now - timedelta(days=SEALED_DAYS))
        place.vault.forget_log()
        return Applied(
            finished=finished,
            returned=returned,
            tombstones=_rebury(place),
            persons=persons,
            rows=_rows(place, now),
            files=_files(place),
            notes=_notes(place, now),
            receipts=_receipts(place, now - timedelta(days=SEALED_DAYS)),
        )


def _returned(place: Place, say: Say) -> int:
    """Erase again whom a receipt names and a restored backup of the vault brought back."""
    with place.vault.writing() as connection:
        known, told = erased_tickets(connection), set(_receipted(place, say))
        t = tables.admission.c
        back = set(in_chunks(connection, t.person, t.ticket_id, known | told))
        remember_erased(connection, told - known)
        return forget(connection, back).persons


def _receipted(place: Place, say: Say) -> Iterator[str]:
    """Ticket ids of all receipts that are genuine: nobody is forgotten because of another file."""
    for file in sorted(place.receipts.glob("*.json")):
        checked = check(file.read_bytes(), public_key(place.keys / PUBLIC))
        if checked.fault:
            say(f"{file} is left aside: {checked.fault}")
        else:
            yield from checked.receipt["tickets"]


def _forget_old(place: Place, before: datetime) -> int:
    """Persons who wrote for the last time before the log's own horizon."""
    with place.vault.writing() as connection:
        t, micros = tables.admission.c, (before - START) // timedelta(microseconds=1)
        last = select(t.person).group_by(t.person).having(func.max(t.occurred_at) < micros)
        old = list(connection.execute(last).scalars())
        return forget(connection, old).persons


def _rebury(place: Place) -> int:
    """Tombstones over what came for erased tickets afterwards (a redelivery, a late reply)."""
    with place.vault.reading() as connection:
        erased = {i.encode() for i in erased_tickets(connection)}
    last = {}
    for record in read_all(place.brokers, list(CLEAR_TOPICS)):
        if record.key in erased:
            last[grave_of(record)] = record
    back = [record for record in last.values() if record.value is not None]
    for file in (f for r in back for f in files_named(place, r) if place.attachments.owns(f)):
        place.attachments.forget(file)
    return bury(place.brokers, map(grave_of, back))


def _rows(place: Place, now: datetime) -> int:
    """Rows past the schedule go; rows of erased tickets are blanked again after a rebuild."""
    with place.vault.reading() as connection:
        erased = erased_tickets(connection)
    purge(place.models, erased)
    place.archive.purge(erased)
    horizon = now - timedelta(days=SEALED_DAYS)
    gone = expire(place.models, horizon, now - timedelta(days=DEAD_ROW_DAYS))
    forget_log(place.models, LOG_SECONDS)
    return gone + place.archive.expire(horizon.date())


def _files(place: Place) -> int:
    """Attachments past the schedule, and those that no event names or that belong to the erased."""
    old, orphaned = _age(SEALED_DAYS), _age(ORPHAN_DAYS)
    named = stored_files(place)
    gone = [
        file
        for file in _all_files(place.attachments.folder)
        if (at := file.stat().st_mtime) < old or (at < orphaned and file.name not in named)
    ]
    for file in gone:
        file.unlink(missing_ok=True)
    return len(gone)


def _notes(place: Place, now: datetime) -> int:
    gone = place.notes.expire(now)
    place.notes.forget_log()
    return gone


def _age(days: int) -> float:
    return time.time() - timedelta(days=days).total_seconds()


def _all_files(folder: Path) -> Iterable[Path]:
    return [f for f in folder.rglob("*") if f.is_file()]


def _receipts(place: Place, before: datetime) -> int:
    micros = (before - START) // timedelta(microseconds=1)
    e = tables.erasure.c
    with place.vault.writing() as connection:
        old = list(connection.execute(select(e.id).where(e.finished_at < micros)).scalars())
        for part in chunks(old):
            connection.execute(delete(tables.erasure).where(e.id.in_(part)))
    for name in old:
        (place.receipts / f"{name}.json").unlink(missing_ok=True)
    return len(old)
