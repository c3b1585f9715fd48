"""Where each character of a text that the door cleaned and split stood in what was given."""

from hypothesis import given
from hypothesis import strategies as st

from ticketstream.doors.intake.charset import clean, without_unseen
from ticketstream.doors.intake.quotes import split_quote
from ticketstream.doors.offsets import Traced, split
from ticketstream.processors.detectors.span import Span

PIECES = (
    "Hello,", "Where is KB-4821973?", "> where is it", "> > older", "\n", "\r\n", "\r", "\n\n\n",
    " ", "\t", "\u2028", "\x00", "\x85", "\u0308", "\u200b", "KB\u200d-48\u00ad21973", "a\u200db",
    "🛋️", "-- ", "Lena Vogt", "Tel. 0171 3920012",
    "On 2 Nov 2026, Lena wrote:", "-----Original Message-----", "Von meinem iPhone gesendet",
    "Viele Grüße", "Lindenstr. 5", "20457 Hamburg",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=24).map("".join)


@given(TEXTS)
def test_the_texts_are_those_that_the_door_makes(given: str) -> None:
    cleaned, _ = without_unseen(clean(given))
    assert Traced.of(given).text == cleaned
    newest, quoted = split(given)
    assert (newest.text, quoted.text) == split_quote(cleaned)


@given(TEXTS)
def test_every_character_stood_where_it_is_said_to_and_in_order(given: str) -> None:
    for part in split(given):
        assert list(part.places) == sorted(part.places)
        for character, place in zip(part.text, part.places, strict=True):
            assert given[place] == character or (character == "\n" and given[place].isspace())


@given(TEXTS)
def test_no_character_stands_in_both_texts(given: str) -> None:
    newest, quoted = split(given)
    assert not set(newest.places) & set(quoted.places)


def test_a_span_is_told_in_offsets_of_what_was_given() -> None:
    given = "\r\n\x00Hi \r\n\r\n\r\n\r\nKB-4821973"
    newest, _ = split(given)
    assert newest.text == "Hi\n\nKB-4821973"
    (told,) = newest.told([Span(4, 14, "ORDER", 0.95, "order")])
    assert given[told["start"] : told["end"]] == "KB-4821973"
