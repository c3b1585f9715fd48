"""text -> spans: what in a text is about a person. A new detector is one file and one line here."""

import re
from collections.abc import Callable, Mapping, Sequence

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
    "ORDER": order.canonical,
    "CUSTOMER": customer.canonical,
    "PHONE": phone.canonical,
    "PERSON": lambda surface: " ".join(words.words_of(surface)),
}


def detectors_of(orders: Written, customers: Written) -> tuple[Finder, ...]:
    """The detectors for a shop that writes its own numbers in these forms."""
    own = {order.find: order.finder(orders), customer.find: customer.finder(customers)}
    return tuple(own.get(find, find) for find in DETECTORS)


def detect(text: str, detectors: Sequence[Finder] = DETECTORS) -> list[Span]:
    """What every detector found, overlaps included; read in the view that undoes disguises."""
    seen = view(text)
    return [seen.original(span) for find in detectors for span in find(seen.text)]


def canonical(kind: str, surface: str) -> str:
    """The same for every spelling of a value."""
    surface = view(surface).text
    spelled = CANONICAL.get(kind)
    same = spelled(surface) if spelled else re.sub(r"[\W_]", "", surface).upper()
    return same or surface
