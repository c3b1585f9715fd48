"""The shop's notice (TOML) -> who answers for the data, who receives them, who else keeps them."""

import tomllib
from pathlib import Path
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ticketstream.schemas.errors import SettingError

Text = Annotated[str, Field(min_length=1)]
Texts = Annotated[tuple[Text, ...], Field(min_length=1)]
STRICT = ConfigDict(extra="forbid", frozen=True)


class Controller(BaseModel):
    """Who answers for the data, whom to write to, and whom to complain to."""

    model_config = STRICT

    name: Text
    address: Text
    contact: Text
    officer: Text
    authority: Text


class Words(BaseModel):
    """What the shop says in one language: what for, to whom, to which countries."""

    model_config = STRICT

    purposes: Texts
    recipients: Texts
    transfers: Text


class LanguageModel(BaseModel):
    """A language model outside the shop's own processes, by the name that events give it."""

    model_config = STRICT

    name: Text
    provider: Text
    endpoint: Text
    retention_days: Annotated[int, Field(ge=0)]
    agreement: Text
    training: Text


class Notice(BaseModel):
    """The whole notice."""

    model_config = STRICT

    controller: Controller
    en: Words
    de: Words
    language_models: tuple[LanguageModel, ...] = ()


def load_notice(path: Path) -> Notice:
    """The notice of a shop.

    Raises:
        SettingError: no such file, or something is left out of it.
    """
    try:
        return Notice.model_validate(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{path} cannot be read ({type(error).__name__}): write the shop's notice there, as "
            "knowledge/shop/notice.toml, or set TICKETSTREAM_NOTICE"
        ) from error
    except tomllib.TOMLDecodeError as error:
        raise SettingError(f"{path} is no TOML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(map(str, first["loc"]))
        raise SettingError(f"{path}: {name}: {first['msg']}") from None
