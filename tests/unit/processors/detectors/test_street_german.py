"""German, Austrian, Swiss and Dutch addresses, from the street to the city."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.street_german import find


@pytest.mark.parametrize(
    "text",
    [
        "Ich wohne ⟦Lindenstr. 5, 20457 Hamburg⟧.",
        "Neue Adresse: ⟦Am Alten Markt 3a, 50667 Köln⟧",
        "⟦Straße des 17. Juni 135\n10623 Berlin⟧",
        "Bitte an ⟦Neuer Wall 12\n20354 Hamburg⟧ schicken",
        "wohne in der ⟦gartenstraße 7b⟧",
        "⟦lindenstr 12 80331 münchen⟧",
        "richtig ist ⟦birkenweg 9, 24941 flensburg⟧. danke",
        "⟦Mariahilfer Straße 12/3/7, 1060 Wien⟧",
        "⟦Hauptplatz 4, A-8010 Graz⟧",
        "⟦Bahnhofstrasse 5, 8001 Zürich⟧",
        "⟦Rue de la Gare 5, 1003 Lausanne⟧",
        "Lieferung an ⟦Frankfurter Allee 210, Hinterhaus, 10365 Berlin⟧",
        "⟦An der Mühle 4 • 04109 Leipzig⟧",
        "⟦Keizersgracht 123, 1015 CJ Amsterdam⟧",
        "⟦Landstraßer Hauptstraße 71, Top 12, 1030 Wien⟧",
        "⟦Seestr. 112\n8002 Zürich⟧",
        "⟦Via Nassa 3, 6900 Lugano⟧",
        "⟦Schulstraße 1-3⟧",
        "⟦Industriestraße 22, Gebäude C, 33602 Bielefeld⟧",
        "⟦Theodor-Heuss-Straße 8, 70174 Stuttgart⟧",
        "⟦Lindenweg 4\n> 61348 Bad Homburg v. d. Höhe⟧",
        "⟦Haus Nr. 14, 94568 St. Oswald⟧",
        "⟦Schulweg 19 (Hinterhaus), 44137 Dortmund⟧",
        "⟦Reeperbahn 7\n20359 Hamburg⟧",
        "⟦Auf dem Hügel 12, 52066 Aachen⟧",
        "⟦Chemin des Vignes 4, 1295 Mies⟧",
        "⟦Gumpendorfer Str. 9 / Stiege 2 / Tür 14\n1060 Wien⟧",
        "Adresse ⟦Rosenring 3⟧",
        "⟦Hauptstr.5, 60313 Frankfurt⟧",
        "⟦Markt 3, 04109 Leipzig⟧",
    ],
)
def test_an_address_is_found_from_street_to_city(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Gehe auf den Weg 3 zu, Platz 2 im Test, Ring 5 cm",
        "during 5 days and spring 2026 I bring 2 lamps",
        "Straßenlampe 5, Modell Lindenallee, 4 Stück",
        "Heimweg 20 Minuten, Arbeitsplatz 2",
        "Auf Platz 1 der Liste, auf halbem Weg 2 Pakete verloren",
        "Der Teppich Florenz 120 und Sofa Oslo 3",
        "60 Watt, 800 Lumen, 2700 Kelvin",
        "Schulweg 2 km",
        "Im Test 2, am Montag 3 Lampen, auf der Rechnung 5",
        "Tabelle 63, Zeile 3, Spalte 4",
        "NJW 2011, 1597 Rn. 10",
        "Abs 3, 1610 BGB",
        "DEC 22, 2012 Rest",
        "Steuernummer 181/815/08155 beim Finanzamt",
        "DStR 2012, 527",
        "Bundesstraße 216 ist gesperrt",
        "Stück 14, 94568 Stück",
        "Artikel 5, 12345 Lampen",
        "Bestellung 4821973, 20 Tage",
        "Rechtsweg 2, Umweg 3, Parkplatz 12",
        "Wandring 5 und Schlüsselring 3",
        "Die Lampe Ahorn 3 kostet 1060 Euro",
        "Spring 2026, Wiring 12345 parts",
        "v3 str 5",
        "Garten 3, Zimmer 4",
        "Regal Billund 80, Farbe RAL 9010",
        "am 24. Dezember 2026",
    ],
)
def test_what_is_no_street_stays_readable(text: str) -> None:
    assert found(find, text) == []
