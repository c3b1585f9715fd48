"""text -> ADDRESS spans: number and street as in Britain, Ireland and America, to the postcode."""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors import cities
from ticketstream.processors.detectors.location import BRITISH_CODE
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

SURE = (
    r"Street|Str?\.|St|Road|Rd|Avenue|Ave|Lane|Crescent|Cres|Boulevard|Blvd|Mews|Terrace"
    r"|Gardens|Grove"
)
LOOSE = (
    r"Drive|Dr|Ln|Close|Court|Ct|Place|Pl|Square|Sq|Way|Hill|Park|Row|Walk|View|Green|Parade"
    r"|Quay|Rise|Highway"
    r"|Hwy|Parkway|Pkwy|Circle|Cir|Trail|Ter|Heights|Meadows?|Common|Wharf|Gate|Broadway|Fields?"
    r"|Estate|Villas|Yard|Loop|Pass|Passage|Vale|End"
)
NAMED = r"[A-Z][\w'.-]{0,20}"
NUMBER = rf"(?=[0-9]){LEFT}(?<![.,£$€/:#-])[0-9]{{1,5}}[A-Za-z]?(?:[-/][0-9]{{1,4}}[A-Za-z]?)?"
STREET = re.compile(
    rf"{NUMBER},?[ ](?:The[ ])?(?:{NAMED}[ ]){{0,3}}?(?:{NAMED}[ ](?:(?P<sure>{SURE})"
    rf"|(?P<loose>{LOOSE})))"
    rf"(?![^\W_])(?:[ ](?:North|South|East|West|N|S|E|W|NW|NE|SW|SE)\b)?\.?"
)
# any name will do where a postcode follows
ANY = re.compile(rf"{NUMBER},?[ ]{NAMED}(?:[ ]{NAMED}){{0,3}}(?=,|[ ]?\n|[ ])")
# nor a number, if the house has a name: `Oakfield, Mill Lane, Tewkesbury, GL20 5QP`
NAMELESS = re.compile(
    rf"{LEFT}(?:(?:{NAMED}[ ]){{0,2}}{NAMED}(?:,[ ]?|[ ]?\n))?"
    rf"(?:{NAMED}[ ]){{1,2}}?(?:{SURE}|{LOOSE})(?![^\W_])"
)
LOWER = re.compile(
    rf"{NUMBER}[ ](?:[a-z']{{2,20}}[ ]){{1,3}}?(?:street|road|rd|avenue|ave|lane|crescent|drive"
    rf"|close|terrace"
    r"|gardens|grove|square|way|court|place|st)(?![^\W_])"
)
TOLD = re.compile(
    r"\b(?:live[sd]?|living|address|moved|deliver(?:ed|y)?|ship(?:ped|ping)?|send|sent"
    r"|post(?:ed)?|house|home"
    r"|resident|reside|left|round|based|located|collect(?:ed)?(?: from)?)\b[^\n.!?]{0,30}$",
    re.IGNORECASE,
)
GOODS = re.compile(
    r"[ ](?:sofas?|lamps?|chairs?|rugs?|range|collection|shoes|units?|tables?|sets?|cushions?)\b"
)
DAY = re.compile(
    r"[0-9]{1,2}[ ](?:January|February|March|April|May|June|July|August|September|October|November"
    r"|December)\b"
)
UNIT = r"(?:Flat|Apartment|Apt|Unit|Suite|Ste|Room|Floor)\.?[ ]?[0-9A-Z]{1,5}|#[ ]?[0-9A-Z]{1,5}"
HOUSE = r"(?:House|Mill|Cottage|Lodge|Farm|Court|Building|Barn|Hall|Rectory|Manor|Tower|Apartments)"
BEFORE = re.compile(
    rf"(?:(?:{UNIT}|(?:[A-Z][\w']{{1,20}}[ ]){{1,3}}{HOUSE})(?:,[ ]?|[ ]?\n"
    rf"|[ ])){{1,2}}$"
)
# the number was that of the flat, and the house has a name
FLAT = re.compile(r"\b(?:Flat|Apartment|Apt|Unit|Suite)\.?[ ]$")
PART = r"(?:[,.]?[ ]?\n[> ]{0,3}|,[ ]?)"
LOCALITY = (
    rf"(?:{NAMED}(?:[ -](?:upon|on|of|the|under|in|le"
    rf"|[A-Z][\w'.-]{{0,20}})){{0,3}})"
)
EIRCODE = r"(?:[AC-FHKNPRTV-Y][0-9]{2}|D6W)[ ]?[0-9AC-FHKNPRTV-Y]{4}"
STATES = (
    "AL|AK|AZ|AR|CA|CO|CT|DE|FL|GA|HI|ID|IL|IN|IA|KS|KY|LA|ME|MD|MA|MI|MN|MS|MO|MT|NE|NV|NH|NJ"
    "|NM|NY|NC|ND|OH"
    "|OK|OR|PA|RI|SC|SD|TN|TX|UT|VT|VA|WA|WV|WI|WY|DC"
)
CODE = rf"(?:{BRITISH_CODE}|{EIRCODE}|(?:{STATES}),?[ ]{{1,2}}[0-9]{{5}}(?:-[0-9]{{4}})?)"
CODE_FOUND = re.compile(rf"(?=[A-Z]){LEFT}{CODE}")
TAIL = re.compile(
    rf"(?:(?:{PART}|[ ])(?:{UNIT}))?(?:{PART}{LOCALITY}){{0,4}}?(?:{PART}"
    rf"|[ ]{{1,2}})(?P<code>{CODE}){RIGHT}"
)
TAIL_LOWER = re.compile(
    rf"(?:(?:,[ ]?|[ ]|[ ]?\n)[a-z]{{2,20}}){{0,3}}?(?:,[ ]?|[ ]|\n)(?:{BRITISH_CODE}"
    rf"|{EIRCODE}){RIGHT}",
    re.IGNORECASE,
)
IRISH = re.compile(
    rf"(?:{PART}{LOCALITY}){{0,2}}?{PART}(?:Dublin [0-9]{{1,2}}|Co\.? [A-Z][a-z]{{2,12}}){RIGHT}"
)
TOWN = re.compile(rf"(?:{PART}(?:{UNIT}))?{PART}(?P<town>{NAMED}(?:[ ][A-Z][a-z]{{1,12}})?)")
LONE_EIRCODE = re.compile(rf"{LEFT}{EIRCODE}{RIGHT}(?!-)")
CALLED_EIRCODE = re.compile(
    rf"\beir ?code[\s:]{{1,3}}(?:is )?(?P<value>{EIRCODE}){RIGHT}", re.IGNORECASE
)
REACH = 60


def find(text: str) -> list[Span]:
    """Every address with a street."""
    return [Span(start, end, "ADDRESS", score, "street") for start, end, score in places(text)]


def places(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of each."""
    for found in STREET.finditer(text):
        start, end, whole = widened(text, found)
        if whole:
            yield start, end, 0.92
        elif is_street(text, found):
            yield start, end, 0.85 if found["sure"] else 0.78
    nameless = NAMELESS.finditer(text) if CODE_FOUND.search(text) else ()
    for found in (*ANY.finditer(text), *nameless):
        start, end, whole = widened(text, found, code_only=True)
        if whole:
            yield start, end, 0.92
    for found in LOWER.finditer(text):
        town = TAIL_LOWER.match(text, found.end())
        if town or TOLD.search(text[max(0, found.start() - REACH) : found.start()]):
            yield found.start(), town.end() if town else found.end(), 0.8
    yield from ((*m.span(), 0.8) for m in LONE_EIRCODE.finditer(text) if is_code(m[0]))
    yield from ((*m.span("value"), 0.93) for m in CALLED_EIRCODE.finditer(text))


def widened(text: str, found: re.Match[str], *, code_only: bool = False) -> tuple[int, int, bool]:
    """The street with flat and town, and whether a town or code ends it."""
    before = BEFORE.search(text, max(0, found.start() - REACH), found.start())
    flat = FLAT.search(text, max(0, found.start() - 12), found.start())
    start = min(m.start() for m in (before, flat, found) if m)
    irish = IRISH.match(text, found.end())
    behind = TAIL.match(text, irish.end() if irish else found.end()) or irish
    if behind:
        return start, behind.end(), True
    if code_only:
        return start, found.end(), False
    town = TOWN.match(text, found.end())
    if town:
        for name in (town["town"], town["town"].split()[0]):
            if name.lower() in cities.ANY:
                return start, town.start("town") + len(name), True
    return start, found.end() - found[0].endswith("."), False


def is_street(text: str, found: re.Match[str]) -> bool:
    """Whether a number and a street without a town are an address and no goods."""
    if GOODS.match(text, found.end()) or DAY.match(found[0]):
        return False
    before = text[max(0, found.start() - REACH) : found.start()]
    alone = not before.rpartition("\n")[2].strip() and text[found.end() : found.end() + 1] in {
        "",
        "\n",
        ",",
    }
    return bool(found["sure"]) or alone or bool(TOLD.search(before))


def is_code(code: str) -> bool:
    """Whether an Eircode stands as it is written: with its space, letters and digits mixed."""
    unique = code.replace(" ", "")[3:]
    return " " in code and any(c.isdigit() for c in unique) and any(c.isalpha() for c in unique)
