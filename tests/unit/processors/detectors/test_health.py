"""Words about health: only where they are said of somebody."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.health import find


@pytest.mark.parametrize(
    "text",
    [
        "Nach meiner ⟦Bandscheiben-OP⟧ kann ich nichts tragen.",
        "Ich habe ⟦Asthma⟧ und die Matratze riecht stark",
        "I have ⟦epilepsy⟧ so the flicker is dangerous",
        "I am ⟦pregnant⟧ and cannot lift it",
        "my mother has ⟦dementia⟧ and ordered twice",
        "Ich bin ⟦schwerbehindert⟧ und brauche Hilfe",
        "seit meinem ⟦Schlaganfall⟧ kann ich schlecht schreiben",
        "I had a ⟦hip replacement⟧ last month",
        "mein Sohn hat ⟦Autismus⟧",
        "My husband was diagnosed with ⟦cancer⟧ in August",
        "ich sitze im ⟦Rollstuhl⟧",
        "I use a ⟦wheelchair⟧ and the door",
        "wegen meiner ⟦Depression⟧ habe ich die Frist verpasst",
        "I suffer from ⟦migraines⟧",
        "ich bin im 7. Monat ⟦schwanger⟧",
        "I'm ⟦allergic to latex⟧",
        "my wife has ⟦multiple sclerosis⟧",
        "mein Vater ist an ⟦Demenz⟧ erkrankt",
        "my husband is ⟦deaf⟧",
        "my ⟦anxiety⟧ does not help",
        "ich habe ⟦Morbus Crohn⟧",
        "my father has ⟦Parkinson's⟧",
    ],
)
def test_what_is_said_of_a_person_s_health_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "The lamp is broken and I am sick of waiting",
        "Der Service ist krank, ich kriege die Krise",
        "this gives me a headache, your site is a pain",
        "Is the cancer charity cushion back in stock?",
        "Sind die Stühle für Rollstuhlfahrer geeignet? Ist es allergikerfreundlich?",
        "blind order, deaf ears, I am disappointed",
        "I am tired of this, my heart was set on it",
        "Ich habe Probleme mit der Lampe, sie ist blind geworden",
        "that would be insane, crippling fees",
        "Gibt es die Matratze für Allergiker?",
        "I nearly had a heart attack when I saw the price",
        "ich bekomme gleich einen Herzinfarkt",
        "da krieg ich Depressionen",
        "Mr Parkinson called me",
        "my asthma-friendly pillow",
        "ich suche ein Kissen gegen Migräne",
        "Haben Sie einen Ratgeber zu Diabetes?",
        "Ein Tisch mit gebrochenem Bein",
        "the wheelchair ramp in your shop",
        "Ihr seid taub für Beschwerden",
        "it is out of stock, I am allergic to the delays",
        "Die Lampe Krebs aus der Serie Sternzeichen",
    ],
)
def test_what_tells_of_nobody_s_health_stays_readable(text: str) -> None:
    assert found(find, text) == []
