"""A table of costs (TOML) -> what a ticket of each route costs, or an error that names the line."""

import tomllib
from dataclasses import dataclass
from importlib.resources import files

import numpy as np

from ticketstream.processors.decision.columns import Floats
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.schemas.errors import SettingError


@dataclass(frozen=True, slots=True)
class Costs:
    """What a ticket costs by route, in the order of `ROUTES`; the unit is a word."""

    unit: str
    by_route: tuple[float, ...]

    @property
    def array(self) -> Floats:
        return np.array(self.by_route, np.float64)


def shipped_costs() -> Costs:
    """The assumptions that ship."""
    room = files("ticketstream.learning.replay")
    return read_costs((room / "costs.toml").read_text("utf-8"), "costs.toml")


def read_costs(text: str, name: str) -> Costs:
    """The costs of a document; a route that it leaves out costs what is shipped.

    Raises:
        SettingError: no TOML, an unknown route, or a cost that is no number of at least 0.
    """
    try:
        table = tomllib.loads(text)["costs"]
        known = dict(table)
    except (tomllib.TOMLDecodeError, KeyError, TypeError, ValueError) as error:
        raise SettingError(f"{name} is no table [costs] in TOML: {error}") from error
    unit = known.pop("unit", "minutes")
    if unknown := sorted(set(known) - set(ROUTES)):
        raise SettingError(f"{name}: no route {unknown[0]!r}, use one of {', '.join(ROUTES)}")
    for route, cost in known.items():
        if isinstance(cost, bool) or not isinstance(cost, (int, float)) or not cost >= 0:
            raise SettingError(f"{name}: costs.{route} is {cost!r}, must be a number of 0 or more")
    whole = known if set(known) == set(ROUTES) else _shipped() | known
    return Costs(str(unit), tuple(float(whole[route]) for route in ROUTES))


def _shipped() -> dict[str, float]:
    return dict(zip(ROUTES, shipped_costs().by_route, strict=True))
