"""text -> IP spans: addresses of version 4 and 6, but no version numbers."""

import re
from ipaddress import ip_address

from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

V4 = re.compile(rf"{LEFT}(?<!\d\.)\d{{1,3}}(?:\.\d{{1,3}}){{3}}{RIGHT}(?!\.\d)")
V6 = re.compile(r"(?<![\w:])[0-9a-fA-F:]{2,39}:[0-9a-fA-F]{1,4}(?![\w:])")
RELEASE = re.compile(
    r"(?:\bv|version|firmware|release|build|\bapp|software|update|driver|treiber|ios|android"
    r"|windows)\W{0,3}$",
    re.IGNORECASE,
)
RELEASED = re.compile(r"\W{1,3}(?:release|version|build|beta)\b", re.IGNORECASE)
LEAST_DOTS = 3
LEAST_COLONS = 2


def find(text: str) -> list[Span]:
    """Every address that is valid."""
    found = list(V4.finditer(text)) if text.count(".") >= LEAST_DOTS else []
    if text.count(":") >= LEAST_COLONS:
        found += V6.finditer(text)
    return [Span(*m.span(), "IP", 0.8, "ip") for m in found if is_address(m)]


def is_address(found: re.Match[str]) -> bool:
    """Whether a candidate is valid and no release of a program."""
    try:
        ip_address(found[0])
    except ValueError:
        return False
    before = found.string[max(0, found.start() - 12) : found.start()]
    return not (RELEASE.search(before) or RELEASED.match(found.string, found.end()))
