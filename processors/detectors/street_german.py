"""text -> ADDRESS spans: street and number as in Germany, Austria, Switzerland, the Netherlands.

Read from the number backwards (the street) and forwards (floor, postcode and city).
"""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors import cities
from ticketstream.processors.detectors.location import GOODS
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.street_words import (
    ALONE,
    EXTRA,
    NO_STREETS,
    NO_TOWN,
    NOT_OF_STREET,
    ROMANCE,
    STRONG,
    WEAK,
)

HOUSE = re.compile(
    r"(?=[ ]?[1-9N])(?:(?<=[^\W\d_][ ,])|(?<=\.[ ,]))[ ]?"
    r"(?P<house>(?:Nr\.?[ ])?[1-9][0-9]{0,3}(?:(?:[ ](?![gmlxvwLXVW])|)[a-zA-Z](?![^\W_]))?"
    r"(?:[ ]?[-\u2013/+][ ]?[0-9]{1,4}[a-z]?|-I{1,3}V?){0,3})(?![^\W_])(?![.,:][0-9])"
)
GLUED = re.compile(r"(?<=str\.)(?P<house>[1-9][0-9]{0,3}[a-z]?)(?![^\W_])", re.IGNORECASE)
UNIT = re.compile(
    r"\s?(?:EUR|€|%|x\b|[ckm]?m[²2]?\b|kg\b|g\b|W\b|V\b|Uhr|Stück|Stk|Tagen?|Minuten|Min\b"
    r"|Stunden|Wochen?"
    r"|Monaten?|Jahren?|Grad|Mal\b|mal\b|Lampen?|Teile|Kilo|Watt|Lumen|Meter|Punkte|days?\b"
    r"|lamps?\b|hours?\b"
    r"|weeks?\b|times\b|Zoll|-teilig|-fach|-er\b|Sterne)"
)
ADJECTIVE = re.compile(
    r"(?:Alte|Neue|Große|Kleine|Obere|Untere|Hintere|Vordere|Lange|Kurze|Hohe|Breite|Schöne"
    r"|Innere|Äußere"
    r"|Mittlere|Grüne|Rote|Weiße|Schwarze|Krumme|Steile|Stille|Enge|Grosse|Westliche|Östliche"
    r"|Nördliche"
    r"|Südliche)[rnsm]?|[A-ZÄÖÜ][^\W\d_]{2,}(?:er|ische|ischer)"
)
CAPITAL = re.compile(r"[A-ZÄÖÜÉ][\w.'-]*")
OPENING = re.compile(
    r"(?:Am|An|Im|In|Auf|Zum|Zur|Unter|Hinter|Vor|Bei|Beim|Neben|Op|Aan|Rue|Avenue|Chemin|Route"
    r"|Place|Quai"
    r"|Boulevard|Via|Viale|Piazza|Corso|Vicolo)"
)
LINK = re.compile(
    r"(?:der|den|dem|die|des|de|du|la|le|les|del|della|van|von|vom|und|am|im|het|\d{1,2}\.)"
)
EXTRAS = re.compile(rf"(?:[ ]?[,/(\u2013-]?[ ]?\n?{EXTRA}\b\)?){{1,3}}", re.IGNORECASE)
TOWN = re.compile(
    r"[ \t]*(?:[,;/•·|\u2013-]|in|\r?\n[> \t]*(?:\r?\n[> \t]*)?)?[ \t]*"
    rf"(?P<country>(?:D|DE|A|AT|CH|NL)[ -]{{1,3}})?(?P<code>[0-9]{{4}}[ ]?[A-Z]{{2}}"
    rf"|[0-9]{{4,5}})[ ]{{1,2}}"
    rf"(?:(?P<city>{cities.CITY})|(?P<small>[^\W\d_]{{3,24}}))"
)
CITY_ONLY = re.compile(rf"[ ]?(?:,|\r?\n)[ ]?(?P<city>{cities.CITY})(?![ ][0-9])")
CODE_ONLY = re.compile(r"[ ]?,?[ ]?(?:\n[> ]*)?(?:(?:D|A|CH)-)?[0-9]{5}(?![\w.,:-])")
TOLD = re.compile(
    r"\b(?:wohn\w{0,4}|adresse|anschrift|straße|zieh\w{0,3}|zogen|umgezogen|liefer\w{0,6}"
    r"|schick\w{0,3}"
    r"|send\w{0,3}|geliefert|abgeben|lives?|address)\b[^\n\d]{0,24}$",
    re.IGNORECASE,
)
SURE, LOOSE = 0.85, 0.78  # what a street is worth without its city
NONE = (0, 0.0)
REACH = 64  # characters before a house number in which its street stands
MOST_WORDS = 5
SHORTEST = 6  # letters of a street that is one word, `Elbstr.`
YEAR = re.compile(r"(?:19|20)[0-9]{2}")


def find(text: str) -> list[Span]:
    """Every address with a street."""
    return [Span(start, end, "ADDRESS", score, "street") for start, end, score in places(text)]


def places(text: str) -> Iterator[tuple[int, int, float]]:
    """Start, end and certainty of each."""
    for pattern in (HOUSE, GLUED):
        for found in pattern.finditer(text):
            if UNIT.match(text, found.end()):
                continue
            house = found.start("house")
            start, sure = street(text, house, town=True)
            if not sure:
                continue
            bare_start, bare = street(text, house, town=False)
            any_case = tells(text[start:house].split())
            behind, town = tail(text, found.end("house"), any_case=any_case)
            if town:
                yield start, behind, 0.92
            elif bare and not YEAR.fullmatch(found["house"]):
                yield bare_start, behind, bare


def tail(text: str, end: int, *, any_case: bool) -> tuple[int, bool]:
    """Where an address ends behind its house number, and whether it names its city.

    A city in small letters counts behind what is a street without it.
    """
    extra = EXTRAS.match(text, end)
    end = extra.end() if extra else end
    town = TOWN.match(text, end)
    if town and is_town(town, any_case=any_case):
        return town.end(), True
    city = CITY_ONLY.match(text, end)
    if city and city["city"].lower() in cities.ANY:
        return city.end(), True
    code = CODE_ONLY.match(text, end) if any_case else None
    return (code.end(), True) if code else (end, False)


def is_town(town: re.Match[str], *, any_case: bool) -> bool:
    """Whether a postcode with a word behind a number is a town; short postcodes prove less."""
    if small := town["small"]:
        return any_case and small.lower() not in NO_TOWN
    name = town["city"].lower()
    if name in GOODS:
        return False
    short = len(town["code"]) == len("1234") and not (town["country"] or any_case)
    return not short or re.split(r"[ /(-]", name)[0] in cities.ANY


def street(text: str, house: int, *, town: bool) -> tuple[int, float]:
    """Where the street before a house number starts, and how sure it is one; 0 for none."""
    before = text[max(0, house - REACH) : house]
    line = re.split(r"[\n,;:!?•|()]", before.rstrip(", "))[-1]
    words = line.split()[-MOST_WORDS - 1 :]
    if len(line) == len(before.rstrip(", ")) == REACH:
        words = words[1:]  # the first one may be cut
    if not words:
        return 0, 0.0
    taken, sure = read(words, town=town)
    if not taken or (sure < SURE and not (town or told(text, house, words[-taken:]))):
        return 0, 0.0
    return back(text, house, words[-taken:]), sure


def told(text: str, house: int, words: list[str]) -> bool:
    """Whether the words before a street tell that somebody lives there."""
    start = back(text, house, words)
    before = text[max(0, start - REACH) : start]
    return bool(TOLD.search(before))


def back(text: str, house: int, words: list[str]) -> int:
    """Where the first of the words before a house number starts."""
    place = house
    for word in reversed(words):
        place = text.rindex(word, 0, place)
    return place


def read(words: list[str], *, town: bool) -> tuple[int, float]:
    """How many of the last words are a street, and how sure; 0 words for none."""
    last = words[-1].lower()
    if (last in NO_STREETS and not town) or not words[-1][0].isalpha():
        return NONE
    if last in ALONE or last in STRONG or last in WEAK:
        return named(words, town=town)
    if sure := ending(words[-1]):
        return described(words), sure
    if opened := opening(words):
        return opened, LOOSE
    plain = town and CAPITAL.fullmatch(words[-1]) and last not in NOT_OF_STREET
    return (described(words), LOOSE) if plain else NONE


def tells(street: list[str]) -> bool:
    """Whether a street is known for one by its first or its last word, whatever city follows."""
    return bool(ending(street[-1])) or street[0] in ROMANCE


def ending(word: str) -> float:
    """How sure a word is a street by its ending: `Lindenstr.`, `Rosenweg`; 0 for none."""
    low, capital = word.lower(), word[0].isupper()
    if len(word) < SHORTEST:
        return 0.0
    if low.endswith(STRONG):
        return (
            SURE
            if capital or low.endswith(("str", "str.", "straße", "strasse", "gasse"))
            else LOOSE
        )
    return LOOSE if capital and low.endswith(WEAK) else 0.0


def named(words: list[str], *, town: bool) -> tuple[int, float]:
    """The same for a street whose kind is a word of its own: `Theodor Heuss Straße`."""
    name = words[-2] if len(words) > 1 else ""
    if not CAPITAL.fullmatch(name) or name.lower() in NOT_OF_STREET:
        taken = opening(words) or int(town)
        return (taken, LOOSE) if taken else NONE
    sure = SURE if words[-1][:3].lower() in {"str", "gas", "all", "weg"} else LOOSE
    return named_by(words[:-1]) + 1, sure


def named_by(words: list[str]) -> int:
    """How many words before `Straße` or `Allee` name it: `Theodor Heuss Straße`."""
    opened = opening(words)
    if opened:
        return opened
    first_name = (
        len(words) > 1 and CAPITAL.fullmatch(words[-2]) and not ADJECTIVE.fullmatch(words[-1])
    )
    known = first_name and words[-2].lower() not in NOT_OF_STREET
    return 2 if known and not words[-2].endswith(".") else 1


def described(words: list[str]) -> int:
    """How many of the last words are the street: with `Neue`, `Frankfurter`, `An der` before it."""
    if opened := opening(words):
        return opened
    before = words[-2] if len(words) > 1 else ""
    return 2 if ADJECTIVE.fullmatch(before) and before.lower() not in NOT_OF_STREET else 1


def opening(words: list[str]) -> int:
    """How many words a street has that opens with a preposition: `Am Alten Markt`, `An der Mühle`.

    Also `Straße des 17. Juni` and `Rue de la Gare`.
    """
    for count in range(2, min(len(words), MOST_WORDS) + 1):
        first, *between, last = words[-count:]
        opens = OPENING.fullmatch(first) or first.lower() in {"straße", "strasse", "platz", "allee"}
        inner = all(
            LINK.fullmatch(w) or (CAPITAL.fullmatch(w) and not w.endswith(".")) for w in between
        )
        if (
            opens
            and inner
            and CAPITAL.fullmatch(last)
            and (OPENING.fullmatch(first) or links(between))
        ):
            return count
    return 0


def links(between: list[str]) -> bool:
    """Whether `Straße` goes on with `des` or `der`."""
    return bool(between) and between[0] in {"des", "der", "am", "im"}
