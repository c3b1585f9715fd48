"""text, the words that announce a number -> the numbers that they announce, enumerations too."""

import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.stems import lowered

VALUE = (
    rf"{LEFT}(?=[A-Za-z]{{0,6}}[-_/]?[0-9])"
    rf"[A-Za-z0-9](?:[-_/]?[A-Za-z0-9]){{2,24}}{RIGHT}(?![.,][0-9])"
)
NUMBER = re.compile(VALUE)
NEXT = re.compile(rf"\s?(?:,|;|&|\+|/|\b(?:and|und|or|oder|sowie)\b)\s?#?({VALUE})")
WORDS = (
    r"numbers?|num|nos?|nrn?|nummern?|ids?|code|ref(?:erence)?|kennung|№|nº"
    r"|(?:confirmation|bestätigung)(?:\s?(?:number|no|nr|nummer))?"
)
# what may stand between a label and its value in a pattern that reads on: ` no.: `, ` number is "`
GAP = (
    r"(?:[ .\-]{0,2}(?:numbers?|num|nos?|nrn?|nummern?|ids?|code)\b)?[\s.:=#>\"'„“(\[*|-]{0,6}"
    r"(?:\b(?:is|ist|lautet|was|war)\b[\s:#\"'„“(*]{0,4})?"
)
# what is numbered as a thing is
ARTICLE_BEFORE = re.compile(
    r"(?:ean|gtin|isbn|upc|artikel\w*|article|item|model\w*)[^\n\d]{0,16}$", re.IGNORECASE
)
FILLER = r"(?:with|mit|under|unter|of)\s(?:(?:the|der|dem|die)\s)?"
BEFORE = 56  # characters in which the announcing words must stand
DATE = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}|[0-3]?\d[-/][0-3]?\d[-/](?:\d{2}|\d{4})")
YEAR = re.compile(r"(?:19|20)\d\d")
SEASON = re.compile(r"(?:19|20)\d\d/\d\d")
ROUND = re.compile(r"\d+000")  # "10000 customers", said of many
QUANTITY = re.compile(
    r"\s?(?:EUR|€|USD|\$|GBP|£|CHF|euros?\b|stück|stk|pcs|pieces|items|x\b|%|[kc]?[mg]\b|mm\b|W\b)",
    re.IGNORECASE,
)
LEAST_DIGITS = 3
LEAST_DIGITS_BARE = 5  # "order 12345", but not "order 2 lamps" nor "order 1500"


def mentions(text: str, words: tuple[str, ...]) -> bool:
    """Whether any of some words in lower case is in a text: a quick look before a slow search."""
    low = lowered(text)
    return any(word in low for word in words)


def label(nouns: str) -> re.Pattern[str]:
    """Finds, at the end of a text, `nouns` with or without a word for number behind it."""
    return re.compile(
        rf"\b(?:{nouns})[\s.\-]*(?P<number>(?:{FILLER})?(?:{WORDS})\b)?[\s.:=#>\"'(\[*|-]*"
        r"(?:\b(?:is|ist|are|sind|was|war|lautet|lauten|:)\b[\s:#\"'(*]*)?$",
        re.IGNORECASE,
    )


def finder(kind: str, nouns: str, score: float = 0.9) -> Callable[[str], list[Span]]:
    """A detector for the numbers that `nouns` announce."""
    announced = label(nouns)

    def find(text: str) -> list[Span]:
        return [Span(s, e, kind, score, kind.lower()) for s, e in places(text, announced)]

    return find


@lru_cache(maxsize=1)
def numbers(text: str) -> list[re.Match[str]]:
    """Everything of a number's form; remembered because several detectors ask in turn."""
    return list(NUMBER.finditer(text))


def places(text: str, announced: re.Pattern[str]) -> Iterator[tuple[int, int]]:
    """Start and end of every announced number."""
    done = 0
    for found in numbers(text):
        if found.start() < done:
            continue
        before = announced.search(text[max(0, found.start() - BEFORE) : found.start()])
        if before is None:
            continue
        plain = not (before["number"] or set("#:") & set(before[0]))
        for start, end in enumeration(text, found, plain=plain):
            yield start, end
            done = end


def enumeration(text: str, first: re.Match[str], *, plain: bool) -> Iterator[tuple[int, int]]:
    """The number itself and those joined to it: `KB-1000001, 1000002 and 1000003`."""
    place: tuple[int, int] | None = first.span()
    while place is not None and is_number(text, *place, plain=plain):
        yield place
        following = NEXT.match(text, place[1])
        place = following.span(1) if following else None


def is_number(text: str, start: int, end: int, *, plain: bool) -> bool:
    """Whether this names something, and is no date, year, amount or article."""
    value = text[start:end]
    digits = sum(c.isdigit() for c in value)
    if digits < (LEAST_DIGITS_BARE if plain else LEAST_DIGITS):
        return False
    if DATE.fullmatch(value) or YEAR.fullmatch(value):
        return False
    if plain and (SEASON.fullmatch(value) or ROUND.fullmatch(value)):
        return False
    return not QUANTITY.match(text, end) or not value.isdigit()
