"""A marked ticket, dice -> the same ticket about other people: every value anew, in its own form.

What a writer wrote by hand is kept: the sentences, and of each value how it is spelled (words,
initials, hyphens, case, spaces). Names, addresses, places and digits are others.
"""

import random
import re
from collections.abc import Callable, Mapping, Sequence

from ticketstream.learning.entities.people import World, slots

DIGITS = re.compile(r"\d+")
CAPITALS = re.compile(r"[A-Z]")
NAME = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")
Values = Mapping[str, tuple[str, str]]


def retold(
    pieces: Sequence[tuple[str, str]], language: str, world: World, dice: random.Random
) -> list[tuple[str, str]]:
    """The pieces with other values; the same value twice is the same again."""
    given: dict[tuple[str, str], str] = {}
    told = []
    for text, kind in pieces:
        if kind and (kind, text) not in given:
            given[kind, text] = _other(kind, text, language, world, dice)
        told.append((given.get((kind, text), text), kind))
    return told


def _other(kind: str, text: str, language: str, world: World, dice: random.Random) -> str:
    if kind in FORMS:
        return FORMS[kind](text, slots(language, world, dice), dice)
    return text


def _person(text: str, values: Values, dice: random.Random) -> str:
    """As many names as there were; an initial stays one."""
    first, last = values["first"][0], values["last"][0]
    words = NAME.findall(text)
    if len(words) == 1:
        return _cased(text, first if dice.random() < 0.6 else last)
    names = iter([first, *[last] * (len(words) - 1)])
    return _cased(text, NAME.sub(lambda m: _initial(m[0], next(names)), text))


def _initial(old: str, new: str) -> str:
    return new[0] if len(old) == 1 else new


def _address(text: str, values: Values, dice: random.Random) -> str:
    """A whole address by a whole one, half of the time; else other digits in it."""
    if "\n" in text:
        whole = values["address_lines"][0]
    elif "," in text:
        whole = values["address"][0]
    else:
        whole = values["street"][0]
    if dice.random() < 0.5 and len(text.split()) > 1:
        return _cased(text, whole)
    return _digits(text, values, dice)


def _place(text: str, values: Values, dice: random.Random) -> str:
    return _cased(text, values["city"][0]) if dice.random() < 0.7 else text


def _digits(text: str, _: Values, dice: random.Random) -> str:
    """Other digits: a day stays a day, a year of a century one of it."""

    def other(run: re.Match[str]) -> str:
        size = len(run[0])
        if size == 4 and run[0][:2] in {"19", "20"}:
            return f"{run[0][:2]}{dice.randrange(100):02}"
        if size <= 2 and int(run[0]) <= 12:
            return str(dice.randrange(1, 13)).zfill(size)
        if size <= 2 and int(run[0]) <= 28:
            return str(dice.randrange(10, 29))
        return "".join(str(dice.randrange(10)) for _ in run[0])

    return DIGITS.sub(other, text)


def _code(text: str, values: Values, dice: random.Random) -> str:
    """Other digits, and now and then other capitals."""
    text = _digits(text, values, dice)
    if dice.random() < 0.5:
        return text
    return CAPITALS.sub(lambda _: dice.choice("ABCDEFGHKLMNPRSTUVWXZ"), text)


def _cased(like: str, text: str) -> str:
    if like.islower():
        return text.lower()
    return text.upper() if like.isupper() and len(like) > 3 else text


FORMS: Mapping[str, Callable[[str, Values, random.Random], str]] = {
    "PERSON": _person,
    "ADDRESS": _address,
    "LOCATION": _place,
    "LICENSE_PLATE": _code,
    "ID_DOCUMENT": _code,
    **dict.fromkeys(
        (
            *("PHONE", "IBAN", "CARD", "ORDER", "INVOICE", "TRACKING", "CUSTOMER"),
            *("DATE_OF_BIRTH", "TAX_ID", "IP", "EMAIL", "USERNAME", "URL"),
        ),
        _digits,
    ),
}
