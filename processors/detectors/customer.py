"""text -> CUSTOMER spans: the shop's customer numbers, and any number that is called one."""

import re

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

SHOP = re.compile(rf"{LEFT}[Cc][ \u00a0]?[-–][ \u00a0]?[0-9]{{6}}{RIGHT}")  # noqa: RUF001
called = labelled.finder(
    "CUSTOMER",
    r"customers?|clients?|accounts?|member(?:ship)?|club|kunden?(?:konto)?|kd|mitglieds?",
)


def find(text: str) -> list[Span]:
    """Every customer number."""
    return [Span(*m.span(), "CUSTOMER", 0.95, "customer") for m in SHOP.finditer(text)] + called(
        text
    )


def canonical(surface: str) -> str:
    """The number as the shop writes it: `c - 104233` is `C-104233`."""
    plain = re.sub(r"[^A-Z0-9]", "", surface.upper())
    return f"C-{plain[1:]}" if SHOP.fullmatch(surface) else plain
