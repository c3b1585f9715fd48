"""text -> ORDER spans: the shop's order numbers, and any number that is called one."""

from collections.abc import Callable

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.written import Written

SHOP = Written("KB-0000000")
called = labelled.finder(
    "ORDER",
    r"orders?|re-?orders?|purchase(?: order)?|bestell(?:ung(?:en|s)?)?|best(?=[.-])|auftr[aä]ge?s?",
)


def finder(shop: Written) -> Callable[[str], list[Span]]:
    """A detector for the order numbers of a shop that writes them so."""

    def find(text: str) -> list[Span]:
        own = (Span(*place, "ORDER", 0.95, "order") for place in shop.places(text))
        return [*own, *called(text)]

    return find


find = finder(SHOP)
