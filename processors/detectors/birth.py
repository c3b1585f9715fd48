"""text -> DATE_OF_BIRTH spans: a date of which the words around it say that somebody was born."""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors.labelled import mentions
from ticketstream.processors.detectors.span import Span

MONTH = (
    r"(?:jan(?:uar|uary|\.)?|jän(?:ner)?\.?|feb(?:ruar|ruary|\.)?|mär(?:z|\.)?|maerz|mar(?:ch|\.)?"
    r"|apr(?:il|\.)?|ma[iy]|jun[ie]?\.?|jul[iy]?\.?|aug(?:ust|\.)?|sept?(?:ember|\.)?"
    r"|o[ck]t(?:ober|\.)?|nov(?:ember|\.)?|de[cz](?:ember|\.)?)"
)
YEAR = r"(?:(?:19|20)[0-9]{2}|'?[0-9]{2})(?![0-9])"
DATE = (
    r"(?<![0-9])(?:"
    rf"[0-3]?[0-9](?:[./-][ ]?|[ ])[0-3]?[0-9](?:[./-][ ]?|[ ]){YEAR}"
    r"|(?:19|20)[0-9]{2}[./-][01]?[0-9][./-][0-3]?[0-9](?![0-9])"
    rf"|[0-3]?[0-9](?:st|nd|rd|th|\.)?[ -]?(?:of[ ])?{MONTH},?[ -]?{YEAR}"
    rf"|{MONTH}[ ][0-3]?[0-9](?:st|nd|rd|th)?,?[ ]{YEAR}"
    r")(?![./-]?[0-9])"
)
NAMED = re.compile(
    r"\b(?:date of birth|birth[ -]?date|d\.?o\.?b\b|(?:geburts|geb)\.?[ -]?dat(?:um|\.|\b)"
    r"|geb\.?tag)"
    rf"(?:[ ]?\([^()\n]{{1,20}}\))?[^\d\n!?]{{0,36}}\n?[ >]{{0,4}}(?P<date>{DATE}"
    rf"|[0-9]{{8}}(?![0-9]))",
    re.IGNORECASE,
)
BORN = re.compile(
    r"(?:\b(?:born|née?|geboren|geb\.?)(?!-)|(?<!\w)geb\.)"
    r"(?:[\s:,(.=]|\b(?:am|den|on|the|in|im|is|was|war|ist)\b"
    rf"|(?<=\bin )[^\W\d_][\w-]{{2,20}}){{0,8}}(?P<date>{DATE})",
    re.IGNORECASE,
)
BORN_BEHIND = re.compile(
    rf"(?P<date>{DATE})(?:[ ]in[ ][^\W\d_][\w-]{{2,20}})?[ ](?:geboren|geb\.|zur welt|born)",
    re.IGNORECASE,
)
BIRTHDAY = re.compile(
    rf"(?:\b(?:birthday|geburtstag|b-?day)\b[^\d\n.!?]{{0,24}}"
    rf"|(?<![\w*])\*[ ]?)(?P<date>{DATE})(?!\*)",
    re.IGNORECASE,
)
WORDS = ("birth", "born", "dob", "d.o.b", "geb", "née", "b-day", "bday")
LATEST = 2015  # the year in which one may be born whose birthday is a date in a customer's account
SHORT_YEAR = re.compile(r"(?<!\d)'?(\d\d)$")
LONG_YEAR = re.compile(r"\d{4}")
RECENT = range(16, 41)  # years of two digits that may be those of a party


def find(text: str) -> list[Span]:
    """Every date of birth."""
    if not (mentions(text, WORDS) or "*" in text):
        return []
    return [Span(*m.span("date"), "DATE_OF_BIRTH", score, "birth") for m, score in dates(text)]


def dates(text: str) -> Iterator[tuple[re.Match[str], float]]:
    """The dates with what each is worth."""
    yield from ((m, 0.95) for m in NAMED.finditer(text))
    yield from ((m, 0.9) for m in BORN.finditer(text))
    yield from ((m, 0.9) for m in BORN_BEHIND.finditer(text))
    yield from ((m, 0.8) for m in BIRTHDAY.finditer(text) if is_long_ago(m["date"]))


def is_long_ago(date: str) -> bool:
    """Whether a birthday is that of a birth, and not of the next party."""
    if year := LONG_YEAR.search(date):
        return int(year[0]) <= LATEST
    short = SHORT_YEAR.search(date)
    return short is not None and int(short[1]) not in RECENT
