"""Settings -> what each stage works with; a role loads only what it uses."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from ticketstream import __version__
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import default_policy, load_policy
from ticketstream.processors.route import RouteResources
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import PolicyError, SettingError
from ticketstream.schemas.policy import Policy
from ticketstream.stream.work import Resources, Seals
from ticketstream.vault.facts import NoShop, SqliteShop
from ticketstream.vault.keys import load_key, load_master_keys
from ticketstream.vault.nokeys import NoKeys
from ticketstream.vault.ports import Gate, Opener, Shop
from ticketstream.vault.store import Vault, sqlite_engine


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a stage's worker is made of beside the stage itself."""

    resources: Resources
    seals: Seals
    counts: CollectorRegistry | None = None  # metrics of the resources' own


def open_vault(settings: Settings, *, identity: bool) -> Vault:
    """The vault as a role sees it: with or without the identity key."""
    keys = load_master_keys(settings.key_folder, identity=identity)
    return Vault(sqlite_engine(settings.vault_file), keys, shop_of(settings))


def shop_of(settings: Settings) -> Shop:
    """The shop's database, or none."""
    return SqliteShop(settings.shop_db) if settings.shop_db else NoShop()


def codec_of(settings: Settings) -> Codec:
    """The codec, with the schema registry when one is set."""
    if not settings.schema_registry:
        return Codec()
    from ticketstream.stream.schema_registry import Registry  # noqa: PLC0415

    return Codec(Registry(settings.schema_registry))


def policy_of(settings: Settings) -> Policy:
    """The policy document that is set, or the shipped one."""
    if settings.policy is None:
        return default_policy()
    try:
        return load_policy(settings.policy.read_text("utf-8"), str(settings.policy))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{settings.policy} cannot be read: {type(error).__name__}") from error


def own_names(settings: Settings) -> frozenset[str]:
    """What the shop calls itself and where it is reached: a line each, readable for everybody.

    Raises:
        SettingError: the file is not there.
    """
    path = settings.own_names or settings.knowledge / "shop" / "own.txt"
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{path} cannot be read ({type(error).__name__}): list the shop's own names, addresses "
            "and numbers there, a line each, or leave the file empty"
        ) from error
    return frozenset(line.strip() for line in lines if line.strip())


@cache
def _entities(models: Path) -> Any:
    """Once a process: mask and `--explain` share it."""
    from ticketstream.processors.detectors.entities import Entities  # noqa: PLC0415

    return Entities.load(models / "entities", models / "encoder")


def entities_of(settings: Settings) -> Any:
    """The entity model of the settings' model folder."""
    return _entities(settings.models)


def mask_resources(gate: Gate, settings: Settings) -> Resources:
    """Detectors, the entity model and the vault's gate."""
    from ticketstream.processors.mask import MaskResources  # noqa: PLC0415

    entities = entities_of(settings)
    return MaskResources(gate, masker_version(entities), own_names(settings), entities.find)


def masker_version(entities: Any) -> str:
    """Of the code, and of the weights that can change what is masked."""
    return f"{__version__}+{entities.manifest.name}-{entities.manifest.version}"


def classify_resources(settings: Settings) -> Resources:
    """Encoder, heads, keyword lists, and the language model to ask when one is set."""
    from ticketstream.processors.classify import ClassifyResources  # noqa: PLC0415

    policy = policy_of(settings)
    resources = ClassifyResources.load(settings.models, policy.triggers, __version__)
    if settings.language_model is None:
        return resources
    from ticketstream.doors.language_model.second_opinion import asking  # noqa: PLC0415

    return asking(resources, settings.language_model, settings.home, policy.thresholds.injection)


def route_resources(settings: Settings, draw_key: bytes) -> RouteResources:
    """The policy and the key of the draws."""
    return RouteResources.of(policy_of(settings), draw_key, __version__)


def draft_resources(settings: Settings) -> Resources:
    """The knowledge base with its encoder."""
    from ticketstream.processors.draft import DraftResources  # noqa: PLC0415
    from ticketstream.processors.encoder import Encoder  # noqa: PLC0415
    from ticketstream.processors.retrieve import KnowledgeBase  # noqa: PLC0415

    encoder = Encoder.load(settings.models / "encoder")
    return DraftResources(KnowledgeBase.open(settings.knowledge_index, encoder), __version__)


def review_resources(
    opener: Opener, codec: Codec, agent_key: bytes, settings: Settings
) -> Resources:
    """The masker again, and what opens the draft that was handed back."""
    from ticketstream.processors.review import ReviewResources  # noqa: PLC0415

    entities = entities_of(settings)
    version = masker_version(entities)
    own = own_names(settings)
    return ReviewResources(opener, codec, version, agent_key, own, entities.find)


def _mask(settings: Settings) -> Equipment:
    vault = open_vault(settings, identity=True)
    return Equipment(mask_resources(vault, settings), vault)


def _classify(settings: Settings) -> Equipment:
    resources: Any = classify_resources(settings)
    counts = resources.second.model.counts.registry if resources.second else None
    return Equipment(resources, open_vault(settings, identity=False), counts)


def _route(settings: Settings) -> Equipment:
    return Equipment(route_resources(settings, load_key(settings.key_folder, "draws")), NoKeys())


def _draft(settings: Settings) -> Equipment:
    return Equipment(draft_resources(settings), open_vault(settings, identity=False))


def _review(settings: Settings) -> Equipment:
    vault = open_vault(settings, identity=True)
    agent_key = load_key(settings.key_folder, "agents")
    return Equipment(review_resources(vault, codec_of(settings), agent_key, settings), vault)


EQUIP: dict[str, Callable[[Settings], Equipment]] = {
    "mask": _mask,
    "classify": _classify,
    "route": _route,
    "draft": _draft,
    "review": _review,
}


def equip(stage: str, settings: Settings) -> Any:
    """What the named stage works with."""
    return EQUIP[stage](settings)
