"""text -> spans: what in a text is about a person. A new detector is one file and one line here."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from ticketstream.processors.detectors import (
    bic,
    birth,
    card,
    customer,
    document,
    email,
    health,
    iban,
    invoice,
    ip,
    location,
    mailbox,
    order,
    phone,
    plate,
    street_english,
    street_german,
    tax,
    tracking,
    url,
    username,
    words,
)
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.view import view
from ticketstream.processors.detectors.written import Written

Finder = Callable[[str], list[Span]]

DETECTORS: tuple[Finder, ...] = (
    email.find,
    url.find,
    ip.find,
    iban.find,
    card.find,
    order.find,
    invoice.find,
    customer.find,
    tracking.find,
    phone.find,
    bic.find,
    birth.find,
    tax.find,
    document.find,
    username.find,
    plate.find,
    health.find,
    street_german.find,
    street_english.find,
    mailbox.find,
    location.find,
)
# how a type's values are told to be the same; all others by their letters and digits
CANONICAL: Mapping[str, Callable[[str], str]] = {
    "EMAIL": email.canonical,
    "URL": url.canonical,
    "ORDER": order.SHOP.canonical,
    "INVOICE": invoice.SHOP.canonical,
    "CUSTOMER": customer.SHOP.canonical,
    "PHONE": phone.canonical,
    "PERSON": lambda surface: " ".join(words.words_of(surface)),
}


@dataclass(frozen=True, slots=True)
class Detectors:
    """The detectors of a shop, and how it is told that two spellings are one value."""

    finders: tuple[Finder, ...]
    spellings: Mapping[str, Callable[[str], str]]

    def detect(self, text: str, further: Sequence[Finder] = ()) -> list[Span]:
        """What every detector found, overlaps included; read in the view that undoes disguises.

        Args:
            text: in its offsets are the spans.
            further: detectors that know more than the text: the ticket's people, a model.
        """
        seen = view(text)
        every = (*self.finders, *further)
        return [seen.original(span) for find in every for span in find(seen.text)]

    def canonical(self, kind: str, surface: str) -> str:
        """The same for every spelling of a value."""
        surface = view(surface).text
        spelled = self.spellings.get(kind)
        same = spelled(surface) if spelled else re.sub(r"[\W_]", "", surface).upper()
        return same or surface


def detectors_of(orders: Written, invoices: Written, customers: Written) -> Detectors:
    """The detectors for a shop that writes its own numbers in these forms."""
    own = {
        order.find: order.finder(orders),
        invoice.find: invoice.finder(invoices),
        customer.find: customer.finder(customers),
    }
    spelled = {
        "ORDER": orders.canonical,
        "INVOICE": invoices.canonical,
        "CUSTOMER": customers.canonical,
    }
    return Detectors(tuple(own.get(f, f) for f in DETECTORS), {**CANONICAL, **spelled})


# of the sample shop
SAMPLE = Detectors(DETECTORS, CANONICAL)
detect = SAMPLE.detect
canonical = SAMPLE.canonical
