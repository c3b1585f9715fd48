"""The entity model: names, addresses and places in sentences, whatever the length of the text."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketstream.doors.settings import ROOT
from ticketstream.processors.detectors.entities import WINDOW, Entities, whole_words, windows
from ticketstream.processors.masking import resolve

MODELS = ROOT / "models"


@pytest.fixture(scope="module")
def entities() -> Entities:
    return Entities.load(MODELS / "entities", MODELS / "encoder")


def found(entities: Entities, text: str) -> list[tuple[str, str]]:
    return [(s.type, text[s.start : s.end]) for s in resolve(text, entities.find(text))]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("Please send it to my sister, Ifeoma Adeyemi.", ("PERSON", "Ifeoma Adeyemi")),
        ("Meine Nachbarin Frau Krawczyk hat es angenommen.", ("PERSON", "Krawczyk")),
        ("hi its gwen again, wheres my lamp", ("PERSON", "gwen")),
        (
            "We moved to 14 Larkspur Crescent, Bristol BS6 5QJ last week.",
            ("ADDRESS", "14 Larkspur Crescent, Bristol BS6 5QJ"),
        ),
        (
            "Neue Adresse: Lindenstraße 7b, 50674 Köln. Danke!",
            ("ADDRESS", "Lindenstraße 7b, 50674 Köln"),
        ),
        ("Ich wohne seit Mai in Traunstein.", ("LOCATION", "Traunstein")),
    ],
)
def test_people_addresses_and_places_are_found_whole(
    entities: Entities, text: str, wanted: tuple[str, str]
) -> None:
    assert wanted in found(entities, text)


@pytest.mark.parametrize(
    "text",
    [
        "The Aurora lamp flickers since Tuesday, order status please.",
        "Die Lieferzeit nach Österreich beträgt 3 bis 6 Werktage, sagt § 437 BGB nichts dazu?",
        "Der Winter kommt, und der Koch braucht einen Stein für den Berg.",
        "Sehr geehrte Damen und Herren, wann wird geliefert?",
        "Only 12.50 EUR? Deliver it to Germany, please.",
    ],
)
def test_what_names_nobody_stays_readable(entities: Entities, text: str) -> None:
    assert found(entities, text) == []


def test_a_name_at_the_end_of_a_very_long_mail_is_found(entities: Entities) -> None:
    text = "The lamp arrived, and it flickers whenever it rains outside.\n" * 60
    assert ("PERSON", "Ifeoma Adeyemi") in found(entities, f"{text}Kind regards,\nIfeoma Adeyemi")


def test_a_stretch_of_more_tokens_than_fit_is_read_to_its_end(entities: Entities) -> None:
    text = f"{'☂ ' * 290}My name is Ifeoma Adeyemi."
    assert ("PERSON", "Ifeoma Adeyemi") in found(entities, text)


@given(st.text(alphabet=st.sampled_from("ab .\n☂"), max_size=3 * WINDOW))
def test_windows_cover_a_text_overlap_and_none_is_too_long(text: str) -> None:
    cut = list(windows(text))
    assert {i for a, b in cut for i in range(a, b)} == {*range(len(text))}
    assert all(0 < b - a <= WINDOW for a, b in cut)
    assert all(a < c < b < d for (a, b), (c, d) in pairwise(cut))


@pytest.mark.parametrize("before", range(560, 640, 7))
def test_a_name_is_found_whole_wherever_a_window_ends(entities: Entities, before: int) -> None:
    filler = ("It flickers again. " * 40)[:before]
    text = f"{filler} I am Ifeoma Adeyemi, thank you."
    assert ("PERSON", "Ifeoma Adeyemi") in found(entities, text)


@given(st.text(max_size=20), st.integers(0, 20), st.integers(0, 20))
def test_a_stretch_grows_to_whole_words_and_loses_its_edges(text: str, one: int, two: int) -> None:
    start, end = sorted((min(one, len(text)), min(two, len(text))))
    start, end = whole_words(text, start, end)
    assert 0 <= start <= end <= len(text)
    if start < end:
        assert not (start and text[start - 1].isalnum() and text[start].isalnum())


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=80))
def test_any_text_gives_spans_within_it(entities: Entities, text: str) -> None:
    for span in entities.find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert 0 < span.score <= 0.9
