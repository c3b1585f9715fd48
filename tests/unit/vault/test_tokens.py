"""Tokens: bound to their ticket, escaped in, restored out, and only ours are mapped back."""

import json
from html import escape as html
from html import unescape as unhtml
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.schemas.masked import TokenValue
from ticketstream.vault.tokens import (
    LETTERS,
    bound,
    escape,
    name_of,
    plain,
    token,
    tokens_in,
    unescape,
    unknown_tokens,
    unmask,
)

KEY, OTHER_KEY = b"k" * 64, b"o" * 64
write = bound("ticket-1", KEY)
ORDER, PERSON = write("ORDER", 1, 1), write("PERSON", 1, 1)
VALUES = [TokenValue(ORDER, "KB-4821973"), TokenValue(PERSON, "Lena Vogt")]
PIECES = (
    "[", "]", "\\", "ORDER", "PERSON_NAME", "_", "1", "01", ".", "2", "a", "\n", "-", "kfqxt",
    ORDER, ORDER[:-1], PERSON, rf"[\{ORDER[1:]}", bound("ticket-2", KEY)("ORDER", 1, 1),
)  # fmt: skip
TOKENISH = st.lists(st.sampled_from(PIECES)).map("".join)


@given(st.one_of(TOKENISH, st.text()))
def test_whatever_is_escaped_comes_back_exactly(text: str) -> None:
    assert unescape(escape(text)) == text


@given(TOKENISH)
def test_whatever_is_typed_never_becomes_a_value(text: str) -> None:
    assert tokens_in(escape(text)) == []
    assert unmask(escape(text), VALUES) == text


@given(TOKENISH, TOKENISH)
def test_two_texts_never_escape_to_the_same(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


@given(TOKENISH, st.integers(0, 6))
def test_escaping_over_and_over_is_undone_as_often(text: str, times: int) -> None:
    escaped = text
    for _ in range(times):
        escaped = escape(escaped)
    for _ in range(times):
        escaped = unmask(escaped, VALUES)
    assert escaped == text


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("[ORDER_1]", r"[\ORDER_1]"),
        (r"[\ORDER_1]", r"[\\ORDER_1]"),
        ("[EMAIL_1.2]", r"[\EMAIL_1.2]"),
        ("[ORDER_1-kfqxt]", r"[\ORDER_1-kfqxt]"),
        ("[ORDER_1-K7]", r"[\ORDER_1-K7]"),
        ("[DATE_OF_BIRTH_1]", r"[\DATE_OF_BIRTH_1]"),
        ("[order_1] [ORDER] [1] [ ORDER_1]", "[order_1] [ORDER] [1] [ ORDER_1]"),
        ("[[ORDER_1]]", r"[[\ORDER_1]]"),
    ],
)
def test_what_looks_like_a_token_gets_a_backslash(typed: str, escaped: str) -> None:
    assert escape(typed) == escaped


def test_a_token_becomes_its_value_and_a_typed_one_stays() -> None:
    text = rf"{ORDER}, not [\ORDER_1] nor [\{ORDER[1:]}"
    assert unmask(text, VALUES) == f"KB-4821973, not [ORDER_1] nor {ORDER}"


@pytest.mark.parametrize(
    "forged",
    [
        "[ORDER_1]",
        "[ORDER_1-bbbbb]",
        ORDER.upper(),
        ORDER.lower(),
        ORDER.replace("-", "\u2010"),
        f"{ORDER[:-2]}]",
        ORDER.replace("ORDER_1", "ORDER_2"),
        ORDER.replace("ORDER_1", "ORDER_01"),
        ORDER.replace("ORDER_1", "ORDER_1.1"),
        bound("ticket-2", KEY)("ORDER", 1, 1),
        bound("ticket-1", OTHER_KEY)("ORDER", 1, 1),
    ],
)
def test_a_token_that_is_guessed_changed_or_of_another_ticket_stays_text(forged: str) -> None:
    assert forged != ORDER
    assert unmask(f"Your order: {forged}", VALUES) == f"Your order: {forged}"


def test_a_token_is_the_same_for_the_same_ticket_and_another_for_every_other_thing() -> None:
    assert bound("ticket-1", KEY)("ORDER", 1, 1) == ORDER
    written = [
        bound(ticket, key)(kind, number, spelling)
        for ticket, key, kind, number, spelling in product(
            ("ticket-1", "ticket-2"), (KEY, OTHER_KEY), ("ORDER", "PERSON"), (1, 2), (1, 2)
        )
    ]
    checks = {name.check for t in written if (name := name_of(t))}
    assert len(checks) == len(written) == 32


@given(st.text(), st.integers(1, 10**6), st.integers(1, 99))
def test_a_check_is_five_consonants(ticket: str, number: int, spelling: int) -> None:
    name = name_of(bound(ticket, KEY)("DATE_OF_BIRTH", number, spelling))
    assert name is not None
    assert name[:3] == ("DATE_OF_BIRTH", number, spelling)
    assert len(name.check) == 5
    assert set(name.check) <= set(LETTERS)


def test_a_token_survives_json_html_and_a_new_line_width() -> None:
    text = f"Dear {PERSON}, your order {ORDER} is on its way."
    assert json.loads(json.dumps(text)) == text
    assert html(ORDER) == ORDER == unhtml(ORDER)
    assert len(f"{ORDER} {PERSON}".split()) == 2


def test_a_value_is_put_in_as_it_is_even_when_it_looks_like_a_token() -> None:
    tokens = [TokenValue(PERSON, rf"{ORDER} [\ORDER_1] \1"), TokenValue(ORDER, "x")]
    assert unmask(PERSON, tokens) == rf"{ORDER} [\ORDER_1] \1"


def test_a_token_that_stands_for_nothing_stays_and_is_told() -> None:
    text = rf"{ORDER} [ORDER_1] [ORDER_2-kfqxt] [\ORDER_3]"
    assert unmask(text, VALUES) == "KB-4821973 [ORDER_1] [ORDER_2-kfqxt] [ORDER_3]"
    assert unknown_tokens(text, VALUES) == ["[ORDER_1]", "[ORDER_2-kfqxt]"]


def test_a_second_spelling_keeps_the_number() -> None:
    assert token("EMAIL", 3) == "[EMAIL_3]"
    assert token("EMAIL", 3, 2, "kfqxt") == "[EMAIL_3.2-kfqxt]"
    assert name_of("[EMAIL_3.2-kfqxt]") == ("EMAIL", 3, 2, "kfqxt")
    assert name_of("[EMAIL_3]") == ("EMAIL", 3, 1, "")
    assert name_of("EMAIL_3") is None
    assert name_of(f"[EMAIL_{'1' * 5000}]") is None


def test_models_and_people_read_tokens_without_their_checks() -> None:
    assert plain(rf"{PERSON}: {ORDER}, [\ORDER_1-kfqxt], [x-y]") == (
        r"[PERSON_1]: [ORDER_1], [\ORDER_1-kfqxt], [x-y]"
    )
    assert plain(write("EMAIL", 2, 3)) == "[EMAIL_2.3]"
    assert plain("[ORDER_1] of a test set") == "[ORDER_1] of a test set"
