"""A written ticket is told again about other people, in the form in which it was written."""

import random
import re

import pytest

from ticketstream.learning.entities import again
from ticketstream.learning.entities.people import World

VALUES = {
    "first": ("Ifeoma", "PERSON"),
    "last": ("Marlow", "PERSON"),
    "street": ("4 Elm Road", "ADDRESS"),
    "address": ("4 Elm Road, Ulm", "ADDRESS"),
    "address_lines": ("4 Elm Road\nUlm", "ADDRESS"),
    "city": ("Ulm", "?"),
}
NOBODY = World({}, (), (), frozenset())


@pytest.fixture(autouse=True)
def _people(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(again, "slots", lambda *_: VALUES)


def told(text: str, kind: str, seed: int = 1) -> str:
    pieces = again.retold([(text, kind)], "en", NOBODY, random.Random(seed))
    return pieces[0][0]


@pytest.mark.parametrize(
    ("written", "wanted"),
    [
        ("Lena Vogt", "Ifeoma Marlow"),
        ("lena vogt", "ifeoma marlow"),
        ("L. Vogt", "I. Marlow"),
        ("LENA VOGT", "IFEOMA MARLOW"),
        ("Lena Vogt-Stein", "Ifeoma Marlow-Marlow"),
    ],
)
def test_a_name_keeps_its_form(written: str, wanted: str) -> None:
    assert told(written, "PERSON") == wanted


@pytest.mark.parametrize("seed", range(8))
def test_numbers_keep_their_spelling(seed: int) -> None:
    assert re.fullmatch(r"kb-\d{3} \d{4}", told("kb-482 1973", "ORDER", seed))
    assert re.fullmatch(r"[A-Z]{2}-[A-Z]{2} \d{3}", told("HH-AB 482", "LICENSE_PLATE", seed))


@pytest.mark.parametrize("seed", range(20))
def test_a_date_of_birth_stays_a_day_of_a_year(seed: int) -> None:
    day, month, year = told("14.03.1981", "DATE_OF_BIRTH", seed).split(".")
    assert 10 <= int(day) <= 28
    assert 1 <= int(month) <= 12
    assert year.startswith("19")


def test_the_same_value_is_the_same_again_and_the_rest_stays() -> None:
    pieces = [("Ask ", ""), ("Lena", "PERSON"), (" or ", ""), ("Lena", "PERSON")]
    one, name, other, same = again.retold(pieces, "en", NOBODY, random.Random(3))
    assert (one, other) == (pieces[0], pieces[2])
    assert name == same
    assert name[0] != "Lena"


def test_an_illness_is_kept_as_it_was_told() -> None:
    assert told("a hip replacement in May", "HEALTH") == "a hip replacement in May"
