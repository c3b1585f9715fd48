"""text -> INVOICE spans: the shop's invoice and credit note numbers, and what is called one."""

import re

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

SHOP = re.compile(
    rf"{LEFT}(?:INV|RE"
    rf"|RG)[ \u00a0]?[-–_]?[ \u00a0]?20[0-9]{{2}}[-–_/ ]?[0-9]{{4,8}}{RIGHT}",  # noqa: RUF001
    re.IGNORECASE,
)
called = labelled.finder(
    "INVOICE",
    r"invoices?|bills?|receipts?|credit notes?|rechnung(?:en|s)?|gutschrift(?:en|s)?|beleg",
)


def find(text: str) -> list[Span]:
    """Every invoice number."""
    return [Span(*m.span(), "INVOICE", 0.95, "invoice") for m in SHOP.finditer(text)] + called(text)
