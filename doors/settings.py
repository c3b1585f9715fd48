"""The environment -> settings: the one module that reads it. docs/settings.md explains each."""

import os
import socket
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ticketstream.schemas.errors import SettingError

ROOT = Path(__file__).resolve().parent.parent  # the checkout: models and knowledge lie beside
PREFIX = "TICKETSTREAM_"


class Settings(BaseSettings):
    """Every setting, read from `TICKETSTREAM_<NAME>`."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    brokers: str = Field("", description="Kafka's bootstrap servers; empty: the local broker")
    schema_registry: str = Field("", description="URL of a schema registry (Confluent API)")
    shop: str = Field("kestrel", description="The shop whose tickets the door takes in")
    home: Path = Field(
        Path.home() / ".local/share/ticketstream", description="Keys, databases, worker state"
    )
    cache: Path = Field(
        Path.home() / ".cache/ticketstream", description="What was downloaded: Kafka's jars"
    )
    keys: Path | None = Field(None, description="Folder of the master keys; default HOME/keys")
    key_command: str = Field("", description="A command that wraps and unwraps the key files")
    key_text: SecretStr | None = Field(None, description="The master key of texts, in hex")
    key_identity: SecretStr | None = Field(None, description="The master key of identities, in hex")
    key_index: SecretStr | None = Field(None, description="The key that hashes addresses, in hex")
    key_intake: SecretStr | None = Field(None, description="The key of ticket ids, in hex")
    key_draws: SecretStr | None = Field(None, description="The key of the draws, in hex")
    key_agents: SecretStr | None = Field(None, description="The key of agents' names, in hex")
    key_tokens: SecretStr | None = Field(None, description="The key of tokens' checks, in hex")
    key_text_next: SecretStr | None = Field(None, description="For `vault rotate`: its successor")
    key_identity_next: SecretStr | None = Field(
        None, description="For `vault rotate`: its successor"
    )
    vault: str = Field("", description="SQLAlchemy URL of the vault; default: SQLite in HOME")
    shop_db: Path | None = Field(None, description="SQLite file of customers, orders and payments")
    shop_url: str = Field("", description="URL that answers questions about customers and orders")
    shop_token: Path | None = Field(None, description="A file with the bearer token it asks for")
    shop_timeout: float = Field(
        2.0, gt=0, le=10, description="Seconds that one question may take, a second try included"
    )
    own_names: Path | None = Field(
        None,
        description="A file of the shop's own names, addresses and numbers, which stay readable; "
        "default: KNOWLEDGE/shop/own.txt",
    )
    notice: Path | None = Field(
        None,
        description="The shop's privacy notice (TOML), for exports and receipts; "
        "default: KNOWLEDGE/shop/notice.toml",
    )
    agents: Path | None = Field(
        None,
        description="A file of the names and addresses of those who answer, which are masked; "
        "default: KNOWLEDGE/shop/agents.txt",
    )
    order_numbers: str = Field(
        "KB-0000000", description="Forms of order numbers: 0 a digit, ? a letter, * either"
    )
    invoice_numbers: str = Field("INV-0000-000000", description="Forms of invoice numbers")
    customer_numbers: str = Field("C-000000", description="Forms of customer numbers")
    taxonomy: Path | None = Field(
        None, description="The shop's own labels (TOML); default: the shipped ones"
    )
    policy: Path | None = Field(None, description="A policy document; default: the shipped one")
    language_model: Path | None = Field(
        None, description="A document (TOML) that names a language model's endpoint; none: no call"
    )
    models: Path = Field(ROOT / "models", description="Folder of the model folders")
    knowledge: Path = Field(ROOT / "knowledge", description="Folder of articles and products")
    read_models: str = Field("", description="SQLAlchemy URL; default: SQLite in HOME")
    partitions: int = Field(4, ge=1, le=1024, description="Partitions of a new topic")
    replication: int = Field(1, ge=1, le=7, description="Replication factor of a new topic")
    worker_host: str = Field(
        socket.gethostname(), description="Stable name of this host in worker ids"
    )
    metrics_host: str = Field("127.0.0.1", description="Address of /metrics and the probes")
    metrics_port: int = Field(0, ge=0, le=65535, description="Their port; 0: a free one")
    desk_host: str = Field("127.0.0.1", description="Address of the desk")
    desk_port: int = Field(0, ge=0, le=65535, description="Port of the desk; 0: a free one")
    intake_host: str = Field("127.0.0.1", description="Address of POST /tickets")
    intake_port: int = Field(0, ge=0, le=65535, description="Its port; 0: a free one")
    intake_token: Path | None = Field(
        None, description="A file with the bearer token that POST /tickets asks for"
    )
    imap: str = Field("", description="imaps://USER@HOST/FOLDER of the mailbox to poll")
    imap_password: Path | None = Field(None, description="A file with the mailbox's password")
    imap_done: str = Field("", description="Folder for what is taken; empty: it is marked")
    imap_seconds: float = Field(30, gt=0, description="Seconds between two looks at the mailbox")
    loop_matter: int = Field(
        12, ge=1, description="Mails of a sender on a matter in an hour; more are a loop"
    )
    loop_sender: int = Field(200, ge=1, description="Mails of a sender in an hour; more are a loop")
    time_zone: str = Field("Europe/Berlin", description="The zone in which the desk shows times")
    log_json: bool = Field(default=False, description="Log JSON lines instead of text")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="The least level that is logged"
    )

    @field_validator("home", "cache", mode="after")
    @classmethod
    def _absolute(cls, path: Path) -> Path:
        return path.expanduser().absolute()

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise ValueError("no such time zone, write it as Europe/Berlin") from error
        return name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    @property
    def key_folder(self) -> Path:
        return self.keys or self.home / "keys"

    @property
    def vault_url(self) -> str:
        return self.vault or f"sqlite:///{self.home / 'vault.db'}"

    def key_variables(self) -> tuple[dict[str, str], dict[str, str]]:
        """The master keys that are set by variables, and the successors, both by name."""
        given = {n.removeprefix("key_"): getattr(self, n) for n in KEY_SETTINGS}
        values = {n: v.get_secret_value() for n, v in given.items() if v}
        successors = {n.removesuffix("_next"): v for n, v in values.items() if n.endswith("_next")}
        return {n: v for n, v in values.items() if not n.endswith("_next")}, successors

    @property
    def notice_file(self) -> Path:
        return self.notice or self.knowledge / "shop" / "notice.toml"

    @property
    def knowledge_index(self) -> Path:
        return self.home / "knowledge"

    @property
    def read_models_url(self) -> str:
        return self.read_models or f"sqlite:///{self.home / 'read.db'}"

    @property
    def broker_home(self) -> Path:
        return self.home / "kafka"

    def environment(self) -> dict[str, str]:
        """These settings as environment variables, for child processes."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return {PREFIX + k.upper(): _written(v) for k, v in values.items() if v is not None}


KEY_SETTINGS = tuple(
    n for n, f in Settings.model_fields.items() if f.annotation == SecretStr | None
)


def load(**overrides: object) -> Settings:
    """The settings of this process.

    Raises:
        SettingError: a value that does not fit; the message names the variable.
    """
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors()[0]
        name = PREFIX + str(first["loc"][0]).upper()
        raise SettingError(f"{name} is {first['input']!r}: {first['msg']}") from None


def inherited() -> dict[str, str]:
    """This process's environment but for our settings, which its children are told one by one."""
    return {k: v for k, v in os.environ.items() if not k.startswith(PREFIX)}


def secret_in(path: Path | None, name: str) -> str:
    """What a file of a setting holds; empty without a file.

    Raises:
        SettingError: the file cannot be read, or is empty.
    """
    if path is None:
        return ""
    try:
        secret = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{PREFIX}{name}: the file cannot be read ({type(error).__name__})"
        ) from error
    if not secret:
        raise SettingError(f"{PREFIX}{name}: the file is empty")
    return secret


def _written(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)
