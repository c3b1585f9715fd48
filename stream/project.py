"""Every topic -> the read models: read, decode, write rows and positions together."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import structlog
from sqlalchemy.exc import InterfaceError, OperationalError

from ticketstream.projections.placed import DeadLetter, Placed
from ticketstream.projections.store import ReadModels, RebuiltError
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import SettingError, UndecodableError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.feed import Batches, feed, feed_to_end
from ticketstream.stream.reading import Read
from ticketstream.stream.topics import topics

log = structlog.get_logger("project")

ATTEMPTS = 8  # at a batch, while the database does not answer: about two minutes


@dataclass(frozen=True, slots=True)
class Progress:
    """Records that were read: `applied` to a read model, `skipped` because they say nothing."""

    read: int = 0
    applied: int = 0
    skipped: int = 0

    def plus(self, read: int, applied: int, skipped: int) -> "Progress":
        return Progress(self.read + read, self.applied + applied, self.skipped + skipped)


async def run_project(brokers: str, store: ReadModels, codec: Codec, stop: asyncio.Event) -> None:
    """Keep the read models up to date until `stop` is set.

    Raises:
        BrokerError: see `feed`.
        SettingError: the database cannot be opened, or stopped answering for minutes.
    """
    while not stop.is_set():
        start = await asyncio.to_thread(store.start)
        try:
            batches = feed(brokers, topics(), start.positions, stop)
            await _apply_each(batches, store, codec, start.lives)
        except RebuiltError:
            log.info("read models were thrown away: reading from the beginning")


async def project_to_end(brokers: str, store: ReadModels, codec: Codec) -> Progress:
    """Bring the read models up to what is committed now.

    Raises:
        BrokerError, SettingError: as `run_project`.
        RebuiltError: somebody threw them away meanwhile.
    """
    start = await asyncio.to_thread(store.start)
    batches = feed_to_end(brokers, topics(), start.positions)
    return await _apply_each(batches, store, codec, start.lives)


async def _apply_each(
    batches: Batches,
    store: ReadModels,
    codec: Codec,
    lives: Mapping[str, str],
) -> Progress:
    done = Progress()
    async with aclosing(batches):
        async for batch in batches:
            placed = await asyncio.to_thread(place_all, batch, codec)
            applied = await _apply(store, placed, lives)
            skipped = sum(p.event is None for p in placed)
            done = done.plus(len(batch), applied, skipped)
            log.info("applied", records=len(batch), applied=applied, skipped=skipped)
    return done


async def _apply(store: ReadModels, placed: Sequence[Placed], lives: Mapping[str, str]) -> int:
    """One batch; a database that went away is waited for, nothing of the batch is in it."""
    for attempt in range(ATTEMPTS):
        try:
            return await asyncio.to_thread(store.apply, placed, lives)
        except (OperationalError, InterfaceError) as error:
            log.warning("database away", error=type(error).__name__, attempt=attempt + 1)
            await asyncio.sleep(min(2**attempt, 30))
    raise SettingError("the read models' database does not answer: check it and start again")


def place_all(batch: Sequence[Read], codec: Codec) -> list[Placed]:
    """Records as projections take them; what cannot be decoded is counted and passed over."""
    reasons: Counter[tuple[str, str]] = Counter()
    placed = [_place(record, codec, reasons) for record in batch]
    for (topic, reason), count in reasons.items():
        # the proof is the dead letter that the stage behind the topic wrote
        log.warning("undecodable records passed over", topic=topic, reason=reason, records=count)
    return placed


def _place(record: Read, codec: Codec, reasons: Counter[tuple[str, str]]) -> Placed:
    event: Event | DeadLetter | None = None
    try:
        event = _letter(record) if record.topic.endswith(".dead") else _event(record, codec)
    except UndecodableError as error:
        reasons[record.topic, error.reason] += 1
    at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
    return Placed(record.topic, record.partition, record.offset, at, event)


def _event(record: Read, codec: Codec) -> Event | None:
    if record.value is None:
        return None
    event = codec.decode(EVENTS[record.topic], record.value)
    if record.topic != "policy.changed" and record.key != event.ticket_id.encode():
        raise UndecodableError("invalid", "the record's key is not the ticket id")
    return event


def _letter(record: Read) -> DeadLetter:
    headers = {name: value.decode("utf-8", "replace") for name, value in record.headers}
    return DeadLetter(
        reason=headers.get("reason", ""),
        stage=headers.get("stage", ""),
        version=headers.get("version", ""),
        source=headers.get("source", ""),
        message=headers.get("message", ""),
        ticket_id=_ticket_id(record.key),
        size=len(record.value or b""),
    )


def _ticket_id(key: bytes | None) -> str:
    """The key as a ticket id; anything else might be somebody's name."""
    try:
        return str(UUID((key or b"").decode("ascii")))
    except ValueError:
        return ""
