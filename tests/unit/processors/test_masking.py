"""Masking: overlaps resolved by one rule, one number a value, and an exact way back."""

from itertools import pairwise

from hypothesis import example, given
from hypothesis import strategies as st

from ticketstream.processors.detectors import canonical, detect
from ticketstream.processors.detectors.known import Known, finder
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.masking import Masking, Numbering, mask_parts, resolve
from ticketstream.schemas.masked import Token, TokenValue
from ticketstream.vault.tokens import bound, plain, tokens_in, unmask

write = bound("ticket-1", b"k" * 64)
FIRST = write("ORDER", 1, 1)
PLANTED = (
    "lena.vogt@mail.example", "LENA.VOGT@mail.example", "KB-4821973", "kb 4821973",
    "Order no 12345",
    "DE89 3704 0044 0532 0130 00", "de89370400440532013000", "4111 1111 1111 1111", "C-104233",
    "0171 3920012", "+49 171 3920012", "https://photos.example/lena?x=[ORDER_1]", "192.0.2.17",
    "Lena Vogt", "LENA", "Viele Grüße, Lena", "[ORDER_1]", "[PERSON_1]", FIRST, FIRST[1:],
    r"[\ORDER_1]", "[EMAIL_1.2]", "[ORDER_1-", "-kfqxt]", rf"[\{FIRST[1:]}",
    "[", "]", "\\", "[ORDER_", "_1]", "\r\n", " ", "\u0308", "İ", "ß", "\x00", "KB-4821973]",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PLANTED), st.text(max_size=8))).map("".join)
KINDS = ("PERSON", "ORDER", "DATE_OF_BIRTH")
PLACES = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 12), st.integers(0, 2)), max_size=12)
KNOWN = finder(Known(names=("Lena Vogt",), addresses=("lena.vogt@mail.example",)))


def numbering(*given: TokenValue) -> Numbering:
    return Numbering(write, canonical, given)


def masked(*parts: str) -> Masking:
    return mask_parts(parts, [[*detect(part), *KNOWN(part)] for part in parts], numbering())


def spans_at(text: str, places: list[tuple[int, int, int]]) -> list[Span]:
    return [
        Span(
            start, min(start + length, len(text)), KINDS[kind], (start * 7 + length) % 5 / 5, "any"
        )
        for start, length, kind in places
        if start < len(text)
    ]


@given(st.lists(TEXTS, min_size=1, max_size=4))
@example([r"[\[ORDER_1]KB-4821973]", "[[KB-4821973"])
@example([f"[{FIRST}KB-4821973", f"KB-4821973{FIRST}"])
def test_unmasking_gives_back_every_part_byte_for_byte(parts: list[str]) -> None:
    masking = masked(*parts)
    assert [unmask(part, masking.values) for part in masking.parts] == parts


@given(TEXTS, PLACES)
def test_the_way_back_is_exact_wherever_spans_lie(
    text: str, places: list[tuple[int, int, int]]
) -> None:
    masking = mask_parts([text], [spans_at(text, places)], numbering())
    assert unmask(masking.parts[0], masking.values) == text


@given(TEXTS, PLACES)
def test_a_value_stands_only_where_a_span_was(
    text: str, places: list[tuple[int, int, int]]
) -> None:
    spans = spans_at(text, places)
    masking = mask_parts([text], [spans], numbering())
    assert len(tokens_in(masking.parts[0])) == len(resolve(text, spans))
    assert set(tokens_in(masking.parts[0])) == {v.token for v in masking.values}


@given(TEXTS, PLACES)
def test_an_answer_that_keeps_the_ticket_s_own_tokens_is_unmasked_exactly_around_them(
    text: str, places: list[tuple[int, int, int]]
) -> None:
    own = TokenValue(FIRST, "KB-4821973")
    masking = mask_parts([text], [spans_at(text, places)], numbering(own), frozenset({own.token}))
    assert unmask(masking.parts[0], masking.values) == text.replace(FIRST, own.value)


def test_nothing_within_a_token_of_the_ticket_is_a_value() -> None:
    text = f"order {FIRST}, 4821973"
    found = [Span(0, len(text), "ADDRESS", 0.9, "any")]
    masking = mask_parts([text], [found], numbering(TokenValue(FIRST, "x")), frozenset({FIRST}))
    assert plain(masking.parts[0]) == "[ADDRESS_1] [ORDER_1], [ADDRESS_2]"


@given(st.lists(st.tuples(st.integers(0, 30), st.integers(0, 9), st.integers(0, 3))))
def test_resolved_spans_never_overlap_and_cover_every_letter_that_was_found(
    places: list[tuple[int, int, int]],
) -> None:
    text = "Lena, 4 Elm Rd. (KB-4821973) ok" * 2
    kinds = ("PERSON", "ADDRESS", "ORDER", "URL")
    spans = [Span(start, start + n, kinds[score], score / 3, "any") for start, n, score in places]
    kept = resolve(text, spans)
    assert all(a.end <= b.start for a, b in pairwise(kept))
    covered = {i for s in kept for i in range(s.start, s.end)}
    found = {i for s in spans for i in range(s.start, s.end)}
    assert {i for i in found if text[i].isalnum()} <= covered <= found


@given(TEXTS, PLACES, st.randoms(use_true_random=False))
def test_the_order_in_which_detectors_report_changes_nothing(
    text: str, places: list[tuple[int, int, int]], dice: object
) -> None:
    spans = spans_at(text, places)
    shuffled = sorted(spans, key=lambda _: dice.random())  # type: ignore[attr-defined]
    assert [(s.start, s.end, s.type) for s in resolve(text, shuffled)] == [
        (s.start, s.end, s.type) for s in resolve(text, spans)
    ]


def test_the_higher_score_wins_then_the_longer_and_what_sticks_out_stays_covered() -> None:
    text = "0123456789" * 3
    low_long = Span(0, 20, "URL", 0.5, "a")
    high = Span(5, 10, "ORDER", 0.9, "b")
    before, behind = Span(0, 5, "URL", 0.5, "a"), Span(10, 20, "URL", 0.5, "a")
    assert resolve(text, [low_long, high]) == [before, high, behind]
    longer = Span(5, 12, "PHONE", 0.9, "c")
    assert resolve(text, [high, longer]) == [longer]


def test_spans_of_one_type_that_overlap_become_one() -> None:
    one, other = Span(5, 12, "PHONE", 0.7, "c"), Span(9, 16, "PHONE", 0.9, "d")
    assert resolve("0" * 20, [one, other]) == [Span(5, 16, "PHONE", 0.9, "d")]


def test_what_sticks_out_without_a_letter_or_digit_is_left_alone() -> None:
    spans = [Span(0, 8, "ADDRESS", 0.6, "a"), Span(0, 4, "PERSON", 0.9, "b")]
    assert resolve("Lena,  .", spans) == [spans[1]]


def test_one_value_has_one_number_over_all_parts_and_each_spelling_its_own_token() -> None:
    masking = masked("KB-4821973", "kb 4821973 and KB-4821973, then KB-1111111")
    assert [*map(plain, masking.parts)] == [
        "[ORDER_1]",
        "[ORDER_1.2] and [ORDER_1], then [ORDER_2]",
    ]
    assert masking.values == (
        TokenValue(write("ORDER", 1, 1), "KB-4821973"),
        TokenValue(write("ORDER", 1, 2), "kb 4821973"),
        TokenValue(write("ORDER", 2, 1), "KB-1111111"),
    )


def test_spellings_of_one_value_share_its_number() -> None:
    masking = masked(
        "lena.vogt@mail.example LENA.VOGT@mail.example 0171 3920012 +49 171 3920012 "
        "DE89 3704 0044 0532 0130 00 de89370400440532013000 "
        "Lena Vogt, LENA VOGT"
    )
    assert plain(masking.parts[0]) == (
        "[EMAIL_1] [EMAIL_1.2] [PHONE_1] [PHONE_1.2] [IBAN_1] [IBAN_1.2] [PERSON_1], [PERSON_1.2]"
    )


def test_tokens_are_counted_by_first_appearance_and_forged_ones_are_not() -> None:
    masking = masked(f"{FIRST} KB-4821973", "a@mail.example KB-4821973 b@mail.example")
    assert masking.parts[0] == rf"[\{FIRST[1:]} {FIRST}"
    assert masking.tokens == (
        Token(FIRST, "ORDER", 2),
        Token(write("EMAIL", 1, 1), "EMAIL", 1),
        Token(write("EMAIL", 2, 1), "EMAIL", 1),
    )
    assert masking.findings == {"ORDER": 2, "EMAIL": 2}


def test_given_tokens_keep_their_values_and_new_ones_get_the_next_free_number() -> None:
    given = (
        TokenValue(write("ORDER", 3, 1), "KB-4821973"),
        TokenValue(write("EMAIL", 1, 1), "a@mail.example"),
    )
    text = "A@mail.example wrote about KB-4821973 and KB-1111111"
    masking = mask_parts([text], [detect(text)], numbering(*given))
    assert plain(masking.parts[0]) == "[EMAIL_1.2] wrote about [ORDER_3] and [ORDER_4]"
    assert masking.values[:2] == given
