"""What mail programs put above a quote, in English and German, as they send it."""

from pathlib import Path

import pytest

from ticketstream.doors.intake.quotes import split_quote

FILE = Path(__file__).with_name("quote_headings.txt").read_text("utf-8")
HEADINGS = {
    name: lines for name, _, lines in (b.partition("\n") for b in FILE[:-1].split("\n== ")[1:])
}
OWN = "Wo bleibt mein Paket?\nDanke."
QUOTE = "Guten Tag,\n\nIhr Paket ist unterwegs."
MARKED = "> Guten Tag,\n>\n> Ihr Paket ist unterwegs."

# people write like this too, so it takes the marks below to be believed
LIKELY = {
    "tb de3": "Kestrel & Birch schrieb am 02.11.2026 um 16:32:",
    "horde": "Zitat von Kestrel <support@kestrel-birch.example>:",
    "horde en": "Quoting Kestrel <support@kestrel-birch.example>:",
    "mutt": "* Kestrel <support@kestrel-birch.example> [2026-11-02 16:32]:",
}


@pytest.mark.parametrize("heading", HEADINGS.values(), ids=HEADINGS.keys())
@pytest.mark.parametrize("quote", [QUOTE, MARKED], ids=["plain", "marked"])
def test_a_programs_heading_opens_the_quote(heading: str, quote: str) -> None:
    if heading.startswith(">") and quote == QUOTE:
        quote = MARKED  # it marks its own heading, so it marks the rest
    split = split_quote(f"{OWN}\n\n{heading}\n\n{quote}\n")
    assert split.newest == OWN
    assert split.quoted.split() == f"{heading}\n{quote}".split()


@pytest.mark.parametrize("heading", LIKELY.values(), ids=LIKELY.keys())
def test_a_heading_that_people_write_too_needs_marks_below(heading: str) -> None:
    assert split_quote(f"{OWN}\n\n{heading}\n\n{MARKED}").newest == OWN
    assert split_quote(f"{OWN}\n\n{heading}\n\n{QUOTE}").quoted == ""


@pytest.mark.parametrize(
    "text",
    [
        "Ihre Kollegin schrieb am 02.11.2026 um 16:32:\nWir erstatten.\n\nIch sehe kein Geld.",
        "Mein Mann hat am 2. November 2026 um 16:32 bestellt:\n1 Lampe",
        "Kestrel <support@kestrel-birch.example> hat am 02.11.2026 geschrieben, es komme bald.",
        "Bitte schreiben Sie nicht unter dieser Zeile\nsondern hier.",
        "Sent from Berlin to Hamburg, and lost on the way.",
        "Gesendet wurde es am Montag.\nGet it back please.",
    ],
)
def test_what_people_write_themselves_stays_new(text: str) -> None:
    assert split_quote(text) == (text, "")
