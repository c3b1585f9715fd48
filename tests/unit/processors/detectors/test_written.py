"""The forms of a shop's own numbers: what they find, how they are spelled, which cannot be."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.processors.detectors import DETECTORS, SAMPLE, detectors_of
from ticketstream.processors.detectors.written import Written


def found(forms: str, text: str) -> list[str]:
    return [text[start:end] for start, end in Written(forms).places(text)]


@pytest.mark.parametrize(
    ("forms", "text", "values"),
    [
        ("KB-0000000", "KB-4821973 kb 4821973, Kb - 4821973 and KB4821973",
         ["KB-4821973", "kb 4821973", "Kb - 4821973", "KB4821973"]),
        ("KB0000000", "KB-4821973 KB4821973", ["KB-4821973", "KB4821973"]),
        ("KB-0000000", "KB-482197, KB-48219733, AKB-4821973", []),
        ("C-000000", "C-104233 c - 104233", ["C-104233", "c - 104233"]),
        ("C-000000", "C104233, C 104233", []),
        ("#0000", "order #1001, 1001, #10011", ["#1001"]),
        ("000-0000000-0000000", "304-1234567-7654321, 30412345677654321", ["304-1234567-7654321"]),
        ("W?00*00", "WA12x34 wb12345, W112345", ["WA12x34", "wb12345"]),
        ("ORD/00000, ORD/000000", "ORD/12345 ord 123456", ["ord 123456", "ORD/12345"]),
        ("", "KB-4821973", []),
    ],
)  # fmt: skip
def test_a_number_is_found_as_people_spell_it(forms: str, text: str, values: list[str]) -> None:
    assert found(forms, text) == values


@pytest.mark.parametrize(
    ("forms", "surface", "spelled"),
    [
        ("ORD-00000", "ord 12345", "ORD-12345"),
        ("ORD-00000", " Ord12345", "ORD-12345"),
        ("304-0000000", "304-1234567", "304-1234567"),
        ("W?00*00", "wa12x34", "WA12X34"),
        ("KB-0000000, #0000", "#1001", "#1001"),
        ("KB-0000000, #0000", "kb4821973", "KB-4821973"),
        ("ORD-00000", "99-1", "991"),
    ],
)
def test_a_number_is_spelled_as_the_shop_writes_it(forms: str, surface: str, spelled: str) -> None:
    assert Written(forms).canonical(surface) == spelled


@pytest.mark.parametrize(
    ("forms", "says"),
    [
        ("KB-00", "3 places"),
        ("KB-", "3 places"),
        ("00000", "any number"),
        ("KB-(0+)+", "'(' cannot stand"),
        ("KB-[0-9]{7}", "'[' cannot stand"),
        ("0" * 41, "40 characters"),
        ("KB-0000000, 00", "'00'"),
    ],
)
def test_a_form_that_cannot_be_says_why_and_how_to_write_one(forms: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)) as raised:
        Written(forms)
    assert "KB-0000000" in str(raised.value)


FORMS = st.from_regex(r"(?:[A-Z#]{1,3}[-/ ]?|)[0?*]{6,9}(?:-[0*]{3,6})?", fullmatch=True)


@given(FORMS, st.randoms(use_true_random=False))
def test_whatever_is_filled_into_a_form_is_found_and_spelled_back(form: str, dice: object) -> None:
    fill = {"0": "0123456789", "?": "ABCXYZ", "*": "AZ09"}
    choice = dice.choice  # type: ignore[attr-defined]
    number = "".join(choice(fill[c]) if c in fill else c for c in form)
    written = Written(form)
    assert found(form, f"my order {number}.") == [number]
    assert written.canonical(number.lower()) == number


def test_a_shop_s_own_forms_take_the_places_of_the_sample_shop_s() -> None:
    own = detectors_of(Written("ORD/00000"), Written("F-00000"), Written("KD-0000"))
    text = "ord 12345, F-20231 and KD-1234, KB-4821973"
    assert {(s.type, s.start) for s in own.detect(text)} == {
        ("ORDER", 0), ("INVOICE", 11), ("CUSTOMER", 23)
    }  # fmt: skip
    assert own.canonical("ORDER", "ord 12345") == "ORD/12345"
    assert SAMPLE.canonical("ORDER", "kb 4821973") == "KB-4821973"
    assert own.finders[0] is DETECTORS[0]
