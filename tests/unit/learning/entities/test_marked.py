"""Marked texts: spans stay on their words whatever is done to the text."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ticketstream.learning.entities.marked import (
    LABELS,
    UNSURE,
    Marked,
    beside,
    cut,
    joined,
    labels_of,
    lowered,
    names_in,
    parsed,
    pieces_of,
    unpunctuated,
)
from ticketstream.learning.entities.public import public_texts

LENA = joined([("Ask ", ""), ("Lena Vogt", "PERSON"), (", 4 ", ""), ("Elm.", "ADDRESS")], "here")
PIECES = st.lists(st.tuples(st.text(max_size=6), st.sampled_from(["", "PERSON", "ADDRESS"])))


def marked_parts(marked: Marked) -> list[tuple[str, str]]:
    return [(marked.text[a:b], kind) for a, b, kind in marked.spans]


@given(PIECES)
def test_what_was_joined_comes_apart_again(pieces: list[tuple[str, str]]) -> None:
    marked = joined(pieces, "here")
    assert joined(list(pieces_of(marked)), "here") == marked
    assert marked_parts(marked) == [p for p in pieces if p[1]]


def test_texts_beside_each_other_keep_their_spans() -> None:
    both = beside([LENA, LENA], "\n\n")
    assert marked_parts(both) == marked_parts(LENA) * 2


def test_lower_case_and_lost_punctuation_keep_spans_on_their_words() -> None:
    assert marked_parts(lowered(LENA)) == [("lena vogt", "PERSON"), ("elm.", "ADDRESS")]
    assert marked_parts(unpunctuated(LENA)) == [("Lena Vogt", "PERSON"), ("Elm", "ADDRESS")]


def test_a_text_that_lower_case_makes_longer_stays_as_it_is() -> None:
    turkish = joined([("İlker", "PERSON")], "here")
    assert lowered(turkish) is turkish


def test_tokens_get_the_label_of_the_stretch_they_touch() -> None:
    offsets = [(0, 0), (0, 3), (4, 8), (8, 13), (13, 14)]
    labels = labels_of(LENA, offsets)
    assert [label if label < 0 else LABELS[label] for label in labels] == [
        -100,
        "O",
        "B-PERSON",
        "I-PERSON",
        "O",
    ]


def test_public_sets_are_read_where_they_lie(tmp_path: Path) -> None:
    (tmp_path / "ner_wnut17").mkdir()
    rows = "Lena\tB-person\nVogt\tI-person\nlikes\tO\nUlm\tB-location\n.\tO\n\nHi\tO\n"
    (tmp_path / "ner_wnut17" / "wnut17train.conll").write_text(rows)
    (tmp_path / "usaddress" / "training").mkdir(parents=True)
    address = "<A><S><N>4</N> <T>Elm</T> <P>Rd</P></S></A>"
    (tmp_path / "usaddress" / "training" / "labeled.xml").write_text(address)
    first, second, third = public_texts(tmp_path)
    assert first.text == "Lena Vogt likes Ulm."
    assert marked_parts(first) == [("Lena Vogt", "PERSON"), ("Ulm", UNSURE)]
    assert (second.text, second.spans) == ("Hi", ())
    assert marked_parts(third) == [("4 Elm Rd", "ADDRESS")]


def test_a_place_of_a_public_set_is_not_learned_from() -> None:
    labels = labels_of(Marked("in Ulm", ((3, 6, UNSURE),), "here"), [(0, 2), (3, 6)])
    assert labels == [LABELS.index("O"), -100]


def test_a_window_keeps_what_stands_in_it() -> None:
    assert marked_parts(cut(LENA, 10, len(LENA.text))) == [
        ("ogt", "PERSON"),
        ("Elm.", "ADDRESS"),
    ]
    assert marked_parts(cut(LENA, 0, 5)) == [("L", "PERSON")]


def test_marks_of_a_ticket_are_read_and_harmless_ones_are_none() -> None:
    pieces = parsed("Ask ⟦PERSON:Lena⟧ on ⟦-:May 4⟧.")
    assert joined(pieces, "here").text == "Ask Lena on May 4."
    assert marked_parts(joined(pieces, "here")) == [("Lena", "PERSON")]


def test_names_of_the_test_sets_are_kept_apart() -> None:
    text = "Ask ⟦PERSON:Lena de Vogt⟧ in ⟦LOCATION:Ulm⟧"
    assert names_in(text) == {"lena", "vogt"}
