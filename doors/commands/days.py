"""Options that say which tickets: received since, until, of which shop."""

from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from ticketstream.schemas.errors import SettingError

if TYPE_CHECKING:
    from ticketstream.learning.replay.stored import Wanted

Since = Annotated[str, typer.Option(help="Received on this day (UTC) or later.")]
Until = Annotated[str, typer.Option(help="Received before this day (UTC).")]
Shop = Annotated[str, typer.Option(help="Of this shop only.")]


def wanted_of(since: str, until: str, shop: str) -> "Wanted":
    """The same as a question to topics or archive.

    Raises:
        SettingError: no day, or no day between the two.
    """
    from ticketstream.learning.replay.stored import Wanted  # noqa: PLC0415

    first, end = day(since, "--since"), day(until, "--until")
    if first and end and first >= end:
        raise SettingError(f"no day lies from --since {since} up to and without --until {until}")
    return Wanted(first, end, shop)


def day(text: str, option: str) -> date | None:
    """A day, or none.

    Raises:
        SettingError: it is no day.
    """
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise SettingError(f"{option} is {text!r}: write a day as 2026-06-30") from None
