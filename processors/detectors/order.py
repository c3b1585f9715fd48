"""text -> ORDER spans: the shop's order numbers, and any number that is called one."""

import re

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

SHOP = re.compile(rf"{LEFT}[Kk][Bb][ \u00a0]?[-–_#]?[ \u00a0]?[0-9]{{7}}{RIGHT}")  # noqa: RUF001
called = labelled.finder(
    "ORDER",
    r"orders?|re-?orders?|purchase(?: order)?|bestell(?:ung(?:en|s)?)?|best(?=[.-])|auftr[aä]ge?s?",
)


def find(text: str) -> list[Span]:
    """Every order number."""
    return [Span(*m.span(), "ORDER", 0.95, "order") for m in SHOP.finditer(text)] + called(text)


def canonical(surface: str) -> str:
    """The number as the shop writes it: `kb 4821973` is `KB-4821973`."""
    plain = re.sub(r"[^A-Z0-9]", "", surface.upper())
    return f"KB-{plain[2:]}" if SHOP.fullmatch(surface) else plain
