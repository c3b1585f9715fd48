"""Number plates: German ones as written on the car, others where a plate is named."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.plate import find


@pytest.mark.parametrize(
    "text",
    [
        "Mein Kennzeichen ist ⟦HH-AB 1234⟧, ich hole ab",
        "Abholung mit dem Wagen ⟦M-XY 77⟧",
        "Parkplatz für ⟦KA LM 903E⟧",
        "the driver's van, reg ⟦BD51 SMR⟧, hit my gate",
        "number plate ⟦LK19XYZ⟧",
        "Lieferwagen mit Kennzeichen ⟦b-ds 4711⟧",
        "Kennzeichen ⟦W-12345X⟧ (Wien)",
        "Auto mit Nummernschild ⟦ZH 445566⟧",
        "car registration ⟦171-D-12345⟧",
        "Er (⟦HRO-K 512⟧) hat meinen Zaun gerammt",
        "KFZ-Kennzeichen: ⟦TÜ DW 18⟧",
        "registration ⟦yk07 hgf⟧",
        "Der Fahrer mit dem Kennzeichen ⟦H-GK 2087⟧ ist gegen den Zaun gefahren",
    ],
)
def test_a_number_plate_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Norm DIN EN 60598 und DIN EN 1021",
        "LMP-204-BK in S-XL 40 und USB-C 60 W",
        "HD-TV 55 Zoll",
        "Lampe AUR-220-BLK, Sockel E27, GU10",
        "Der Tisch OAK 120 x 80",
        "A-Z 26 Ordner",
        "DIN A4 Mappe, EN 12521, IP65, RAL 7016",
        "TBL-1200-OAK mit K-Nr 12",
        "KB-4821973",
        "Kennzeichen des Sets: 4 Stühle, 80 cm",
        "AB 1234",
        "AB12 CDE",
        "UK 9 / EU 43 and XL 52",
        "mit dem Auto in 20 Minuten",
        "my car is too small for 3 chairs",
    ],
)
def test_what_is_no_plate_stays_readable(text: str) -> None:
    assert found(find, text) == []
