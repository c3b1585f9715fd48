"""Passports, cards and licences: announced, or with check digits of their own."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.document import find


@pytest.mark.parametrize(
    "text",
    [
        "my passport number is ⟦C01X00T47⟧",
        "Passport No. ⟦533401372⟧",
        "passport ⟦533 401 372⟧",
        "Reisepass Nr. ⟦C4VRK79WH9⟧",
        "Personalausweisnummer: ⟦L01X00T471⟧",
        "liegt bei: ⟦LZ6311T475⟧",
        "mein Ausweis: ⟦t220001293⟧",
        "driving licence ⟦MORGA657054SM9IJ⟧",
        "⟦OKAFO801234JX9AB⟧ is on it",
        "Führerscheinnummer ⟦B072RRE2I55⟧",
        "my ID card number ⟦AX4418820⟧",
        "Aufenthaltstitel Nr. ⟦YZ1234567⟧",
        "residence permit no: ⟦RPK332091⟧",
        "Passkopie anbei, Nr. ⟦C4VRK79WH⟧",
        "Meine Ausweisnummer für die Altersprüfung: ⟦L01X00T47⟧",
        "⟦943 476 5919⟧ is the number",
        "NHS number ⟦943 476 5918⟧",
        "Krankenversichertennummer ⟦A123456780⟧",
        "AHV-Nr. ⟦756.9217.0769.85⟧",
        "Sozialversicherungsnummer ⟦65 170839 J 003⟧",
        "SVNR ⟦1237 010180⟧",
        "⟦P<D<<MUSTERMANN<<ERIKA<<<<<<<<<<<<<<<<<<<<<<⟧",
        "national id: ⟦85072003928⟧",
    ],
)
def test_a_number_of_a_document_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Do I need to show my passport at the counter 12?",
        "Der Ausweis wird bei Lieferung ab 500 EUR verlangt, Klasse B96",
        "licence for 2 users of the app 4.2.1",
        "ID check at the door took 20 minutes",
        "Part LMP204BK9X is missing",
        "L01X00T472 is an article",
        "Der Paketbote wollte meinen Ausweis 2 mal sehen",
        "Altersprüfung ab 18, Ausweis gültig bis 2029",
        "Reisepass gültig bis 2029-10-12",
        "943 476 5918",
        "100 200 3000",
        "756.1234.5678.90",
        "Personalausweis vergessen",
        "id 12",
        "mein Pass ist weg, Bestellung 4821973",
        "SV 123",
        "perso: nein",
        "passend zu KB4821973",
        "<<<<<<<<<< siehe unten <<<<<<<<<<<<<<<",
        "TBL1200OAK00 und AAAAA",
        "Nach der Versicherung 3 Tage gewartet",
        "EAN 4006381333931",
        "Kompass 12345678",
    ],
)
def test_what_is_no_document_stays_readable(text: str) -> None:
    assert found(find, text) == []
