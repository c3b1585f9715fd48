"""Settings -> for each stage that a policy decides: a policy in, what the stage works with out."""

from collections.abc import Callable
from functools import lru_cache

from ticketstream import __version__
from ticketstream.doors.settings import Settings
from ticketstream.processors.calibration import PairCalibration
from ticketstream.processors.classify import ClassifyResources
from ticketstream.processors.draft import DraftResources, halted
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import Heads
from ticketstream.processors.policy import version_of
from ticketstream.processors.retrieve import KnowledgeBase
from ticketstream.processors.snapshots import SHIPPED, Snapshots
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Active, Policy
from ticketstream.stream.work import Resources

Prepare = Callable[[Policy], Resources]

KEPT = 4  # loaded heads: the one that decides, the next, and those one may go back to


def snapshots_of(settings: Settings) -> Snapshots:
    """The snapshots of this machine."""
    return Snapshots(settings.models / SHIPPED, settings.home / "models")


def classify_by(settings: Settings) -> Prepare:
    """The encoder once, and for each policy its heads, calibration and keyword lists."""
    encoder = Encoder.load(settings.models / "encoder")
    snapshots = snapshots_of(settings)

    @lru_cache(KEPT)
    def loaded(active: Active) -> tuple[Heads, PairCalibration]:
        snapshot = snapshots.of(active)
        made_with = snapshot.manifest.document.get("encoder", encoder.manifest.sha256)
        if made_with != encoder.manifest.sha256:
            raise ModelError(f"{snapshot.folder} was trained with another encoder: train it anew")
        return Heads.load(snapshot.folder, shipped_labels()), snapshot.calibration

    def prepare(policy: Policy) -> Resources:
        heads, calibration = loaded(policy.active)
        return ClassifyResources.of(
            encoder, heads, calibration, policy.triggers, __version__, policy=version_of(policy)
        )

    return prepare


def draft_by(settings: Settings) -> Prepare:
    """The knowledge base with its encoder once, and what a policy lets go out by itself."""
    encoder = Encoder.load(settings.models / "encoder")
    base = KnowledgeBase.open(settings.knowledge_index, encoder)
    return lambda policy: DraftResources(base, __version__, halted(policy))
