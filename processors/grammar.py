"""a ticket's texts, the people found in them -> how each token is spoken of, and no value.

Who answers sees `[PERSON_1]` and must choose between Herr and Frau, he and she. What tells is told:
a title before the name, a given name that is borne by one gender only. Nothing is guessed beyond
that: what contradicts itself, or is not listed, stays unknown.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.words import PARTICLES, TITLES, WORD, words_of
from ticketstream.processors.given_names import FEMALE, MALE
from ticketstream.schemas.masked import Grammar
from ticketstream.vault.tokens import name_of

Gender = Literal["", "female", "male"]
Part = Literal["", "full", "given", "family"]

NEAR = 24  # characters before a name in which its title stands
DEGREES = r"(?:\b(?:dr|prof|dipl|ing|med)\b\.?[ \u00a0-]*)*$"
TITLED = re.compile(
    r"\b(?:(?P<female>frau|mrs|ms|miss|madame?|mme|signora|senora|señora)"
    rf"|(?P<male>herrn?|hr|mr|mister|monsieur|signor|senor|señor))\b\.?[ \u00a0]+{DEGREES}",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Clues:
    """What all places of a value tell."""

    titles: set[Gender] = field(default_factory=set)
    names: set[Gender] = field(default_factory=set)
    parts: set[Part] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class People:
    """Folded given and family names of the ticket's own people."""

    given: frozenset[str]
    family: frozenset[str]


def grammar_of(
    parts: Sequence[str],
    spans: Sequence[Sequence[Span]],
    token_of: Callable[[str, str], str],
    names: Sequence[str],
) -> tuple[Grammar, ...]:
    """One entry for every person's token of which something is known, by first appearance.

    Args:
        parts: the texts as they came.
        spans: what was found in each.
        token_of: the token of a type and a value.
        names: of the ticket's own people, as they gave them.
    """
    people = people_of(names)
    clues: dict[int, Clues] = {}
    numbers: dict[str, int] = {}
    for part, span in persons(parts, spans):
        name = name_of(token := token_of(span.type, part[span.start : span.end]))
        if name is not None:
            numbers[token] = name.number
            read(part, span, people, clues.setdefault(name.number, Clues()))
    told = (concluded(token, clues[number]) for token, number in numbers.items())
    return tuple(entry for entry in told if entry.gender or entry.name)


def persons(parts: Sequence[str], spans: Sequence[Sequence[Span]]) -> Iterator[tuple[str, Span]]:
    """Every person's place."""
    for part, found in zip(parts, spans, strict=True):
        yield from ((part, span) for span in found if span.type == "PERSON")


def people_of(names: Sequence[str]) -> People:
    """Given and family names of whole names, `Lena Vogt` or `Vogt, Lena`."""
    split = [in_order(name) for name in names]
    whole = [words for words in split if len(words) > 1]
    return People(frozenset(w[0] for w in whole), frozenset(w[-1] for w in whole))


def in_order(name: str) -> list[str]:
    """The folded words of a name, given name first, without titles; `Anna-Lena` is one."""
    family, comma, given = name.replace("_", " ").partition(",")
    ordered = f"{given} {family}" if comma else family
    folded = ("-".join(words_of(word)) for word in ordered.split())
    return [w for w in folded if w and w not in TITLES and w not in PARTICLES]


def read(part: str, span: Span, people: People, clues: Clues) -> None:
    """Add what one place of a name tells."""
    surface = part[span.start : span.end]
    title = gender_of_title(part[max(0, span.start - NEAR) : span.start]) or title_within(surface)
    said = in_order(surface)
    which = part_of(said, people, titled=bool(title))
    clues.parts.add(which)
    if title:
        clues.titles.add(title)
    if said and which in {"full", "given"}:
        clues.names |= gender_of_name(said[0])


def gender_of_title(before: str) -> Gender:
    """What the title says that ends a text; "" for none."""
    found = TITLED.search(before)
    if found is None:
        return ""
    return "female" if found["female"] else "male"


def title_within(surface: str) -> Gender:
    """What a title says that a name begins with: the author `Frau Vogt`."""
    first = WORD.search(surface)
    return gender_of_title(f"{first[0]} ") if first else ""


def gender_of_name(given: str) -> set[Gender]:
    """The gender that a given name is listed under, if any; the first of a double name tells."""
    first = given.split("-", maxsplit=1)[0]
    return {gender for gender, listed in GIVEN.items() if first in listed}


GIVEN: dict[Gender, frozenset[str]] = {"female": FEMALE, "male": MALE}


def part_of(said: Sequence[str], people: People, *, titled: bool) -> Part:
    """Which part of a name these words are."""
    if len(said) != 1:
        return "full" if said else ""
    if titled:
        return "family"
    given = said[0] in people.given
    if given or said[0] in people.family:
        return "" if given and said[0] in people.family else "given" if given else "family"
    return "given" if gender_of_name(said[0]) else ""


def concluded(token: str, clues: Clues) -> Grammar:
    """What the clues agree on."""
    parts = clues.parts - {""}
    which = parts.pop() if len(parts) == 1 else ""
    if clues.titles:
        gender = next(iter(clues.titles)) if len(clues.titles) == 1 else ""
        return Grammar(token, gender, "title" if gender else "", which)
    gender = next(iter(clues.names)) if len(clues.names) == 1 else ""
    return Grammar(token, gender, "given_name" if gender else "", which)
