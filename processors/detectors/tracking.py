"""text -> TRACKING spans: parcel numbers by their own form, or announced by a carrier's name."""

import re

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

OWN_FORM = re.compile(
    rf"{LEFT}(?:00340(?:[ \u00a0]?[0-9]){{15}}|JJ?D[0-9]{{16,20}}|1Z(?:[ ]?[0-9A-Z]){{16}}){RIGHT}",
    re.IGNORECASE,
)
POSTAL = re.compile(rf"{LEFT}[A-Z]{{2}}[ \u00a0]?([0-9]{{8}})([0-9])[ \u00a0]?[A-Z]{{2}}{RIGHT}")
SPACED = re.compile(rf"{LEFT}[0-9]{{2,8}}(?:[ \u00a0][0-9]{{2,8}}){{1,6}}{RIGHT}")
NOUNS = (
    r"(?:track(?:ing)?|parcel|package|shipment|shipping|consignment|dhl|dpd|gls|ups|hermes|fedex"
    r"|sendung(?:s(?:verfolgung(?:s)?)?)?|paket(?:e|s|verfolgung(?:s)?)?"
    r"|track(?: ?(?:&|and) ?trace)?)"
    r"(?:[ -](?:parcel|package|shipment|tracking|sendungs?|pakets?|link))?"
)
announced = labelled.label(NOUNS)
called = labelled.finder("TRACKING", NOUNS, 0.93)
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)  # of the Universal Postal Union's check digit
SHORTEST, LONGEST = 8, 22  # digits


def find(text: str) -> list[Span]:
    """Every parcel number."""
    spans = [Span(*m.span(), "TRACKING", 0.95, "tracking") for m in OWN_FORM.finditer(text)]
    spans += [
        Span(*m.span(), "TRACKING", 0.95, "tracking") for m in POSTAL.finditer(text) if checks(m)
    ]
    return spans + spaced(text) + [s for s in called(text) if s.end - s.start >= SHORTEST]


def checks(found: re.Match[str]) -> bool:
    """Whether an international parcel number's last digit fits (11 is written 5, 10 is 0)."""
    total = sum(int(d) * w for d, w in zip(found[1], WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(found[2])


def spaced(text: str) -> list[Span]:
    """Announced numbers in groups, `DPD 0534 2100 1234 56`."""
    return [
        Span(*m.span(), "TRACKING", 0.93, "tracking")
        for m in SPACED.finditer(text)
        if SHORTEST < sum(c.isdigit() for c in m[0]) <= LONGEST
        and announced.search(text[max(0, m.start() - labelled.BEFORE) : m.start()])
    ]
