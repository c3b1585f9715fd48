"""Postcodes with their cities."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.location import find


@pytest.mark.parametrize(
    "text",
    [
        "Ich komme aus ⟦20457 Hamburg⟧",
        "PLZ/Ort: ⟦72070 Tübingen⟧",
        "Ich wohne in ⟦8010 Graz⟧",
        "postcode ⟦SW1A 2AA⟧",
        "Liefert ihr nach ⟦61348 Bad Homburg⟧?",
        "⟦79098 Freiburg im Breisgau⟧",
        "Versand nach ⟦1060 Wien⟧?",
        "⟦60313 frankfurt⟧",
        "⟦CH-9042 Speicher⟧",
        "near ⟦Leeds LS10 0ZZ⟧",
        "PLZ ⟦20457⟧",
        "⟦1015 DK Amsterdam⟧",
        "zip code ⟦62704⟧",
    ],
)
def test_a_postcode_is_found_with_its_city(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Habe 10000 Stück für 12500 Euro bestellt",
        "20457 Lampen verkauft, 2026 Wien-Kollektion",
        "Lieferung in 10 Tagen, 35000 Kunden vertrauen",
        "12345 Fehler im Shop",
        "Bestellung 48219 Lampe Aurora",
        "1500 EU Kunden",
        "QQ1 2AA and ZZ9 9ZZ",
        "Artikel: 20457 Hamburg-Sofa",
        "vom 19. Januar 2012 IX ZR 2/11",
        "am 12.10.2026 Berlin",
        "Preis 1.299 Wien",
        "AB12CDE",
        "Frühjahr 2026 Kollektion",
        "2700 Kelvin, 1200 Lumen",
        "#20457 Hamburg",
    ],
)
def test_a_number_before_a_noun_stays_readable(text: str) -> None:
    assert found(find, text) == []
