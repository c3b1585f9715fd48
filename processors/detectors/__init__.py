"""text -> spans: what in a text is about a person. A new detector is one file and one line here."""

import re
from collections.abc import Callable, Mapping

from ticketstream.processors.detectors import (
    card,
    customer,
    email,
    iban,
    invoice,
    ip,
    order,
    phone,
    tracking,
    url,
    words,
)
from ticketstream.processors.detectors.span import Span

DETECTORS: tuple[Callable[[str], list[Span]], ...] = (
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


def detect(text: str) -> list[Span]:
    """What every detector found, overlaps included."""
    return [span for find in DETECTORS for span in find(text)]


def canonical(kind: str, surface: str) -> str:
    """The same for every spelling of a value."""
    spelled = CANONICAL.get(kind)
    same = spelled(surface) if spelled else re.sub(r"[\W_]", "", surface).upper()
    return same or surface
