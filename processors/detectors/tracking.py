"""text -> TRACKING spans: parcel numbers by their own form, or announced by a carrier's name."""

import re

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

OWN_FORM = re.compile(
    rf"{LEFT}(?=[A-Z0-9]{{0,6}}[0-9])"
    rf"(?:00340(?:[ ]?[0-9]){{15}}|JJ?D[0-9]{{16,20}}|JVGL[0-9]{{14,20}}"
    rf"|1Z(?:[ ]?[0-9A-Z]){{16}}"
    r"|3S[A-Z]{4}[0-9]{7,9}|TBA[0-9]{12}|H[0-9]{19}|[A-Z][0-9]{2}[A-Z]{2}[A-Z0-9][0-9]{10}"
    rf"|99\.[0-9]{{2}}\.[0-9]{{6}}\.[0-9]{{8}}){RIGHT}",
    re.IGNORECASE,
)
POSTAL = re.compile(
    rf"{LEFT}[A-Z]{{2}}[ ]?(?P<digits>(?:[0-9][ ]?){{8}})(?P<check>[0-9])[ ]?[A-Z]{{2}}{RIGHT}",
    re.IGNORECASE,
)
CARRIER = (
    r"dhl|dpd|gls|ups|hermes|fedex|evri|royal mail|parcelforce|an post|postnl|österreichische post"
    r"|yodel|inpost|deutsche post|trackingnummer|tracking|sendung|paket"
)
BARE = re.compile(rf"{LEFT}(?<![.,][0-9])[0-9]{{11,20}}{RIGHT}(?![.,][0-9])")
CARRIER_BEFORE = re.compile(rf"\b(?:{CARRIER})\b[^\n.!?\d]{{0,24}}$", re.IGNORECASE)
CARRIER_BEHIND = re.compile(
    rf"[\s,(:-]{{0,3}}(?:von |via |by |bei |with |mit )?(?:{CARRIER})\b", re.IGNORECASE
)
SPACED = re.compile(rf"{LEFT}[0-9]{{2,8}}(?:[ \u00a0][0-9]{{2,8}}){{1,6}}{RIGHT}")
NOUNS = (
    r"(?:track(?:ing)?|parcel|package|shipment|shipping|consignment|dhl|dpd|gls|ups|hermes|fedex"
    r"|evri|postnl"
    r"|sendung(?:s(?:verfolgung(?:s)?)?)?|paket(?:e|s|verfolgung(?:s)?)?"
    r"|track(?: ?(?:&|and) ?trace)?)"
    r"(?:[ -](?:parcel|package|shipment|tracking|sendungs?|pakets?|link))?"
)
announced = labelled.label(NOUNS)
called = labelled.finder("TRACKING", NOUNS, 0.93)
CARRIERS = tuple(CARRIER.split("|"))
WEIGHTS = (8, 6, 4, 2, 3, 5, 9, 7)  # of the Universal Postal Union's check digit
SHORTEST, LONGEST = 8, 22  # digits


def find(text: str) -> list[Span]:
    """Every parcel number."""
    spans = [Span(*m.span(), "TRACKING", 0.95, "tracking") for m in OWN_FORM.finditer(text)]
    spans += [
        Span(*m.span(), "TRACKING", 0.95, "tracking") for m in POSTAL.finditer(text) if checks(m)
    ]
    return (
        spans + spaced(text) + near(text) + [s for s in called(text) if s.end - s.start >= SHORTEST]
    )


def checks(found: re.Match[str]) -> bool:
    """Whether an international parcel number's last digit fits (11 is written 5, 10 is 0)."""
    digits = found["digits"].replace(" ", "")
    total = sum(int(d) * w for d, w in zip(digits, WEIGHTS, strict=True))
    return {10: 0, 11: 5}.get(11 - total % 11, 11 - total % 11) == int(found["check"])


def near(text: str) -> list[Span]:
    """Long numbers beside a carrier's name, `05342100123456 (DPD)`."""
    if not labelled.mentions(text, CARRIERS):
        return []
    return [
        Span(*m.span(), "TRACKING", 0.85, "tracking") for m in BARE.finditer(text) if carried(m)
    ]


def carried(found: re.Match[str]) -> bool:
    """Whether a carrier stands beside a number, and no word for an article before it."""
    before = found.string[max(0, found.start() - labelled.BEFORE) : found.start()]
    if labelled.ARTICLE_BEFORE.search(before):
        return False
    return bool(CARRIER_BEFORE.search(before) or CARRIER_BEHIND.match(found.string, found.end()))


def spaced(text: str) -> list[Span]:
    """Announced numbers in groups, `DPD 0534 2100 1234 56`."""
    return [
        Span(*m.span(), "TRACKING", 0.93, "tracking")
        for m in SPACED.finditer(text)
        if SHORTEST < sum(c.isdigit() for c in m[0]) <= LONGEST
        and announced.search(text[max(0, m.start() - labelled.BEFORE) : m.start()])
    ]
