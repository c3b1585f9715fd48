"""Settings -> for each stage that a policy decides: a policy in, what the stage works with out."""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from ticketstream import __version__
from ticketstream.doors.equip import labels_of
from ticketstream.doors.settings import Settings
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.draft import DraftResources, halted
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import Heads
from ticketstream.processors.orders import Orders
from ticketstream.processors.policy import version_of
from ticketstream.processors.retrieve import KnowledgeBase
from ticketstream.processors.snapshots import SHIPPED, Snapshot, Snapshots, reader_of
from ticketstream.schemas.policy import Active, Policy
from ticketstream.stream.work import Resources

Prepare = Callable[[Policy], Resources]

KEPT = 4  # loaded heads: the one that decides, the next, and those one may go back to


def snapshots_of(settings: Settings) -> Snapshots:
    """The snapshots of this machine."""
    return Snapshots(settings.models / SHIPPED, settings.home / "models")


def loaded(settings: Settings, active: Active, encoder: Encoder) -> tuple[Snapshot, Encoder, Heads]:
    """The snapshot that a policy names, with what reads texts for its heads, and the heads.

    Raises:
        ModelError: it is not on this machine, is not whole, or fits another encoder or taxonomy.
    """
    snapshot = snapshots_of(settings).of(active)
    reader = reader_of(snapshot.manifest, encoder)
    return snapshot, reader, Heads.load(snapshot.folder, labels_of(settings))


@cache
def _connected(settings: Settings) -> Any:
    from ticketstream.doors.language_model.second_opinion import connect  # noqa: PLC0415

    return connect(settings)


def language_model(settings: Settings) -> Any:
    """Once a process, for all policies: one breaker, one budget. None where nobody is asked."""
    return _connected(settings) if settings.language_model else None


def classify_by(settings: Settings) -> Prepare:
    """Encoder and language model once; for each policy its heads, calibration and keywords."""
    encoder = Encoder.load(settings.models / "encoder")
    orders = Orders.load(settings.models / "orders", encoder.manifest)
    asking = language_model(settings)

    @lru_cache(KEPT)
    def kept(active: Active) -> tuple[Snapshot, Encoder, Heads]:
        return loaded(settings, active, encoder)

    def prepare(policy: Policy) -> Resources:
        snapshot, reader, heads = kept(policy.active)
        alone = ClassifyResources.of(
            reader,
            heads,
            snapshot.calibration,
            policy.triggers,
            __version__,
            orders=orders,
            policy=version_of(policy),
        )
        return asking.join(alone, policy.thresholds.injection) if asking else alone

    return prepare


def draft_by(settings: Settings) -> Prepare:
    """The knowledge base with its encoder once, and what a policy lets go out by itself."""
    encoder = Encoder.load(settings.models / "encoder")
    base = KnowledgeBase.open(settings.knowledge_index, encoder)
    return lambda policy: DraftResources(base, __version__, halted(policy))
