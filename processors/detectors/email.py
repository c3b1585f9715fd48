"""text -> EMAIL spans: addresses as written, percent-encoded, or with `(at)`."""

import re

from ticketstream.processors.detectors.span import Span

DOMAIN = r"[\w-]{1,63}(?:\.[\w-]{1,63}){0,8}\.[^\W\d_][\w-]{1,62}"
ADDRESS = re.compile(
    rf'(?<![\w.+%-])(?:"[^"\n@]{{1,64}}"|[\w+%][\w.+%\'-]{{0,63}})(?:@|%40){DOMAIN}'
)
SPELLED_AT = re.compile(r"[\[({]\s?(?:at|ät)\s?[\])}]", re.IGNORECASE)
SPELLED = re.compile(
    r"(?<![\w.+-])[\w.+-]{1,64}\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?[\w-]{1,63}"
    r"(?:(?:\.|\s?[\[({]\s?(?:dot|punkt)\s?[\])}]\s?)[\w-]{2,63}){1,4}",
    re.IGNORECASE,
)


def find(text: str) -> list[Span]:
    """Every mail address."""
    found = list(ADDRESS.finditer(text)) if "@" in text or "%40" in text else []
    if SPELLED_AT.search(text):
        found += SPELLED.finditer(text)
    return [Span(*m.span(), "EMAIL", 1.0, "email") for m in found]


def canonical(surface: str) -> str:
    """The same for every spelling of an address."""
    plain = re.sub(r"\s?[\[({]\s?(?:at|ät)\s?[\])}]\s?", "@", surface.casefold())
    return re.sub(r"\s?[\[({]\s?(?:dot|punkt)\s?[\])}]\s?", ".", plain).replace("%40", "@")
