"""Dates of birth: a date counts only where somebody was born."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.birth import find


@pytest.mark.parametrize(
    "text",
    [
        "I was born on ⟦12 March 1985⟧ so I am old enough.",
        "DOB: ⟦03/07/1979⟧",
        "Date of birth ⟦1990-11-02⟧",
        "Geburtsdatum: ⟦14.02.1968⟧",
        "Geburtsdatum (TT.MM.JJJJ): ⟦14.02.1968⟧",
        "Geburtsdatum\n⟦14.02.1968⟧",
        "geb. am ⟦5.6.1954⟧ in Kassel",
        "Ich bin am ⟦23. August 1991⟧ geboren.",
        "Mein Mann (geb. ⟦01.01.1947⟧) kann nicht mehr",
        "geburtstag: ⟦9.12.83⟧",
        "d.o.b. ⟦7th Sept 1988⟧",
        "my birthday is ⟦April 4, 1972⟧",
        "*⟦17.09.1961⟧, verheiratet",
        "born in Leeds on ⟦30-10-1999⟧",
        "date of birth is ⟦22/09/64⟧",
        "Geburtsdatum: ⟦14021968⟧",
    ],
)
def test_a_date_of_birth_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "It is a present for her birthday on 12 December 2026.",
        "Zum Geburtstag am 05.12.2026 muss die Lampe da sein",
        "Geburtstag 05.12.26",
        "bestellt am 12.10.2026, geliefert am 15.10.2026",
        "The order of 4 November 2026 should have come on 09/11/2026.",
        "Gültig bis 31.12.2026, Herstellungsdatum 03/2024",
        "the idea was born in 1985 in our born-again wood range",
        "Geboren um zu leuchten: Lampe vom 01.10.2026",
        "her birthday is next Friday, 27 November 2026",
        "*12.10.1999* war der Liefertag",
        "2 * 3.5.19",
        "Kaufdatum: 14.02.2025",
        "Geburtsdatum gebe ich nicht an",
        "Ergebnis vom 12.10.1999",
        "gebucht am 12.10.1999",
        "Datum 14.02.1968",
    ],
)
def test_a_date_on_which_nobody_was_born_stays_readable(text: str) -> None:
    assert found(find, text) == []
