"""text -> CUSTOMER spans: the shop's customer numbers, and any number that is called one."""

from collections.abc import Callable

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.written import Written

SHOP = Written("C-000000")
called = labelled.finder(
    "CUSTOMER",
    r"customers?|clients?|accounts?|member(?:ship)?|club|kunden?(?:konto)?|kd|mitglieds?"
    r"|post(?=-?n[ru])",
)


def finder(shop: Written) -> Callable[[str], list[Span]]:
    """A detector for the customer numbers of a shop that writes them so."""

    def find(text: str) -> list[Span]:
        own = (Span(*place, "CUSTOMER", 0.95, "customer") for place in shop.places(text))
        return [*own, *called(text)]

    return find


find = finder(SHOP)
