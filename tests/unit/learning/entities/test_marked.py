"""Marked texts: spans stay on their words whatever is done to the text."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from ticketstream.learning.entities.make import names_in
from ticketstream.learning.entities.marked import (
    LABELS,
    Marked,
    beside,
    joined,
    labels_of,
    lowered,
    pieces_of,
    unpunctuated,
)
from ticketstream.learning.entities.public import public_texts

LENA = joined([("Ask ", ""), ("Lena Vogt", "PERSON"), (", 4 ", ""), ("Elm.", "ORG")], "here")
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
    assert marked_parts(lowered(LENA)) == [("lena vogt", "PERSON"), ("elm.", "ORG")]
    assert marked_parts(unpunctuated(LENA)) == [("Lena Vogt", "PERSON"), ("Elm", "ORG")]


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
    assert marked_parts(first) == [("Lena Vogt", "PERSON"), ("Ulm", "LOCATION")]
    assert (second.text, second.spans) == ("Hi", ())
    assert marked_parts(third) == [("4 Elm Rd", "ADDRESS")]


def test_names_of_the_test_sets_are_kept_apart(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Ask ⟦PERSON:Lena de Vogt⟧ in ⟦LOCATION:Ulm⟧", "utf-8")
    assert names_in([tmp_path / "a.txt"]) == {"lena", "vogt"}
