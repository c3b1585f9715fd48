"""Settings -> what a shop tells of itself: names, goods, the people who answer, its numbers."""

from pathlib import Path
from typing import Any

from ticketstream.doors.settings import PREFIX, Settings
from ticketstream.schemas.errors import SettingError

NUMBERS = ("order_numbers", "invoice_numbers", "customer_numbers")


def own_names(settings: Settings) -> frozenset[str]:
    """What the shop calls itself and where it is reached: a line each, readable for everybody.

    Raises:
        SettingError: the file is not there.
    """
    path = settings.own_names or settings.knowledge / "shop" / "own.txt"
    return frozenset(_lines(path, "the shop's own names, addresses and numbers"))


def readable(settings: Settings) -> frozenset[str]:
    """What stays readable: the shop's own names, and what its products are called."""
    from ticketstream.processors.knowledge import names_of_goods, products  # noqa: PLC0415

    return own_names(settings) | names_of_goods(products(settings.knowledge))


def agents(settings: Settings) -> tuple[str, ...]:
    """Names and addresses of those who answer for the shop: a line each, masked everywhere.

    Raises:
        SettingError: the file is not there.
    """
    path = settings.agents or settings.knowledge / "shop" / "agents.txt"
    return _lines(path, "the names and addresses of the people who answer")


def _lines(path: Path, what: str) -> tuple[str, ...]:
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingError(
            f"{path} cannot be read ({type(error).__name__}): list {what} there, a line each, "
            "or leave the file empty"
        ) from error
    return tuple(filter(None, (line.strip() for line in lines)))


def numbers(settings: Settings) -> tuple[str, ...]:
    """The forms of order, invoice and customer numbers."""
    return tuple(getattr(settings, name) for name in NUMBERS)


def detectors(settings: Settings) -> Any:
    """The detectors, with the forms of the shop's own numbers.

    Raises:
        SettingError: a form that cannot be; the message names the variable and how to write one.
    """
    from ticketstream.processors.detectors import detectors_of  # noqa: PLC0415
    from ticketstream.processors.detectors.written import Written  # noqa: PLC0415

    written = []
    for name, forms in zip(NUMBERS, numbers(settings), strict=True):
        try:
            written.append(Written(forms))
        except ValueError as error:
            raise SettingError(f"{PREFIX}{name.upper()}: {error}") from error
    return detectors_of(*written)
