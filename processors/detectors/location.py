"""text -> LOCATION spans: a postcode with its city, or a postcode that is called one."""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors import cities
from ticketstream.processors.detectors.labelled import GAP, mentions
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.words import listed

WITH_CITY = re.compile(
    rf"{LEFT}(?<![.,/:#€$£-])(?:(?P<country>D|DE|A|AT|CH|L|LU)[- ]{{1,2}})?(?P<code>[0-9]{{4,5}})"
    rf"[ ](?P<city>{cities.CITY})"
)
WITH_CITY_LOWER = re.compile(
    rf"{LEFT}(?<![.,/:#€$£-])(?P<code>[0-9]{{4,5}})[ ](?P<city>[^\W\d_]{{3,20}}){RIGHT}(?!-)"
)
DUTCH = re.compile(
    rf"{LEFT}[1-9][0-9]{{3}}[ ]?(?!EU|DE|UK|US|TV|XL|SA|SD|SS|I[IVN]|[VIX]I|IX|TO)"
    rf"[A-Z]{{2}}[ ]{{1,2}}{cities.CITY}"
)
CALLED = re.compile(
    rf"\b(?:plz|postleitzahl|post[- ]?code|zip(?:[- ]?code)?)(?:[ ]?/[ ]?(?:ort|stadt|city))?{GAP}"
    rf"{LEFT}(?P<value>(?:(?:D|A|CH)-)?[0-9]{{4,5}}(?:-[0-9]{{4}})?"
    rf"|[A-Z]{{1,2}}[0-9][0-9A-Z]? ?[0-9][A-Z]{{2}}){RIGHT}",
    re.IGNORECASE,
)
LIVES = re.compile(
    r"\b(?:wohn\w{0,4}|leb\w{0,3}|aus|nach|in|plz|ort|adresse|anschrift|wohnort|postleitzahl"
    r"|postcode|umgezogen"
    r"|bei)\b[^\d\n]{0,16}$",
    re.IGNORECASE,
)
AREAS = listed(
    "AB AL B BA BB BD BH BL BN BR BS BT CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL DN DT DY"
    " E EC EH EN"
    " EX FK FY G GL GU HA HD HG HP HR HS HU HX IG IP IV KA KT KW KY L LA LD LE LL LN LS LU M ME"
    " MK ML N NE NG"
    " NN NP NR NW OL OX PA PE PH PL PO PR RG RH RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY"
    " TA TD TF TN TQ"
    " TR TS TW UB W WA WC WD WF WN WR WS WV YO ZE GY JE IM BX"
)
BRITISH_CODE = r"[A-Z]{1,2}[0-9][0-9A-Z]?[ ]?[0-9][ABD-HJLNP-UW-Z]{2}"
BRITISH = re.compile(
    rf"{LEFT}(?P<area>[A-Z]{{1,2}})[0-9][0-9A-Z]?[ ]?[0-9][ABD-HJLNP-UW-Z]{{2}}{RIGHT}(?!-)"
)
TOWN_BEFORE = re.compile(r"(?<![^\W_])[A-Z][a-z]{2,20}(?:[ -][A-Z][a-z]{2,20})?,?[ ]$")
# nouns that stand behind numbers of four or five digits
GOODS = listed(
    "euro stück stueck kunden lampen punkte meter watt lumen kelvin tage stunden uhr personen"
    " artikel gramm"
    " kilometer liter volt ampere sterne schritte bewertungen mal prozent cent franken dollar"
    " pfund teile"
    " jahre wochen monate januar februar märz april mai juni juli august september oktober november"
    " dezember pieces points customers items lumens watts steps"
)


def find(text: str) -> list[Span]:
    """Every postcode with its city."""
    return [Span(*place, "LOCATION", score, "location") for place, score in places(text)]


def places(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Where postcodes stand."""
    yield from ((m.span(), 0.8) for m in WITH_CITY.finditer(text) if is_city(m))
    yield from ((m.span(), 0.75) for m in WITH_CITY_LOWER.finditer(text) if is_known(m))
    yield from ((m.span(), 0.85) for m in DUTCH.finditer(text))
    for found in BRITISH.finditer(text):
        town = TOWN_BEFORE.search(text, max(0, found.start() - 48), found.start())
        if found["area"] in AREAS and (town or " " in found[0]):
            yield (town.start() if town else found.start(), found.end()), 0.8
    if mentions(text, ("plz", "post", "zip")):
        yield from ((m.span("value"), 0.85) for m in CALLED.finditer(text))


def is_known(found: re.Match[str]) -> bool:
    """Whether the city is one of the listed ones of a country with postcodes of that length."""
    known = cities.OF_FIVE_DIGITS if len(found["code"]) == len("12345") else cities.OF_FOUR_DIGITS
    name = found["city"].lower()
    return name in known or re.split(r"[ /(-]", name)[0] in known


def is_city(found: re.Match[str]) -> bool:
    """Whether it is a postcode with a city, and no number of things."""
    if found["city"].lower() in GOODS:
        return False
    if is_known(found):
        return not is_year(found)
    if found["country"]:
        return True
    if len(found["code"]) != len("12345"):
        return False
    before = found.string[max(0, found.start() - 40) : found.start()]
    line = (
        before.rpartition("\n")[2].strip() == ""
        and found.string[found.end() : found.end() + 1] in "\n\r"
    )
    return bool(LIVES.search(before)) or line or " " in found["city"]


def is_year(found: re.Match[str]) -> bool:
    """Whether `2026 Wien-Kollektion` has a year: a word is joined to the city."""
    joined = "-" in found["city"] or found.string[found.end() : found.end() + 1] == "-"
    return joined and found["code"].startswith(("19", "20"))
