"""text -> INVOICE spans: the shop's invoice numbers, usual ones, and any that is called one."""

import re
from collections.abc import Callable

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.written import Written

SHOP = Written("INV-0000-000000")
# as most programs for invoices number them: with the year
USUAL = re.compile(
    rf"{LEFT}(?:INV|RE"
    rf"|RG)[ \u00a0]?[-–—_]?[ \u00a0]?20[0-9]{{2}}[-–—_/ ]?[0-9]{{4,8}}{RIGHT}",  # noqa: RUF001
    re.IGNORECASE,
)
called = labelled.finder(
    "INVOICE",
    r"invoices?|bills?|receipts?|credit notes?|rechnung(?:en|s)?|gutschrift(?:en|s)?|beleg",
)


def finder(shop: Written) -> Callable[[str], list[Span]]:
    """A detector for the invoice numbers of a shop that writes them so."""

    def find(text: str) -> list[Span]:
        places = [*shop.places(text), *(m.span() for m in USUAL.finditer(text))]
        return [*(Span(*place, "INVOICE", 0.95, "invoice") for place in places), *called(text)]

    return find


find = finder(SHOP)
