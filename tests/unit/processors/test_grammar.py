"""How people are spoken of: told by titles and given names, unknown where nothing tells."""

import re

import pytest

from ticketstream.processors.detectors.span import Span
from ticketstream.processors.given_names import FEMALE, MALE
from ticketstream.processors.grammar import grammar_of
from ticketstream.schemas.masked import Grammar
from ticketstream.vault.tokens import token

MARK = re.compile(r"⟦(.*?)⟧")


def told(marked: str, *names: str) -> list[Grammar]:
    """The grammar of a text in which people stand in double brackets, each value one number."""
    text, spans, numbers = "", [], dict[str, int]()
    place = 0
    for found in MARK.finditer(marked):
        text += marked[place : found.start()]
        spans.append(Span(len(text), len(text) + len(found[1]), "PERSON", 1.0, "any"))
        text += found[1]
        place = found.end()

    def token_of(kind: str, surface: str) -> str:
        return token(kind, numbers.setdefault(surface.lower(), len(numbers) + 1))

    return list(grammar_of([text + marked[place:]], [spans], token_of, names))


@pytest.mark.parametrize(
    ("marked", "gender", "by", "name"),
    [
        ("Frau ⟦Vogt⟧ rief an", "female", "title", "family"),
        ("mit Herrn Dr. ⟦Vogt⟧ gesprochen", "male", "title", "family"),
        ("Dear Mr. ⟦Hart⟧,", "male", "title", "family"),
        ("Mrs ⟦Mary Hart⟧", "female", "title", "full"),
        ("Ms. ⟦Robin Hart⟧", "female", "title", "full"),
        ("Herr ⟦Andrea Conti⟧", "male", "title", "full"),
        ("⟦Frau Vogt⟧", "female", "title", "family"),
        ("Viele Grüße, ⟦Lena Vogt⟧", "female", "given_name", "full"),
        ("⟦Vogt, Lena⟧", "female", "given_name", "full"),
        ("⟦Anna-Lena⟧ meint", "female", "given_name", "given"),
        ("foto_⟦lena_vogt⟧.jpg", "female", "given_name", "full"),
        ("Gruß ⟦JÖRG⟧", "male", "given_name", "given"),
        ("⟦Jörg von der Heide⟧", "male", "given_name", "full"),
        ("⟦Prof. Dr. Michael Hart⟧", "male", "given_name", "full"),
        ("⟦Robin Hart⟧", "", "", "full"),
        ("⟦L. Vogt⟧", "", "", "full"),
    ],
)
def test_a_title_or_a_given_name_tells(marked: str, gender: str, by: str, name: str) -> None:
    assert [(g.gender, g.gender_by, g.name) for g in told(marked)] == [(gender, by, name)]


@pytest.mark.parametrize("marked", ["⟦Vogt⟧", "⟦Robin⟧", "the firm ⟦Quist⟧ sent it", "⟦王小明⟧"])
def test_what_nothing_tells_of_is_not_mentioned(marked: str) -> None:
    assert told(marked) == []


def test_the_ticket_s_own_people_tell_which_name_is_which() -> None:
    marked = "⟦Nayeli⟧ here. Order of ⟦Quist⟧"
    assert told(marked, "Nayeli Quist") == [
        Grammar("[PERSON_1]", name="given"),
        Grammar("[PERSON_2]", name="family"),
    ]
    assert told(marked, "Quist, Nayeli") == told(marked, "Nayeli Quist")
    assert told("⟦Quist⟧", "Nayeli Quist", "Quist Bero") == []


def test_every_place_of_a_value_counts_and_what_contradicts_itself_is_unknown() -> None:
    assert told("⟦Vogt⟧, then Frau ⟦Vogt⟧") == [Grammar("[PERSON_1]", "female", "title", "family")]
    assert told("Frau ⟦Vogt⟧ and Herr ⟦Vogt⟧") == [Grammar("[PERSON_1]", name="family")]


def test_a_title_counts_for_more_than_a_name() -> None:
    assert told("Herr ⟦Lena Vogt⟧") == [Grammar("[PERSON_1]", "male", "title", "full")]


def test_no_given_name_is_of_both_lists() -> None:
    assert not FEMALE & MALE
    assert not {"andrea", "kim", "robin", "jan", "sascha", "simone"} & (FEMALE | MALE)
