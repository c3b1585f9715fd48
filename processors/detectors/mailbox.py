"""text -> ADDRESS spans: parcel lockers and post boxes, with postcode and city behind them."""

import re

from ticketstream.processors.detectors.cities import CITY
from ticketstream.processors.detectors.labelled import mentions
from ticketstream.processors.detectors.span import RIGHT, Span

SEPARATOR = r"[ \t]*(?:[,;/•·|–-]|\r?\n[> \t]*)?[ \t]*"  # noqa: RUF001
BOX = re.compile(
    rf"\b(?:Packstation|Paketbox|Paketshop|Postfiliale|Postfach)(?:[ ]?(?:Nr\.?|nummer|:))?[ ]?"
    rf"[0-9]{{2,4}}(?:[ ]?[0-9]{{1,3}}){{0,3}}{RIGHT}"
    rf"(?P<place>{SEPARATOR}(?:(?:D|A|CH)-)?[0-9]{{4,5}}[ ](?:{CITY}|[^\W\d_]{{4,20}}))?",
    re.IGNORECASE,
)
ABROAD = re.compile(
    rf"\bP\.? ?O\.? ?Box[ ]?[0-9]{{1,6}}{RIGHT}"
    r"(?:[,\n][ ]?[A-Z][\w .'-]{1,30},?[ ](?:[A-Z]{2}[ ][0-9]{5}(?:-[0-9]{4})?"
    r"|[A-Z]{1,2}[0-9][0-9A-Z]? ?[0-9][A-Z]{2}))?",
    re.IGNORECASE,
)


def find(text: str) -> list[Span]:
    """Every locker and box."""
    if not mentions(text, ("packstation", "paket", "post", "box")):
        return []
    found = [*BOX.finditer(text), *ABROAD.finditer(text)]
    return [Span(*m.span(), "ADDRESS", 0.9, "mailbox") for m in found]
