"""Settings -> everything in which something of a person can lie."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Engine

from ticketstream.doors.equip import archive_of, codec_of, key_source, models_of, open_vault
from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.notes import Notes
from ticketstream.doors.settings import Settings
from ticketstream.projections.archive import Archive
from ticketstream.schemas.codec import Codec
from ticketstream.vault.keys import keyed_hash
from ticketstream.vault.store import Vault


@dataclass(frozen=True, slots=True)
class Place:
    """One shop's log, vault, read models and files."""

    shop: str
    brokers: str
    codec: Codec
    vault: Vault
    models: Engine
    archive: Archive
    door: Door
    notes: Notes
    keys: Path
    receipts: Path
    state: Path
    notice: Path

    @property
    def attachments(self) -> AttachmentStore:
        return self.door.attachments

    def hash(self, name: str) -> str:
        """The keyed hash under which the vault knows an address or customer number."""
        return keyed_hash(self.vault.keys.index, self.shop, plain(name))

    def now(self) -> datetime:
        return datetime.now(UTC)


def place_of(settings: Settings, brokers: str) -> Place:
    """Everything opened, with the identity key: this role reads names."""
    models = models_of(settings)
    models.create()
    return Place(
        shop=settings.shop,
        brokers=brokers,
        codec=codec_of(settings),
        vault=open_vault(settings, identity=True),
        models=models.engine,
        archive=archive_of(settings),
        door=_door(settings),
        notes=Notes(settings.home / "intake.db"),
        keys=settings.key_folder,
        receipts=settings.home / "receipts",
        state=settings.home / "state",
        notice=settings.notice_file,
    )


def _door(settings: Settings) -> Door:
    """The door's key and store: what the doors noted of a sender is found by it."""
    store = AttachmentStore(settings.home / "attachments")
    return Door(settings.shop, key_source(settings).load("intake"), store, datetime.now(UTC))


def plain(name: str) -> str:
    """An address or customer number as it is compared."""
    return name.strip().lower()


def iso(at: datetime | None) -> str:
    """A time as receipts and exports write it; empty for none."""
    return at.isoformat("T", "seconds") if at else ""


@contextmanager
def alone(place: Place) -> Iterator[None]:
    """One erasure at a time on this host; the next one waits."""
    place.state.mkdir(parents=True, exist_ok=True)
    with (place.state / "erasure.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
