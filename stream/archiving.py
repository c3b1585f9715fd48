"""Topics -> the archive: everything that came since the last time, written and noted."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass

import pyarrow as pa
import structlog

from ticketstream.projections.archive import TOPICS, Archive
from ticketstream.projections.flat import FIELDS, flat, wanted
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import BrokerError, SettingError
from ticketstream.stream.bulk import read_parts, spans
from ticketstream.stream.parts import RECORDED_AT, Part

log = structlog.get_logger("archive")

TOGETHER = 200_000  # rows that are written together: a day is written anew each time
PLACES = {topic: [*wanted(fields), RECORDED_AT] for topic, fields in FIELDS.items()}


@dataclass(frozen=True, slots=True)
class Archived:
    """What one call read.

    Attributes:
        rows: by now in the archive.
        unreadable: records that could not be decoded.
        lost: decisions about classifications that the archive does not have.
    """

    rows: int = 0
    unreadable: int = 0
    lost: int = 0


def archive_to_end(
    brokers: str, archive: Archive, codec: Codec, tell: Callable[[int], None] = lambda _: None
) -> Archived:
    """Bring the archive up to what is committed now.

    Raises:
        BrokerError: no broker, a missing topic, or another broker than the one before.
    """
    try:
        with archive.alone():
            done = _archived(brokers, archive, codec, tell)
    except OSError as error:
        raise SettingError(
            f"the archive in {archive.folder} cannot be written ({error.strerror}): mend that, "
            "then start again; nothing is lost"
        ) from error
    if done.rows or done.unreadable:
        log.info("archived", rows=done.rows, unreadable=done.unreadable, lost=done.lost)
    return done


def _archived(
    brokers: str, archive: Archive, codec: Codec, tell: Callable[[int], None]
) -> Archived:
    at = archive.positions()
    # asked first, read last: what is decided by then has its classification read before it
    decided = spans(brokers, ["ticket.routed"], at)
    others = spans(brokers, [t for t in TOPICS if t != "ticket.routed"], at)
    done = Archived()
    for span in (others, decided):
        for part in _together(read_parts(brokers, span, codec, PLACES)):
            lost = archive.add(part.topic, flat(part.table, FIELDS[part.topic]), part.positions)
            done = Archived(
                done.rows + len(part.table),
                done.unreadable + part.unreadable,
                done.lost + lost,
            )
            tell(done.rows)
    return done


async def run_archive(
    brokers: str, archive: Archive, codec: Codec, stop: asyncio.Event, seconds: float
) -> None:
    """Bring the archive up to date again and again until `stop` is set, and a last time then.

    Raises:
        BrokerError: at the first time; later a broker that is away is waited for.
        SettingError: the archive cannot be written.
    """
    await asyncio.to_thread(archive_to_end, brokers, archive, codec)
    while not stop.is_set():
        with suppress(TimeoutError):
            await asyncio.wait_for(stop.wait(), seconds)
        try:
            await asyncio.to_thread(archive_to_end, brokers, archive, codec)
        except BrokerError as error:
            log.warning("not archived", reason=str(error), again_in_seconds=seconds)


def _together(parts: Iterator[Part]) -> Iterator[Part]:
    """Parts of one topic as one, until there are enough rows."""
    kept: dict[str, list[Part]] = {}
    for part in parts:
        mine = kept.setdefault(part.topic, [])
        mine.append(part)
        if sum(len(p.table) for p in mine) >= TOGETHER:
            yield _one(kept.pop(part.topic))
    yield from map(_one, kept.values())


def _one(parts: list[Part]) -> Part:
    tables = [p.table for p in parts if len(p.table)]
    table = pa.concat_tables(tables, promote_options="default") if tables else parts[-1].table
    positions = {place: at for p in parts for place, at in p.positions.items()}
    return Part(parts[-1].topic, table, sum(p.unreadable for p in parts), positions)
