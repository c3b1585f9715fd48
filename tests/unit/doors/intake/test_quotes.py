import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.doors.intake.quotes import split_quote

OWN = "Die Lampe flackert immer noch.\n\nGrüße\nJana Brandt"

HEADINGS = {
    "gmail": "On Mon, 2 Nov 2026 at 10:12, Kestrel & Birch <support@kestrel-birch.example> wrote:",
    "gmail de": "Am Mo., 2. Nov. 2026 um 10:12 Uhr schrieb Shop <support@kestrel-birch.example>:",
    "thunderbird de": "Am 02.11.26 um 10:12 schrieb Kestrel & Birch Support:",
    "apple de": "Am 02.11.2026 um 10:12 schrieb Kestrel <support@kestrel-birch.example>:",
    "wrapped": "On Mon, Nov 2, 2026 at 10:12 AM Kestrel & Birch Support <\n"
    "support@kestrel-birch.example> wrote:",
    "wrapped de": "Am Mo., 2. Nov. 2026 um 10:12 Uhr schrieb Kestrel & Birch Support <\n"
    "support@kestrel-birch.example>:",
    "fr": "Le lun. 2 nov. 2026 à 10:12, Kestrel <support@kestrel-birch.example> a écrit :",
    "it": "Il giorno lun 2 nov 2026 alle ore 10:12 Kestrel <a@kestrel-birch.example> ha scritto:",
    "es": "El lun, 2 nov 2026 a las 10:12, Kestrel (<a@kestrel-birch.example>) escribió:",
    "nl": "Op ma 2 nov 2026 om 10:12 schreef Kestrel <support@kestrel-birch.example>:",
    "pl": "W dniu 2.11.2026 o 10:12 Kestrel <support@kestrel-birch.example> napisał(a):",
    "no verb": "2026-11-02 10:12 GMT+01:00 Kestrel <support@kestrel-birch.example>:",
    "original": "-----Original Message-----",
    "original de": "-----Ursprüngliche Nachricht-----",
    "forwarded": "---------- Forwarded message ---------",
    "forwarded de": "-------- Weitergeleitete Nachricht --------",
    "apple forward": "Anfang der weitergeleiteten Nachricht:",
    "outlook": "From: Kestrel <support@kestrel-birch.example>\nSent: Monday, November 2, 2026\n"
    "To: Jana Brandt\nSubject: Your lamp",
    "outlook de": "Von: Kestrel <support@kestrel-birch.example>\nGesendet: Montag, 2. November\n"
    "An: Jana Brandt\nBetreff: Ihre Lampe",
    "outlook bold": "*Von:* Kestrel [mailto:support@kestrel-birch.example]\n*Gesendet:* Montag\n"
    "*An:* Jana Brandt\n*Betreff:* Ihre Lampe",
    "ruler": "________________________________\nFrom: Kestrel\nSent: Monday\nSubject: Your lamp",
}


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
@pytest.mark.parametrize("quote", ["> Haben Sie sie getauscht?", "Haben Sie sie getauscht?"])
def test_what_stands_under_a_heading_is_quoted_with_or_without_marks(
    heading: str, quote: str
) -> None:
    split = split_quote(f"{OWN}\n\n{heading}\n\n{quote}\n")
    assert split.newest == OWN
    assert split.quoted.startswith(heading.partition("\n")[0])
    assert split.quoted.endswith(quote)


@pytest.mark.parametrize("heading", [h for n, h in HEADINGS.items() if "gmail" in n])
def test_an_answer_below_the_quote_is_the_newest_text(heading: str) -> None:
    split = split_quote(f"{heading}\n> Which lamp?\n> And since when?\n\nThe Aurora, since May.")
    assert split.newest == "The Aurora, since May."
    assert split.quoted == f"{heading}\n> Which lamp?\n> And since when?"


def test_answers_between_quotes_stay_readable() -> None:
    text = (
        "Hello,\n\nAnna wrote:\n> Which lamp?\nThe Aurora.\n\n> Since when?\n\n"
        "Since May, as I said:\nit flickers.\n> Regards\n"
    )
    split = split_quote(text)
    assert split.newest == "Hello,\n\nThe Aurora.\n\nSince May, as I said:\nit flickers."
    assert split.quoted == "Anna wrote:\n> Which lamp?\n> Since when?\n> Regards"


@pytest.mark.parametrize(
    "text",
    [
        "On Monday I wrote:\nnobody answered. I want my money back.",
        "On 2 November 2026 your colleague wrote:\n\nWe refund you. I see no money yet.",
        "Am 02.11.26 schrieb Ihre Kollegin:\n\nWir erstatten. Ich sehe aber kein Geld.",
        "Am 02.11.2026 habe ich bestellt:\n1 Lampe\n2 Stühle",
        "Umzug:\nVon: Bremen\nAn: Graz\nDatum: 12.11.2026\nBitte liefern Sie dorthin.",
        "I read From: your page, To: the end.\nSubject: none",
        "Prices:\n---------------------\nLamp 20\n---------------------\nChair 30",
        "Schritte:\n===== Aufbau =====\nSchraube fehlt.",
        "My numbers are 5 > 3 and a -> b",
        "Here are times:\n2026-11-02 14:30\n02.11.2026 14:30\nthank you",
    ],
)
def test_words_of_the_customer_that_look_like_a_heading_stay_new(text: str) -> None:
    assert split_quote(text) == (text, "")


def test_a_signature_goes_with_what_is_not_new() -> None:
    text = "Wo ist mein Paket?\n\n-- \nJana Brandt\nMusterweg 3, 20095 Hamburg"
    split = split_quote(f"{text}\n\n{HEADINGS['gmail de']}\n> Hallo")
    assert split.newest == "Wo ist mein Paket?"
    assert "Musterweg 3, 20095 Hamburg" in split.quoted
    assert split.quoted.endswith("> Hallo")


@pytest.mark.parametrize("own", ["", "Von meinem iPhone gesendet\n\n", "Sent from my iPhone\n"])
def test_a_forward_without_a_word_speaks_with_the_words_of_the_forwarded_mail(own: str) -> None:
    text = f"{own}{HEADINGS['outlook de']}\n\nIhre Rechnung ist falsch."
    split = split_quote(text)
    assert "Ihre Rechnung ist falsch." in split.newest
    assert split.quoted == ""


def test_a_long_quoted_line_that_was_broken_stays_quoted() -> None:
    long = "> " + "wir haben Ihnen die Lampe am Montag geschickt und bitten Sie sehr um"
    split = split_quote(f"Danke!\n\nAnna schrieb:\n{long}\nGeduld\n> bis Freitag\n\nJana")
    assert split.newest == "Danke!\n\nJana"


LINES = st.sampled_from(
    ["", " ", "text", "> quote", ">> deep", "--", "-- ", "Von: a", "Betreff: b", "wrote:", "____"]
    + [line for heading in HEADINGS.values() for line in heading.split("\n")]
)


@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=25))
def test_no_line_is_lost_and_none_is_doubled(lines: list[str]) -> None:
    text = "\n".join(lines)
    split = split_quote(text)
    both = split.newest.split("\n") + split.quoted.split("\n")
    assert sorted(_said(both)) == sorted(_said(text.split("\n")))


def _said(lines: list[str]) -> list[str]:
    return [re.sub(r"\s+$", "", line) for line in lines if line.strip()]


@given(st.lists(st.sampled_from(["new one", "> old", "new two", "> older"]), max_size=12))
def test_each_half_keeps_its_order(lines: list[str]) -> None:
    split = split_quote("\n".join(lines))
    if split.quoted:
        assert _said(split.newest.split("\n")) == [li for li in lines if li[0] != ">"]
        assert _said(split.quoted.split("\n")) == [li for li in lines if li[0] == ">"]
