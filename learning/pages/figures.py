"""Shares, amounts and their intervals -> text, as each language writes numbers."""

from ticketstream.learning.replay.intervals import Estimate
from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import number

THIN = "\N{NARROW NO-BREAK SPACE}"
FEW = 10  # below this an amount that is not whole has a decimal


def share(value: float, tongue: Tongue, *, round: bool = False) -> str:  # noqa: A002
    """0.123 -> 12.3 %; a round one without a decimal that is zero, where asked for."""
    told = f"{100 * value:.1f}"
    return f"{number(told.removesuffix('.0') if round else told, tongue)}{THIN}%"


def ends(estimate: Estimate, tongue: Tongue) -> str:
    """The interval of a share: 10.1 to 14.8 %."""
    low = number(f"{100 * estimate.low:.1f}", tongue)
    return f"{low} {_to(tongue)} {share(estimate.high, tongue)}"


def amount(value: float, tongue: Tongue) -> str:
    """1234 -> 1,234; a small one that is not whole has a decimal."""
    whole = abs(value) >= FEW or value == int(value)
    return number(f"{value:.0f}" if whole else f"{value:.1f}", tongue)


def amounts(estimate: Estimate, tongue: Tongue) -> str:
    """The interval of an amount: 3.1 to 9.4."""
    return f"{amount(estimate.low, tongue)} {_to(tongue)} {amount(estimate.high, tongue)}"


def _to(tongue: Tongue) -> str:
    return {"en": "to", "de": "bis"}[tongue]
