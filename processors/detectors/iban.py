"""text -> IBAN spans: checksum-valid in any spelling, and what has an IBAN's shape but a typo."""

import re
from collections.abc import Mapping

from stdnum import iban

from ticketstream.processors.detectors.span import LEFT, Span, offsets_of, scan

CANDIDATE = re.compile(
    rf"{LEFT}[A-Za-z]{{2}}[ \u00a0]?[0-9]{{2}}(?:[ \u00a0.-]?[A-Za-z0-9]){{11,30}}"
)
# characters of an account number, by country, as the IBAN registry lists them
LENGTHS: Mapping[str, int] = {
    country: length
    for length, countries in (
        (15, "NO"),
        (16, "BE"),
        (18, "DK FI FK FO GL NL SD"),
        (19, "MK SI"),
        (20, "AT BA EE KZ LT LU MN XK"),
        (21, "CH HR LI LV"),
        (22, "BG BH CR DE GB GE IE ME RS VA"),
        (23, "AE GI IL IQ OM SO TL"),
        (24, "AD CZ ES MD PK RO SA SE SK TN VG"),
        (25, "LY PT ST"),
        (26, "IS TR"),
        (27, "BI DJ FR GR IT MC MR SM"),
        (28, "AL AZ BY CY DO GT HN HU LB NI PL SV"),
        (29, "BR EG PS QA UA"),
        (30, "JO KW MU YE"),
        (31, "MT SC"),
        (32, "LC"),
        (33, "RU"),
    )
    for country in countries.split()
}
# countries whose accounts are digits only: enough to know one with a typo
DIGITS_ONLY = frozenset({"DE", "AT", "CH", "LI", "LU", "BE", "ES", "PL", "DK"})


def find(text: str) -> list[Span]:
    """Every account number."""
    return scan(CANDIDATE, read, text)


def read(found: re.Match[str]) -> Span | None:
    """The account at the start of a candidate, which may run on into the words behind it."""
    length = LENGTHS.get(found[0][:2].upper(), 0)
    offsets = offsets_of(found[0])
    if not length or len(offsets) < length:
        return None
    compact = "".join(found[0][i] for i in offsets[:length]).upper()
    end = found.start() + offsets[length - 1] + 1
    if iban.is_valid(compact):
        return Span(found.start(), end, "IBAN", 1.0, "iban")
    ends = not found.string[end : end + 1].isalnum()
    if ends and compact[:2] in DIGITS_ONLY and compact[2:].isdigit():
        return Span(found.start(), end, "IBAN", 0.9, "iban")
    return None
