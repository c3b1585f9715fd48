"""The view: disguises undone, and every place in it known in the original."""
# ruff: noqa: RUF001  (look-alikes are what this is about)

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
