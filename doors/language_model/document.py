"""A TOML file -> a checked endpoint: who runs it, what was agreed, price and budget."""

import tomllib
from datetime import UTC, date, datetime
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from ticketstream.schemas.errors import SettingError

LONGEST_WAIT = 10.0  # seconds a slice may wait; the broker's rebalance timeout is 30
Share = Annotated[float, Field(ge=0, le=1)]
AGREED = {
    "provider": "who runs it",
    "region": "where it runs",
    "agreement": "the date of the data processing agreement (Art. 28 GDPR)",
    "training_opt_out": "true, once the provider has agreed not to train on it",
    "retention_days": "for how many days the provider keeps what it gets; 0 for not at all",
    "eur_per_million_tokens_in": "the price; 0 where none is paid",
    "eur_per_million_tokens_out": "the price; 0 where none is paid",
}


class Table(BaseModel):
    """A table of the file; a key that is not known is an error."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Endpoint(Table):
    """Where the model is, and what the shop agreed with who runs it.

    `parameters` go into every request as they are, such as `temperature` and `max_tokens`.
    """

    base_url: str
    model: str = Field(min_length=1)
    key_file: str = ""
    provider: str = ""
    region: str = ""
    agreement: date | None = None
    training_opt_out: bool | None = None
    retention_days: int | None = Field(default=None, ge=0)
    eur_per_million_tokens_in: float | None = Field(default=None, ge=0)
    eur_per_million_tokens_out: float | None = Field(default=None, ge=0)
    parameters: dict[str, Any] = Field(default={"temperature": 0, "max_tokens": 64})

    @field_validator("base_url")
    @classmethod
    def _a_url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise ValueError("write it as https://HOST/v1")
        if parts.username or parts.password or parts.query or parts.fragment:
            raise ValueError("must hold no password and no query; a key stands in key_file")
        return url

    @property
    def local(self) -> bool:
        """Whether it runs on this machine: nothing leaves the house."""
        host = urlsplit(self.base_url).hostname or ""
        try:
            return ip_address(host).is_loopback
        except ValueError:
            return host == "localhost"

    @model_validator(mode="after")
    def _agreed(self) -> Self:
        if self.local:
            return self
        if urlsplit(self.base_url).scheme != "https":
            raise ValueError("base_url is on another machine: use https")
        for name, meaning in AGREED.items():
            if getattr(self, name) in (None, ""):
                raise ValueError(f"{name} is missing, {meaning}: needed for another machine")
        if not self.training_opt_out:
            raise ValueError("training_opt_out is false: nobody may train on customers' messages")
        if self.agreement and self.agreement > datetime.now(UTC).date():
            raise ValueError("agreement lies in the future: no text may go there before it")
        return self


class Ask(Table):
    """When and how the classifier asks."""

    below: Share = 0.6
    examples: int = Field(default=0, ge=0, le=32)
    seeds: str = ""
    measured: str = ""


class Budget(Table):
    """What asking may cost: a share of all tickets, money a day, seconds a slice."""

    share: Share = 0.2
    eur_a_day: float = Field(default=1.0, ge=0)
    seconds: float = Field(default=6.0, gt=0, le=LONGEST_WAIT)
    request_seconds: float = Field(default=3.0, gt=0, le=LONGEST_WAIT)
    concurrency: int = Field(default=8, ge=1, le=64)


class Breaker(Table):
    """After so many failures in a row nobody asks for so many seconds."""

    failures: int = Field(default=5, ge=1)
    seconds: float = Field(default=60.0, gt=0)


class Document(Table):
    """The whole file."""

    endpoint: Endpoint
    ask: Ask = Ask()
    budget: Budget = Budget()
    breaker: Breaker = Breaker()


def read_document(path: Path) -> Document:
    """The endpoint of a file.

    Raises:
        SettingError: no such file, a value that does not fit, or an endpoint on another machine
            without agreement; the message names file, key and what to write.
    """
    try:
        return Document.model_validate(tomllib.loads(path.read_text("utf-8")))
    except OSError as error:
        raise SettingError(f"{path} cannot be read: {type(error).__name__}") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        told = first["msg"].removeprefix("Value error, ")
        raise SettingError(f"{path}: {place}: {told}") from None


def key_of(document: Document, beside: Path) -> str:
    """The key of the endpoint; empty where none is named.

    Raises:
        SettingError: the file cannot be read, or is empty.
    """
    if not document.endpoint.key_file:
        return ""
    path = beside.parent / document.endpoint.key_file
    try:
        key = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(f"key_file {path} cannot be read: {type(error).__name__}") from error
    if not key:
        raise SettingError(f"key_file {path} is empty")
    return key
