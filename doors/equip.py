"""Settings -> what each stage works with; a role loads only what it uses."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from prometheus_client import CollectorRegistry

from ticketstream import __version__
from ticketstream.doors.settings import Settings, secret_in
from ticketstream.doors.shop import agents, detectors, numbers, readable
from ticketstream.processors import taxonomy
from ticketstream.processors.policy import default_policy, load_policy
from ticketstream.processors.route import RouteResources
from ticketstream.processors.taxonomy import Labels, shipped_labels
from ticketstream.projections.store import ReadModels, read_engine
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import PolicyError, SettingError, TaxonomyError
from ticketstream.schemas.policy import Policy
from ticketstream.stream.by_policy import ByPolicy
from ticketstream.stream.work import Resources, Seals
from ticketstream.vault.facts import NoShop, SqliteShop
from ticketstream.vault.forgetting import erased_by
from ticketstream.vault.key_variables import KeyVariables
from ticketstream.vault.keys import PLAIN, KeyFiles, KeySource, master_keys
from ticketstream.vault.kms import CommandKms
from ticketstream.vault.nokeys import NoKeys
from ticketstream.vault.ports import Gate, Opener, Shop
from ticketstream.vault.store import Vault, vault_engine


@dataclass(frozen=True, slots=True)
class Equipment:
    """What a stage's worker is made of beside the stage itself."""

    resources: Resources | ByPolicy
    seals: Seals
    counts: CollectorRegistry | None = None  # metrics of the resources' own


def open_vault(settings: Settings, *, identity: bool, shop: Shop | None = None) -> Vault:
    """The vault as a role sees it: with or without the identity key, or the shop that mask asks."""
    keys = master_keys(key_source(settings), identity=identity)
    return Vault(vault_engine(settings.vault_url), keys, shop or NoShop())


def key_source(settings: Settings) -> KeySource:
    """Where the master keys come from: variables, else files, which a command may have wrapped.

    Raises:
        SettingError: variables and a command, which would both have to be right.
    """
    keys, successors = settings.key_variables()
    if not keys and not successors:
        kms = CommandKms(settings.key_command) if settings.key_command else PLAIN
        return KeyFiles(settings.key_folder, kms)
    if settings.key_command:
        raise SettingError(
            "TICKETSTREAM_KEY_COMMAND and keys in variables (TICKETSTREAM_KEY_TEXT, ...) are set: "
            "choose one"
        )
    return KeyVariables(keys, successors)


def models_of(settings: Settings) -> ReadModels:
    """The read models, which keep the vault's erased tickets blank."""
    return ReadModels(read_engine(settings.read_models_url), erased=erased_of(settings))


def archive_of(settings: Settings) -> Any:
    """The archive of decisions, which keeps the vault's erased tickets blank."""
    from ticketstream.projections.archive import Archive  # noqa: PLC0415

    return Archive(settings.home / "archive", erased_of(settings))


def erased_of(settings: Settings) -> Any:
    """Asks the vault which of some tickets are erased."""
    return erased_by(vault_engine(settings.vault_url))


def shop_of(settings: Settings) -> Shop:
    """The shop's database, its address on the network, or none.

    Raises:
        SettingError: both, or one that cannot be used.
    """
    if settings.shop_db and settings.shop_url:
        raise SettingError("TICKETSTREAM_SHOP_DB and TICKETSTREAM_SHOP_URL are set: choose one")
    if settings.shop_db:
        return SqliteShop(settings.shop_db)
    token = secret_in(settings.shop_token, "SHOP_TOKEN")
    if not settings.shop_url:
        return NoShop()
    from ticketstream.vault.shop_http import HttpShop  # noqa: PLC0415

    return HttpShop(settings.shop_url, token, settings.shop_timeout)


def codec_of(settings: Settings) -> Codec:
    """The codec, with the schema registry when one is set."""
    if not settings.schema_registry:
        return Codec()
    from ticketstream.stream.schema_registry import Registry  # noqa: PLC0415

    return Codec(Registry(settings.schema_registry))


def labels_of(settings: Settings) -> Labels:
    """The shop's taxonomy, or the shipped one.

    Raises:
        TaxonomyError: it cannot be read or used.
    """
    if settings.taxonomy is None:
        return shipped_labels()
    try:
        text = settings.taxonomy.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TaxonomyError(
            f"{settings.taxonomy} cannot be read: {type(error).__name__}"
        ) from error
    return taxonomy.labels_of(text, str(settings.taxonomy))


def policy_of(settings: Settings) -> Policy:
    """The policy document that is set, or the shipped one."""
    if settings.policy is None:
        return default_policy()
    try:
        text = settings.policy.read_text("utf-8")
        return load_policy(text, str(settings.policy), labels=labels_of(settings))
    except (OSError, UnicodeDecodeError) as error:
        raise PolicyError(f"{settings.policy} cannot be read: {type(error).__name__}") from error


@cache
def _entities(models: Path) -> Any:
    """Once a process: mask and `--explain` share it."""
    from ticketstream.processors.detectors.entities import Entities  # noqa: PLC0415

    return Entities.load(models / "entities", models / "encoder")


def entities_of(settings: Settings) -> Any:
    """The entity model of the settings' model folder."""
    return _entities(settings.models)


def masker_of(settings: Settings, token_key: bytes) -> Any:
    """Detectors, the shop's words and people, the entity model: what mask and review find by."""
    from ticketstream.processors.detectors import known  # noqa: PLC0415
    from ticketstream.processors.masker import Masker  # noqa: PLC0415

    people = known.finder(known.listed_people(agents(settings)))
    entities = entities_of(settings).find
    return Masker(token_key, readable(settings), detectors(settings), people, entities)


def masker_version(settings: Settings) -> str:
    """Of the code, the weights, and what the shop set: all that can change what is masked."""
    model = entities_of(settings).manifest
    said = repr((sorted(readable(settings)), agents(settings), numbers(settings)))
    return f"{__version__}+{model.name}-{model.version}+{sha256(said.encode()).hexdigest()[:12]}"


def mask_resources(gate: Gate, settings: Settings, token_key: bytes) -> Resources:
    """The masker and the vault's gate."""
    from ticketstream.processors.mask import MaskResources  # noqa: PLC0415

    return MaskResources(gate, masker_version(settings), masker_of(settings, token_key))


def classify_resources(settings: Settings) -> Resources:
    """Encoder, heads and keyword lists under the local policy."""
    from ticketstream.doors.deciding import classify_by  # noqa: PLC0415

    return classify_by(settings)(policy_of(settings))


def route_resources(settings: Settings, draw_key: bytes) -> RouteResources:
    """The local policy and the key of the draws."""
    return RouteResources.of(policy_of(settings), draw_key, __version__)


def draft_resources(settings: Settings) -> Resources:
    """The knowledge base with its encoder under the local policy."""
    from ticketstream.doors.deciding import draft_by  # noqa: PLC0415

    return draft_by(settings)(policy_of(settings))


def by_policy(settings: Settings, prepare: Callable[[Policy], Resources]) -> ByPolicy:
    """What follows the published policies; for a shop without one the local policy decides."""
    document = str(settings.policy or "")
    return ByPolicy(policy_of(settings), prepare, document, labels_of(settings))


def review_resources(
    opener: Opener, codec: Codec, settings: Settings, agent_key: bytes, token_key: bytes
) -> Resources:
    """The masker again, and what opens the draft that was handed back."""
    from ticketstream.processors.review import ReviewResources  # noqa: PLC0415

    masker = masker_of(settings, token_key)
    return ReviewResources(opener, codec, masker_version(settings), agent_key, masker)


def _mask(settings: Settings) -> Equipment:
    vault = open_vault(settings, identity=True, shop=shop_of(settings))
    token_key = key_source(settings).load("tokens")
    return Equipment(mask_resources(vault, settings, token_key), vault)


def _classify(settings: Settings) -> Equipment:
    from ticketstream.doors.deciding import classify_by, language_model  # noqa: PLC0415

    resources = by_policy(settings, classify_by(settings))
    asking = language_model(settings)
    counts = asking.model.counts.registry if asking else None
    return Equipment(resources, open_vault(settings, identity=False), counts)


def _route(settings: Settings) -> Equipment:
    draw_key = key_source(settings).load("draws")

    def prepare(policy: Policy) -> Resources:
        return RouteResources.of(policy, draw_key, __version__)

    return Equipment(by_policy(settings, prepare), NoKeys())


def _draft(settings: Settings) -> Equipment:
    from ticketstream.doors.deciding import draft_by  # noqa: PLC0415

    resources = by_policy(settings, draft_by(settings))
    return Equipment(resources, open_vault(settings, identity=False))


def _review(settings: Settings) -> Equipment:
    vault = open_vault(settings, identity=True)
    keys = key_source(settings)
    agent_key, token_key = keys.load("agents"), keys.load("tokens")
    resources = review_resources(vault, codec_of(settings), settings, agent_key, token_key)
    return Equipment(resources, vault)


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
