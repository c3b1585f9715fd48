"""What holds for every detector: spans within the text, any text is fine, and time is linear."""

import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.processors.detectors import DETECTORS, detect
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.stems import expanded, phrases
from ticketstream.processors.detectors.view import view

Find = Callable[[str], list[Span]]
PIECES = (
    "DE89 3704 0044 0532 0130 00", "BIC ", "IBAN ", "geb. am ", "12.10.1985", "VAT ", "GB980007829",
    "Reisepass ", "L01X00T471", "P<D<<", "username ", "login: ", "@lena_v", "insta ", "HH-AB 1234",
    "Kennzeichen ", "ich habe ", "Asthma", "my ", "Lindenstr. 5", ", ", "20457 ", "Hamburg", "\n> ",
    "12 Rose Lane", "BS1 4DJ", "Packstation 145", "0171 3920012", "**** 1234", "card ending in ",
    "DHL ", "05342100123456", "1Z", "00340", "\n", " ", "-", ".", "(", "İ", "ß", "\x00", "5",
    "İstanbul", "St. ", "Nr. 5", "'", "Straße des 17. Juni 135", "Am ", "D02 VF65", "u/", "#1234",
)  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=5)), max_size=14).map("".join)
UNITS = (
    "a", "A", "1", "0 ", "00 ", "0 1 ", "1-", "01 ", "12345 ", "@", "a@", "a.", "Aa ", "Aa, ",
    "Aa\n", "a1", "A1 ", "DE89 ", "4111 ", "*", "xxxx ", "**** 1", "(0)1 ", "+49 1 ", "Am 1 ",
    "Am Am ", "5 Aa ", "straße 1 ", "5 Rose Lane, ", "Flat 1, ", "20457 Aa ", "Bad Aa am ",
    "SW1A 1AA ", "epilepsy ", "my ", "<", "A<", "born in Aa ", "VAT ", "login: ", "@a ",
    "HH-AB 12", "passport ", "DHL ", "geb. ", "steuer ", "card ending ", "OoIl", "1O1l", "O0",
    "\n> ", " ", "Rue de la ", "12.10.", "İ", "Konto ", "Nr. 1", "c/o Aa ", "Ab-Ab-",
    "allergic to ", "IBAN DE", "1/", "St. ", "1 a ", "00340 ", "001 ", "5 5 5 ", "0 34 ", "Art. 5 ",
    "KB-4 ", "K\u0336", "4111\t", "[ORDER_1-",
)  # fmt: skip


def name_of(find: Find) -> str:
    return find.__module__.rpartition(".")[2]


@pytest.mark.parametrize("find", DETECTORS, ids=name_of)
@given(text=TEXTS)
def test_spans_lie_within_the_text_and_are_not_empty(find: Find, text: str) -> None:
    for span in find(text):
        assert 0 <= span.start < span.end <= len(text)
        assert 0 < span.score <= 1
        assert text[span.start : span.end].strip()


@given(text=TEXTS)
def test_what_is_found_together_lies_within_the_original(text: str) -> None:
    for span in detect(text):
        assert 0 <= span.start < span.end <= len(text)


@pytest.mark.parametrize("unit", UNITS)
def test_no_long_text_makes_a_detector_crawl(unit: str) -> None:
    text = view((unit * 30_000)[:30_000]).text
    for find in DETECTORS:
        started = time.process_time()
        find(text)
        assert time.process_time() - started < 1, name_of(find)  # what backtracks takes minutes


@pytest.mark.parametrize(
    "unit", ["0 ", "00 ", "Aa ", "5 Rose Lane, ", "straße 1 ", "DE89 ", "4111 "]
)
def test_four_times_the_text_takes_about_four_times_as_long(unit: str) -> None:
    def seconds(size: int) -> float:
        text = (unit * size)[:size]
        started = time.process_time()
        detect(text)
        return time.process_time() - started

    seconds(1_000)
    assert seconds(80_000) < 8 * seconds(20_000) + 0.1  # what is quadratic takes 16 times as long


def test_braces_expand_to_every_phrase_and_the_longest_is_found() -> None:
    assert set(expanded("{brust,}krebs{,leiden}")) == {
        "brustkrebs",
        "krebs",
        "brustkrebsleiden",
        "krebsleiden",
    }
    find = phrases(["heart", "heart attack"])
    assert list(find("Heart attack, heart, hearts, heart-shaped")) == [(0, 12), (14, 19)]
