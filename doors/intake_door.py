"""Paths of mails -> received tickets and dead letters, with the shop's keys and stores."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.burial import letter_of
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw, messages
from ticketstream.doors.intake.read import read
from ticketstream.doors.settings import Settings
from ticketstream.doors.shop import own_names
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.received import TicketReceived
from ticketstream.vault.keys import new_person_key


@dataclass(frozen=True, slots=True)
class Published:
    """What a call of `publish` did."""

    tickets: int
    dead: int


def door_of(settings: Settings, id_key: bytes) -> Door:
    """The shop's door, at this moment."""
    store = AttachmentStore(settings.home / "attachments")
    own = frozenset(name.lower() for name in own_names(settings) if "@" in name)
    return Door(settings.shop, id_key, store, datetime.now(UTC), own)


def throwaway_key() -> bytes:
    """A key for ids that nobody needs again."""
    return new_person_key()


def read_each(
    paths: Iterable[Path], settings: Settings, id_key: bytes
) -> Iterator[tuple[Raw, TicketReceived | Dead]]:
    """Every message with its ticket, or why there is none."""
    for raw in messages(paths):
        yield raw, read(raw, door_of(settings, id_key))


def read_all(
    paths: Iterable[Path], settings: Settings, id_key: bytes
) -> tuple[list[TicketReceived], list[Dead]]:
    """Tickets and dead letters of all messages."""
    answers = [answer for _, answer in read_each(paths, settings, id_key)]
    tickets = [a for a in answers if isinstance(a, TicketReceived)]
    return tickets, [a for a in answers if isinstance(a, Dead)]


def publish_paths(
    paths: Iterable[Path], settings: Settings, brokers: str, codec: Codec, id_key: bytes
) -> Published:
    """Publish every message: tickets to `ticket.received`, the rest to `intake.dead`."""
    from ticketstream.stream.publish import Publisher  # noqa: PLC0415

    tickets = dead = 0
    with Publisher(brokers, codec) as publisher:
        for raw, answer in read_each(paths, settings, id_key):
            if isinstance(answer, TicketReceived):
                publisher.send(answer)
                tickets += 1
            else:
                letter = letter_of(raw.data, answer, door_of(settings, id_key))
                publisher.send_raw("intake.dead", *letter)
                dead += 1
    return Published(tickets, dead)


def ensure_knowledge(settings: Settings) -> str:
    """The knowledge base built from the articles, unless that version is there; its version."""
    import orjson  # noqa: PLC0415

    from ticketstream.processors.encoder import Encoder  # noqa: PLC0415
    from ticketstream.processors.knowledge import chunks_of, version_of  # noqa: PLC0415
    from ticketstream.processors.retrieve import META, build  # noqa: PLC0415

    chunks = chunks_of(settings.knowledge)
    meta = settings.knowledge_index / META
    if meta.is_file() and orjson.loads(meta.read_bytes())["version"] == version_of(chunks):
        return version_of(chunks)
    return build(chunks, settings.knowledge_index, Encoder.load(settings.models / "encoder"))
