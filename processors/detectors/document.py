"""text -> ID_DOCUMENT spans: passports, identity cards, licences, permits, health cards."""

import re
from collections.abc import Callable, Iterator
from itertools import cycle

from stdnum.at import vnr
from stdnum.ch import ssn as ahv
from stdnum.gb import nhs

from ticketstream.processors.detectors.labelled import DATE, GAP
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.stems import matches, starts

PAPERS = (
    r"passports?|(?:reise)?p[aä]ss(?:e|es)?|(?:personal)?ausweis(?:es)?|perso|id[ -]?card"
    r"|identity[ -]card|national[ -]id(?:entity)?(?:[ -]card)?|identification[ -]card"
    r"|driv(?:ing|er'?s?|ers'?)[ -]licen[cs]e|f(?:ü|ue)hrerschein(?:s|es)?"
    r"|aufenthalts(?:titel|erlaubnis|karte|genehmigung)s?|residence[ -](?:permit|card)|brp|visum"
    r"|niederlassungserlaubnis|green[ -]card"
)
# more words between, if something says that a number follows
FAR = r"[^\d\n!?]{0,40}?(?:\b(?:nr|no|nummer|number|lautet|is|ist)\b\.?:?|:)[ ]{0,2}"
LABELLED = re.compile(
    rf"\b(?:{PAPERS})-?(?:nummer|nr|no|dokument|kennung)?(?:[ ]\([A-Z]{{2,3}}\))?"
    rf"(?:kopie|scan)?(?:{GAP}|{FAR})"
    rf"{LEFT}(?P<value>[A-Z0-9](?:-?[A-Z0-9]){{5,19}}(?:[ ][0-9]{{1,4}}(?![0-9.,:])){{0,3}}"
    rf"|[0-9]{{2,4}}(?:[ ][0-9]{{2,4}}){{2,3}}){RIGHT}",
    re.IGNORECASE,
)
CARDS = re.compile(
    rf"\b(?:(?:kranken)?versicherte?n?-?(?:karte|nummer|nr\.?)|kvnr|krankenkassen-?(?:nummer|nr\.?)"
    rf"|krankenversicherung|health insurance|ehic|nhs|(?:sozial"
    rf"|renten)versicherung(?:s-?(?:nummer|nr\.?))?"
    rf"|svn(?:r|ummer)?|sv-?nr\.?|rvnr|ahv(?:-?(?:nummer|nr))?|pps(?:n| number)?"
    rf"|schwerbehindertenausweis)\.?{GAP}"
    rf"{LEFT}(?P<value>[A-Z]?[0-9]{{2,10}}(?:[ .][0-9]{{2,6}}){{0,3}}"
    rf"(?:[ ]?[A-Z]{{1,2}}(?:[ ]?[0-9]{{3}})?)?){RIGHT}",
    re.IGNORECASE,
)
PENSION = re.compile(
    rf"(?=[0-9]){LEFT}[0-9]{{2}}[ ][0-3][0-9][01][0-9]{{3}}[ ][A-Z][ ][0-9]{{3}}{RIGHT}"
)
SWISS = re.compile(
    rf"(?=756){LEFT}756(?P<gap>[. ]?)[0-9]{{4}}(?P=gap)[0-9]{{4}}(?P=gap)[0-9]{{2}}{RIGHT}"
)
NHS = re.compile(rf"(?=[0-9]){LEFT}[0-9]{{3}}[ ][0-9]{{3}}[ ][0-9]{{4}}{RIGHT}")
AUSTRIAN = re.compile(rf"(?=[0-9]){LEFT}[1-9][0-9]{{3}}[ ][0-3][0-9][01][0-9]{{3}}{RIGHT}")
GERMAN = re.compile(rf"{LEFT}[LMNPRTVWXYCFGHJK][CFGHJKLMNPRTVWXYZ0-9]{{8}}[0-9](?:D)?{RIGHT}")
BRITISH = re.compile(
    rf"{LEFT}[A-Z](?:[A-Z]{{4}}|[A-Z]{{3}}9|[A-Z]{{2}}99|[A-Z]999)[0-9][0156][0-9][0-3][0-9]{{2}}"
    rf"[A-Z][A-Z9][0-9][A-Z]{{2}}{RIGHT}"
)
MACHINE = re.compile(
    r"(?<![A-Z0-9<])(?=[A-Z0-9]{1,40}<{1,30}[A-Z0-9]{0,40}<)[A-Z0-9<]{28,46}(?![A-Z0-9<])"
)
LEAST_DIGITS = 3
LEAST_DIGITS_PLAIN = 4  # of a German number that nothing announces


def is_german(surface: str) -> bool:
    """Whether the last digit of a German identity card or passport number fits the others."""
    number = surface.rstrip("D")
    if sum(c.isdigit() for c in number) < LEAST_DIGITS_PLAIN or number.isdigit():
        return False
    values = (int(c, 36) for c in number[:-1])
    return sum(v * w for v, w in zip(values, cycle((7, 3, 1)), strict=False)) % 10 == int(
        number[-1]
    )


# a run of capitals and digits, and what it may be
RUN = re.compile(r"[A-Z0-9<]{9,}")
WRITTEN: tuple[tuple[re.Pattern[str], Callable[[str], object], float], ...] = (
    (MACHINE, bool, 0.95),
    (BRITISH, bool, 0.9),
    (GERMAN, is_german, 0.8),
)
CHECKED: tuple[tuple[re.Pattern[str], Callable[[str], object], float], ...] = (
    (SWISS, ahv.is_valid, 0.93),
    (NHS, nhs.is_valid, 0.8),
    (AUSTRIAN, vnr.is_valid, 0.75),
    (PENSION, bool, 0.85),
)
PAPER_STEMS = starts(
    "pass|päss|reisep|personala|ausweis|perso|id|national|driv|führerschein|fuehrerschein|"
    "aufenthalt|residence|brp|visum|niederlassung|green"
)
CARD_STEMS = starts(
    "krankenv|versicherte|kvnr|krankenk|health|ehic|nhs|sozialv|rentenv|svn|sv|rvnr|ahv|pps|"
    "schwerbehindertena"
)


def find(text: str) -> list[Span]:
    """Every number of a document."""
    return [Span(*place, "ID_DOCUMENT", score, "document") for place, score in places(text)]


def places(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Where numbers stand: first those that check, then those that are announced."""
    for pattern, check, score in CHECKED:
        yield from ((m.span(), score) for m in pattern.finditer(text) if check(m[0]))
    for run in RUN.finditer(text):
        for pattern, check, score in WRITTEN:
            if (found := pattern.match(text, run.start())) and check(found[0]):
                yield found.span(), score
    papers = matches(text, PAPER_STEMS, LABELLED)
    yield from ((m.span("value"), 0.94) for m in papers if is_number(m["value"]))
    cards = matches(text, CARD_STEMS, CARDS)
    yield from ((m.span("value"), 0.94) for m in cards if is_long(m["value"]))


def is_number(value: str) -> bool:
    """Whether a value behind a label is a number, and no word or date."""
    return sum(c.isdigit() for c in value) >= LEAST_DIGITS and not DATE.fullmatch(value)


def is_long(value: str) -> bool:
    """Whether the number of a health or social card has as many digits as one has."""
    return sum(c.isdigit() for c in value) >= 2 * LEAST_DIGITS
