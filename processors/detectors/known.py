"""text, what is known of the ticket -> PERSON, EMAIL, ORDER and CUSTOMER spans of just that.

The strongest detector: the names of the sender and of the speakers of a chat are given, so they are
found in any spelling, as a whole, in parts and with initials, in signatures and file names.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from ticketstream.processors.detectors import words
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.view import view
from ticketstream.processors.detectors.words import COMMON, PARTICLES, THINGS, TITLES, fold, listed

SCORE = 0.98
SHORTEST = 3  # letters of a part that counts alone
JOINT = re.compile(r"[ \t\u00a0]{1,3}|[-_'’]|\.[ \u00a0]?")  # noqa: RUF001
INITIAL_BEFORE = re.compile(r"(?<![^\W_])([^\W\d_])(?:\.[ \u00a0]?|['’])$")  # noqa: RUF001
INITIAL_BEHIND = re.compile(r"[ \u00a0]([^\W\d_])\.(?![^\W_])")
STOPS = frozenset(".!?:;\n\r•*-–>\"'„“(")  # noqa: RUF001
NEAR = 24  # characters that tell whether a name stands here
DECORATION = " \t\r-–*,.!>"  # noqa: RUF001
# words before which even a name in lower case is one; folded
SIGNS = listed(
    "gruss grusse grussen regards wishes sincerely cheers lg vg mfg heisse heiss name "
    "names ist is frau herr herrn mr mrs ms dr signed gez"
)
# words before which a capital makes a name
INTRODUCTIONS = listed("am im i bin hier this thanks thank danke hallo hello hi hey dear von")


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the ticket: names and addresses of its people, its numbers.

    `values` are further pairs of type and text, found where they stand literally: what a shop's own
    systems may tell of a customer, a street or a phone number, goes here. "" is nothing.
    """

    names: tuple[str, ...] = ()
    addresses: tuple[str, ...] = ()
    orders: tuple[str, ...] = ()
    customers: tuple[str, ...] = ()
    values: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Names:
    """Folded words: `sure` count anywhere, `common` and `weak` only where a name stands."""

    sure: frozenset[str]
    common: frozenset[str]
    weak: frozenset[str]
    initials: frozenset[str]


class Word(NamedTuple):
    """A word of the text and what it is folded."""

    start: int
    end: int
    folded: str


def finder(known: Known) -> Callable[[str], list[Span]]:
    """A detector for the people and numbers of one ticket."""
    names = names_of(known)
    every = names.sure | names.common | names.weak
    values = [*valued(known)]

    def find(text: str) -> list[Span]:
        people = list(persons(text, names, every)) if every else []
        return people + [s for kind, value in values for s in literal(text, kind, value)]

    return find


def listed_people(lines: Iterable[str]) -> Known:
    """The people of a list with a name or an address in a line."""
    listed = [*lines]
    return Known(
        names=tuple(line for line in listed if "@" not in line),
        addresses=tuple(line for line in listed if "@" in line),
    )


def names_of(known: Known) -> Names:
    """The words of all names and of the addresses' local parts, by how much they prove."""
    split = [words.words_of(view(name).text) for name in known.names]
    parts = {w for name in split for w in name} - TITLES - PARTICLES
    local = {w for a in known.addresses for w in words.words_of(a.split("@")[0])}
    common = {p for p in parts if p in COMMON}
    short = {p for p in parts if len(p) < SHORTEST and p.isascii() and len(p) > 1}
    things = {p for p in parts if p in THINGS}
    letters = {p for p in parts if len(p) == 1 and p.isascii()}
    sure = (parts - common - short - things - letters) | set(joined(split))
    weak = {w for w in local - TITLES - PARTICLES - sure if len(w) >= SHORTEST} | short | things
    return Names(
        frozenset(sure), frozenset(common), frozenset(weak - common), frozenset(p[0] for p in parts)
    )


def joined(names: list[list[str]]) -> Iterator[str]:
    """First and last name as one word, as in user and file names."""
    for name in names:
        parts = [w for w in name if w not in TITLES]
        if len(parts) > 1:
            yield from (parts[0] + parts[-1], parts[-1] + parts[0])


def persons(text: str, names: Names, every: frozenset[str]) -> Iterator[Span]:
    """Every stretch of words that names a person of the ticket."""
    for group in groups(text, every):
        if names_somebody(text, group, names):
            start, end = widened(text, group, names.initials)
            yield Span(start, end, "PERSON", SCORE, "known")


def groups(text: str, every: frozenset[str]) -> Iterator[list[Word]]:
    """Neighbouring words of names, particles between them included: `Lena von der Vogt`."""
    group: list[Word] = []
    between: list[Word] = []
    for word in marked(text, every):
        if group and not touches(text, [*group[-1:], *between, word]):
            yield group
            group, between = [], []
        if word.folded in every:
            group += [*between, word]
            between = []
        elif group:
            between.append(word)
    if group:
        yield group


def marked(text: str, every: frozenset[str]) -> Iterator[Word]:
    """The words of names, particles and single letters; without a genitive's s: `Lenas`."""
    for found in words.WORD.finditer(text):
        folded = fold(found[0])
        if folded in every or folded in PARTICLES or len(folded) == 1:
            yield Word(*found.span(), folded)
        elif folded[-1:] == "s" and len(folded) > SHORTEST and folded[:-1] in every:
            yield Word(found.start(), found.end() - 1, folded[:-1])


def touches(text: str, group: list[Word]) -> bool:
    """Whether nothing but spaces, hyphens or dots stands between the words."""
    return all(JOINT.fullmatch(text, a.end, b.start) is not None for a, b in pairwise(group))


def names_somebody(text: str, group: list[Word], names: Names) -> bool:
    """Whether the words are enough of a name, or stand where one stands."""
    distinct = {w.folded for w in group} - PARTICLES
    if distinct & names.sure or len(distinct) > 1:
        return True
    first = group[0]
    if in_name_place(text, first, group[-1].end):
        return True
    return first.folded in names.common and text[first.start].isupper() and not opens(text, first)


def in_name_place(text: str, word: Word, end: int) -> bool:
    """Alone in its line, or behind words that announce a name."""
    before = text[max(0, word.start - NEAR) : word.start]
    behind = text[end : end + NEAR].partition("\n")[0]
    if "\n" in before or len(before) == word.start:
        line = before.rpartition("\n")[2]
        if not line.strip(DECORATION) and not behind.strip(DECORATION):
            return True
    said = words.words_of(before)[-1:]
    return bool(said) and (
        said[0] in SIGNS or (text[word.start].isupper() and said[0] in INTRODUCTIONS)
    )


def opens(text: str, word: Word) -> bool:
    """Whether the word stands at the start of a sentence, where anything has a capital."""
    before = text[max(0, word.start - 6) : word.start].rstrip(" \t\u00a0")
    return not before or before[-1] in STOPS


def widened(text: str, group: list[Word], initials: frozenset[str]) -> tuple[int, int]:
    """The group with an initial before or behind it: `L. Vogt`, `Lena V.`."""
    start, end = group[0].start, group[-1].end
    before = INITIAL_BEFORE.search(text, max(0, start - 4), start)
    behind = INITIAL_BEHIND.match(text, end)
    if before and fold(before[1])[:1] in initials:
        start = before.start()
    if behind and fold(behind[1])[:1] in initials:
        end = behind.end()
    return start, end


def valued(known: Known) -> Iterator[tuple[str, str]]:
    """Type and text of what is looked for literally, as it is read in a view."""
    pairs = (
        *(("EMAIL", address) for address in known.addresses),
        *(("CUSTOMER", number) for number in known.customers),
        *(("ORDER", number) for number in known.orders),
        *(("ORDER", number) for number in map(unlettered, known.orders)),
        *known.values,
    )
    yield from dict.fromkeys((kind, view(value).text) for kind, value in pairs if value)


def unlettered(number: str) -> str:
    """A number without its letters, as people quote it; "" where that is too short to tell."""
    digits = re.sub(r"\D", "", number)
    return digits if len(digits) > SHORTEST + 2 else ""


def literal(text: str, kind: str, value: str) -> Iterator[Span]:
    """Where a value stands in a text, in any case, with no letter or digit beside it."""
    hay, needle = text.lower(), value.lower()
    if len(hay) != len(text):
        hay, needle = text, value
    place = hay.find(needle)
    while place >= 0:
        end = place + len(needle)
        if not (hay[place - 1 : place].isalnum() or hay[end : end + 1].isalnum()):
            yield Span(place, end, kind, SCORE, "known")
        place = hay.find(needle, end)
