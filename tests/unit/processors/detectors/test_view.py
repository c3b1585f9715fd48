"""The view: disguises undone, and every place in it known in the original."""
# ruff: noqa: RUF001  (look-alikes are what this is about)

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.processors.detectors import canonical, detect
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.view import view
from ticketstream.processors.masking import Numbering, mask_parts, resolve
from ticketstream.vault.tokens import token, unmask

DISGUISES = (
    "ＤＥ８９ ３７０４ ００４４ ０５３２ ０１３０ ００",
    "K\u200bB-4821973", "КВ-4821973", "ﬁ", "…", "½",
    "u\u0308", "\u0308", "\u0301" * 12, "٠١٧١ ٣٩٢٠٠١٢", "İ", "\ufeff", "\u00ad", "l2345", "37O4",
    "\U000e0041", "€", "\u202e", "ﷺ", "한", "🛋️", "\n", " ", "Lindenstr. 5, 20457 Hamburg",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(DISGUISES), st.text(max_size=6))).map("".join)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("ＤＥ８９ ３７０４", "DE89 3704"),
        ("K\u200bB-4821973", "KB-4821973"),
        ("KB\u2011482\u00ad1973", "KB-4821973"),
        ("КВ-4821973", "KB-4821973"),
        ("DE89 37O4 0044 O532 l234", "DE89 3704 0044 0532 1234"),
        ("٠١٧١ ٣٩٢٠٠١٢", "0171 3920012"),
        ("u\u0308ber", "über"),
        ("K\u0336B\u0332-4\u20e382\u03361973", "KB-4821973"),
        ("O\u2019Brien", "O'Brien"),
        # what stays
        ("10l Topf, 20l Eimer, OO12, O2", "10l Topf, 20l Eimer, OO12, O2"),
        ("Привет, Κώστας", "Привет, Κώστας"),
        ("Größe 5 m – 7 m für 3 €", "Größe 5 m – 7 m für 3 €"),
    ],
)
def test_a_disguised_value_is_read_as_what_it_looks_like(written: str, read: str) -> None:
    assert view(written).text == read


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        (
            "Konto ＤＥ８９３７０４００４４０５３２０１３０００!",
            "IBAN",
            "ＤＥ８９３７０４００４４０５３２０１３０００",
        ),
        ("½ … K\u200bB-48\u00ad21973 …", "ORDER", "K\u200bB-48\u00ad21973"),
        ("mu\u0308de: lena@mail.exa\u200bmple,", "EMAIL", "lena@mail.exa\u200bmple"),
        ("Tel ٠١٧١ ٣٩٢٠٠١٢.", "PHONE", "٠١٧١ ٣٩٢٠٠١٢"),
        ("ﬁx: Lindenstr. 5, 20457 Hamburg", "ADDRESS", "Lindenstr. 5, 20457 Hamburg"),
        ("І am 4111 1111\u00a01111 1111", "CARD", "4111 1111\u00a01111 1111"),
    ],
)
def test_a_span_lies_in_the_original_text(text: str, kind: str, value: str) -> None:
    found = [(s.type, text[s.start : s.end]) for s in resolve(text, detect(text))]
    assert found == [(kind, value)]


VALUES = (
    ("IBAN", "DE89370400440532013000"),
    ("CARD", "4111111111111111"),
    ("ORDER", "KB-4821973"),
    ("EMAIL", "lena.vogt@mail.example"),
    ("PHONE", "+49 171 3920012"),
    ("INVOICE", "INV-2026-004412"),
    ("CUSTOMER", "C-104233"),
    ("TRACKING", "1Z999AA10123456784"),
    ("IP", "192.0.2.17"),
    ("URL", "https://photos.example/lena"),
)
LOOK_ALIKE = str.maketrans("ABEKMHOPCTXaeopcxy", "АВЕКМНОРСТХаеорсху")
WIDE = {c: chr(c + 0xFEE0) for c in range(33, 127)}


@pytest.mark.parametrize(("kind", "value"), VALUES)
@given(dice=st.randoms(use_true_random=False))
def test_a_value_is_found_whole_however_its_characters_are_disguised(
    kind: str, value: str, dice: Any
) -> None:
    seen = [
        dice.choice((c, c, c.translate(LOOK_ALIKE), c.translate(WIDE), digit(c, dice)))
        + dice.choice(("", "", "", "\u200b", "\u00ad", "\u2060", "\u0336", "\U000e0041"))
        for c in value[:-1]
    ]
    written = "".join(seen) + value[-1]
    text = f"Hallo, hier: {written} danke"
    found = [(s.type, text[s.start : s.end]) for s in resolve(text, detect(text))]
    assert found == [(kind, written)]


def digit(character: str, dice: Any) -> str:
    """A digit in another script or style; anything else as it is."""
    if not character.isdecimal():
        return character
    return chr(dice.choice((0x660, 0x6F0, 0x966, 0x1D7CE, 0x1D7D8)) + int(character))


@pytest.mark.parametrize(
    "written",
    [
        "DE89 3704 0044 0532 0130 00",
        "DE89.3704.0044.0532.0130.00",
        "DE89\t3704\t0044\t0532\t0130\t00",
        "DE89 3704 0044\n> 0532 0130 00",
        "D E 8 9 3 7 0 4 0 0 4 4 0 5 3 2 0 1 3 0 0 0",
        "4111\t1111\t1111\t1111",
        "4111/1111/1111/1111",
        "4111\n1111\n1111\n1111",
        "4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1",
        "3782_822463_10005",
        "0171 392 00 12",
        "0 1 7 1 3 9 2 0 0 1 2",
        "KB-482 1973",
        "KB 48 21 973",
        "KB\u20144821973",
    ],
)
def test_a_value_is_found_whole_however_it_is_split(written: str) -> None:
    text = f"Hallo, hier: {written} danke"
    assert [text[s.start : s.end] for s in resolve(text, detect(text))] == [written]


def test_the_same_value_in_disguise_is_the_same() -> None:
    assert canonical("ORDER", "К\u200bВ-４８２１９７３") == canonical("ORDER", "kb 4821973")


@given(TEXTS)
def test_every_place_of_the_view_is_a_place_of_the_original(text: str) -> None:
    seen = view(text)
    for place in range(len(seen.text)):
        span = seen.original(Span(place, place + 1, "ANY", 1.0, "any"))
        assert 0 <= span.start < span.end <= len(text)


@given(TEXTS)
def test_the_order_of_places_stays(text: str) -> None:
    seen = view(text)
    whole = [seen.original(Span(i, i + 1, "ANY", 1.0, "any")) for i in range(len(seen.text))]
    assert [s.start for s in whole] == sorted(s.start for s in whole)
    assert [s.end for s in whole] == sorted(s.end for s in whole)


@given(TEXTS)
def test_masking_a_disguised_text_is_undone_exactly(text: str) -> None:
    masking = mask_parts([text], [detect(text)], Numbering(token, canonical))
    assert unmask(masking.parts[0], masking.values) == text


def test_many_marks_on_one_letter_do_not_make_the_view_crawl() -> None:
    text = "a" + "\u0301\u0316" * 50_000
    assert view(text).text.startswith("á")
