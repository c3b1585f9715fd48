"""text -> LICENSE_PLATE spans: German plates by their districts, others where they are named."""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors import districts
from ticketstream.processors.detectors.labelled import mentions
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.words import listed

GERMAN = re.compile(
    rf"{LEFT}(?<!-)(?P<district>[A-ZÄÖÜ]{{1,3}})(?P<first>[ ]?-[ ]?|[ ])(?P<letters>[A-Z]{{1,2}})"
    rf"(?P<second>[ -]?)(?P<digits>[1-9][0-9]{{0,3}})[EH]?{RIGHT}(?!-?[0-9])(?![.,][0-9])"
)
ANY_CASE = re.compile(GERMAN.pattern, re.IGNORECASE)
BRITISH = re.compile(
    rf"{LEFT}(?:[A-Z]{{2}}[0-9]{{2}}[ ]?[A-Z]{{3}}|[A-Z][0-9]{{1,3}}[ ][A-Z]{{3}}){RIGHT}",
    re.IGNORECASE,
)
OTHERS = re.compile(
    rf"{LEFT}(?:[0-9]{{2,3}}[ -][A-Z]{{1,2}}[ -][0-9]{{1,6}}"  # IE
    r"|[A-Z]{1,2}[ -][0-9]{1,5}[ ]?[A-Z]{1,3}"  # AT
    r"|[A-Z]{2}[ -][0-9]{3}[ -][A-Z]{2}"  # FR, IT
    r"|[A-Z]{1,2}-[0-9]{2,3}-[A-Z]{1,2}|[0-9]{1,2}-[A-Z]{2,3}-[0-9]{1,2}"  # NL
    rf"){RIGHT}"
)
CANTON = re.compile(rf"{LEFT}(?P<canton>[A-Z]{{2}})[ -·]?[0-9]{{2,6}}{RIGHT}", re.IGNORECASE)
CALLED = re.compile(
    r"kennzeichen|nummernschild|autonummer|(?:number|licen[cs]e|registration)[ -]?plate|plate"
    r"|\breg(?:istration)?\b|kfz",
    re.IGNORECASE,
)
VEHICLE = re.compile(
    r"\b(?:autos?|pkw|lkw|(?:liefer)?wagens?|transporter|fahrzeugs?|fahrer|parkplatz|stellplatz"
    r"|abholung"
    r"|bully?|sprinter|anhänger|motorrad|cars?|vans?|vehicles?|truck|lorry|driver|courier|parked"
    r"|bike)\b",
    re.IGNORECASE,
)
CALLS = ("kennzeichen", "nummernschild", "autonummer", "plate", "reg", "kfz")
VEHICLES = tuple(
    listed(
        "auto pkw lkw wagen transporter fahr platz abholung bull sprinter anhänger motorrad car "
        "van vehicle truck lorry driver courier parked bike"
    )
)
NEAR = 50  # characters before a plate in which a vehicle must be named
SIZES = frozenset({"XL", "XS", "XX", "S", "M", "L", "TV", "C", "A", "Z", "NR", "EN", "NO", "ID"})
# what has a letter and a number and is no car: a colour, a model, a shelf
GOODS_BEFORE = re.compile(
    r"\b(?:farb(?:e|ton)|ton|typ|type|model\w*|variante?|layout|fach|box|regal|shelf|serie|series"
    r"|colou?r|code|sofa|tisch|lampe|lamp|table|chair|gr(?:öße|\.)?)[\s:.-]{0,3}$",
    re.IGNORECASE,
)
# norms and abbreviations that are districts too
NORMS = frozenset(
    {"DIN", "EN", "EU", "RAL", "IP", "USB", "HD", "LED", "UV", "AC", "DC", "BGB", "ZZ"}
)


def find(text: str) -> list[Span]:
    """Every number plate."""
    return [Span(*place, "LICENSE_PLATE", score, "plate") for place, score in places(text)]


def places(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """German plates anywhere if written to the letter, any plate where it or a car is named."""
    named = mentions(text, CALLS)
    vehicle = named or mentions(text, VEHICLES)
    for found in (ANY_CASE if named else GERMAN).finditer(text):
        if found["district"].upper() not in districts.GERMAN:
            continue
        if (named and is_near(CALLED, found)) or (
            vehicle and found["district"].isupper() and is_near(VEHICLE, found)
        ):
            yield found.span(), 0.93
        elif is_strict(found):
            yield found.span(), 0.8
    if named:
        for pattern in (BRITISH, OTHERS):
            yield from ((m.span(), 0.9) for m in pattern.finditer(text) if is_near(CALLED, m))
        swiss = (m for m in CANTON.finditer(text) if m["canton"].upper() in districts.SWISS)
        yield from ((m.span(), 0.88) for m in swiss if is_near(CALLED, m))


def is_near(word: re.Pattern[str], found: re.Match[str]) -> bool:
    """Whether a word stands shortly before a plate, or right behind it."""
    before = word.search(found.string, max(0, found.start() - NEAR), found.start())
    return bool(before or word.search(found.string, found.end(), found.end() + NEAR // 3))


def is_strict(found: re.Match[str]) -> bool:
    """Whether a plate is written as on the car, `HH-AB 1234`, and is no size, norm or article."""
    return (
        found["district"].isupper()
        and found["letters"].isupper()
        and found["first"] == "-"
        and found["second"] == " "
        and len(found["digits"]) > 1
        and found["letters"] not in SIZES
        and found["district"] not in NORMS
        and not GOODS_BEFORE.search(found.string[max(0, found.start() - 16) : found.start()])
    )
