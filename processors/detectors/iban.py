"""text -> IBAN spans: valid in any spelling, with a typo, and accounts that are called so."""

import re
from collections.abc import Mapping

from stdnum import iban

from ticketstream.processors.detectors import labelled
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span, offsets_of, scan

# people group by spaces, dots and dashes, and mail programs break lines and quote them
GAP = r"(?:[ \t./_-]{0,2}|[ ]?\r?\n[> ]{0,2})"
CANDIDATE = re.compile(
    rf"{LEFT}[A-Za-z][ ]?[A-Za-z][ \t./_-]{{0,2}}[0-9OoIl](?:{GAP}[A-Za-z0-9]){{12,31}}"
)
ANNOUNCED = re.compile(
    r"(?:iban|konto|account|bank|überweis|erstatt|refund|lastschrift|debit|transfer|bic|depot)"
    r"[^\n]{0,40}\n?[^\n]{0,12}$",
    re.IGNORECASE,
)
MISTYPED = str.maketrans("OIL", "011")
# announced, of no length that any country knows: as far as groups with digits go
UNFINISHED = re.compile(
    rf"\bIBAN\b{labelled.GAP}(?P<value>[A-Z]{{2}}[0-9]{{2}}"
    r"(?:[ ]?(?=[A-Z]{0,3}[0-9])[A-Z0-9]{2,4}){3,8}[0-9]?)"
    rf"{RIGHT}",
    re.IGNORECASE,
)
ACCOUNT = re.compile(
    rf"\b(?:konto-?(?:nummer|nr\.?)|kto\.?(?:-?nr\.?)?|(?P<british>account (?:number|no\.?)))"
    rf"{labelled.GAP}(?P<value>[0-9](?:[ ]?[0-9]){{5,11}}){RIGHT}",
    re.IGNORECASE,
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


BEFORE = 64  # characters in which an announcing word must stand
LEAST_DIGITS = 10


def find(text: str) -> list[Span]:
    """Every account number."""
    spans = scan(CANDIDATE, read, text)
    if labelled.mentions(text, ("iban", "konto", "kto", "sort code")):
        sorted_by_code = labelled.mentions(text, ("sort code",))
        spans += [
            Span(*m.span("value"), "IBAN", 0.93, "iban")
            for m in ACCOUNT.finditer(text)
            if sorted_by_code or not m["british"]
        ]
        spans += [Span(*m.span("value"), "IBAN", 0.85, "iban") for m in UNFINISHED.finditer(text)]
    return spans


def read(found: re.Match[str]) -> Span | None:
    """The account at the start of a candidate, which may run on into the words behind it."""
    offsets = offsets_of(found[0])
    country = "".join(found[0][i] for i in offsets[:2]).upper()
    length = LENGTHS.get(country, 0)
    if not length or len(offsets) < length:
        return None
    compact = "".join(found[0][i] for i in offsets[:length]).upper()
    if country in DIGITS_ONLY:
        compact = country + compact[2:].translate(MISTYPED)
    end = found.start() + offsets[length - 1] + 1
    if iban.is_valid(compact):
        return Span(found.start(), end, "IBAN", 1.0, "iban")
    ends = not found.string[end : end + 1].isalnum() and compact[2:4].isdigit()
    plain = country in DIGITS_ONLY and compact[2:].isdigit()
    if ends and ANNOUNCED.search(found.string[max(0, found.start() - BEFORE) : found.start()]):
        return (
            Span(found.start(), end, "IBAN", 0.9, "iban") if plain or is_written(compact) else None
        )
    return Span(found.start(), end, "IBAN", 0.8, "iban") if ends and plain else None


def is_written(compact: str) -> bool:
    """Whether a number that does not check is one with a typo, and no words."""
    return sum(c.isdigit() for c in compact) >= LEAST_DIGITS
