"""Phone numbers in the spellings of seven countries, and what is numbered alike."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.phone import find


@pytest.mark.parametrize(
    "text",
    [
        "Tel ⟦0171 392 00 12⟧",
        "⟦0049 (0)171/3920012⟧",
        "⟦+49.40.66969.123⟧",
        "ring ⟦+44 7700 900123⟧ please",
        "⟦(020) 7946 0958⟧",
        "⟦07700-900-456⟧",
        "⟦+353 87 123 4567⟧",
        "⟦+1 (415) 555-0132⟧",
        "⟦415.555.0132⟧ is my cell",
        "⟦+43 664 123 45 67⟧",
        "⟦079 123 45 67⟧",
        "Handy: ⟦01 51-23 45 67 89⟧",
        "call me back on ext ⟦4471⟧",
        "Durchwahl ⟦-238⟧",
        "Festnetz ⟦66969⟧",
        "meine nummer ⟦0 1 7 1 3 9 2 0 0 1 2⟧",
        "⟦00 44 7700 900 321⟧",
        "⟦+49 (0) 30 / 555 012 34⟧",
        "⟦+41 (0)44 668 18 00⟧",
        "tel.:⟦089/123456-0⟧",
    ],
)
def test_a_phone_number_is_found_in_any_spelling(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "seit 01/2014 unverändert",
        "Preis 0,99 bis 1.299,00 EUR",
        "EAN 4006381333931 und 0012345678905",
        "am 01.10.2026 um 09.30 Uhr, 2026-10-01 09:30",
        "Beschluss vom 14. 01. 2004, Abbildung 06. 08. 2015 25",
        "Artikel 0815-4711 und 100.234.56",
        "Modell 0171-3920012",
        "Masse 120 x 80 x 75 cm, 220-240 V",
        "Error 0x80070005 and code 404, ref E-1101",
        "zwischen 8-12 und 14-18 Uhr",
        "01.11.2026 - 30.11.2026",
        "12,50 + 4,95 = 17,45",
        "Serien-Nr. 0171 3920012",
        "bestellt 12345 Stück",
        "Telefon 2026",
        "text 12345 tells",
        "fax 24/7",
        "0 0 1 2",
        "GTIN 04012345678901",
        "order 0171-3920012",
        "00000000000",
    ],
)
def test_what_is_no_phone_number_stays_readable(text: str) -> None:
    assert found(find, text) == []
