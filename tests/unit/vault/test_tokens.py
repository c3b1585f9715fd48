"""Tokens: escaped in, restored out, and only ours are mapped back."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.schemas.masked import TokenValue
from ticketstream.vault.tokens import (
    escape,
    name_of,
    token,
    tokens_in,
    unescape,
    unknown_tokens,
    unmask,
)

TOKENISH = st.lists(
    st.sampled_from(["[", "]", "\\", "ORDER", "PERSON_NAME", "_", "1", "01", ".", "2", "a", "\n"])
).map("".join)


@given(st.one_of(TOKENISH, st.text()))
def test_whatever_is_escaped_comes_back_exactly(text: str) -> None:
    assert unescape(escape(text)) == text


@given(TOKENISH)
def test_an_escaped_text_holds_no_token(text: str) -> None:
    assert tokens_in(escape(text)) == []


@given(TOKENISH, TOKENISH)
def test_two_texts_never_escape_to_the_same(one: str, other: str) -> None:
    assert (escape(one) == escape(other)) == (one == other)


@pytest.mark.parametrize(
    ("typed", "escaped"),
    [
        ("[ORDER_1]", r"[\ORDER_1]"),
        (r"[\ORDER_1]", r"[\\ORDER_1]"),
        ("[EMAIL_1.2]", r"[\EMAIL_1.2]"),
        ("[DATE_OF_BIRTH_1]", r"[\DATE_OF_BIRTH_1]"),
        ("[order_1] [ORDER] [1] [ ORDER_1]", "[order_1] [ORDER] [1] [ ORDER_1]"),
        ("[[ORDER_1]]", r"[[\ORDER_1]]"),
    ],
)
def test_what_looks_like_a_token_gets_a_backslash(typed: str, escaped: str) -> None:
    assert escape(typed) == escaped


def test_a_token_becomes_its_value_and_a_typed_one_stays() -> None:
    tokens = [TokenValue("[ORDER_1]", "KB-4821973")]
    assert unmask(r"[ORDER_1], not [\ORDER_1]", tokens) == "KB-4821973, not [ORDER_1]"


def test_a_value_is_put_in_as_it_is_even_when_it_looks_like_a_token() -> None:
    tokens = [TokenValue("[PERSON_1]", r"[ORDER_1] [\ORDER_1] \1"), TokenValue("[ORDER_1]", "x")]
    assert unmask("[PERSON_1]", tokens) == r"[ORDER_1] [\ORDER_1] \1"


def test_a_token_that_stands_for_nothing_stays_and_is_told() -> None:
    tokens = [TokenValue("[ORDER_1]", "KB-4821973")]
    text = r"[ORDER_1] [ORDER_2] [\ORDER_3]"
    assert unmask(text, tokens) == "KB-4821973 [ORDER_2] [ORDER_3]"
    assert unknown_tokens(text, tokens) == ["[ORDER_2]"]


def test_a_second_spelling_keeps_the_number() -> None:
    assert token("EMAIL", 3) == "[EMAIL_3]"
    assert token("EMAIL", 3, 2) == "[EMAIL_3.2]"
    assert name_of("[EMAIL_3.2]") == ("EMAIL", 3, 2)
    assert name_of("[EMAIL_3]") == ("EMAIL", 3, 1)
    assert name_of("EMAIL_3") is None


def test_own_tokens_may_be_let_through() -> None:
    assert escape("[ORDER_1] [ORDER_2]", frozenset({"[ORDER_1]"})) == r"[ORDER_1] [\ORDER_2]"
