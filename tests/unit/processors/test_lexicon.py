"""Words that decide who must look: what is meant, what is only mentioned, what is denied."""

from pathlib import Path

import pytest

from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.lexicon import (
    fold,
    noisy_or,
    pattern_of,
    shipped_triggers,
    shipped_weights,
    sounds_like,
    triggers,
    urges,
)
from ticketstream.processors.taxonomy import shipped_labels

SEEDS = Path(__file__).parents[3] / "knowledge" / "seeds"

MEANT = [
    ("If I have no answer by Friday I will contact my lawyer.", "lawyer"),
    ("Dann sehen wir uns eben vor Gericht!", "lawyer"),
    ("Ich schalte jetzt meinen Anwalt ein.", "lawyer"),
    ("Meine Freundin ist Anwältin und wird Sie verklagen.", "lawyer"),
    ("Mein Anwalt hat mir empfohlen, Ihnen eine Frist zu setzen.", "lawyer"),
    ("Please delete all of my personal data.", "gdpr"),
    ("Auskunft nach Art. 15 DSGVO", "gdpr"),
    ("Bitte löschen Sie sämtliche meiner Daten", "gdpr"),
    ("I have opened a PayPal dispute.", "chargeback"),
    ("Ich lasse die Lastschrift zurückbuchen.", "chargeback"),
    ("Trading Standards will hear about this", "consumer_protection"),
    ("Die Verbraucherzentrale ist bereits informiert", "consumer_protection"),
    ("I'm going to the press with this", "press"),
    ("Ich gehe damit an die Zeitung.", "press"),
    ("The lamp caught fire last night", "safety"),
    ("My son got an electric shock from the kettle", "safety"),
    ("DIE GLÜHBIRNE RAUCHT", "safety"),
    ("die gluehbirne raucht", "safety"),
    ("Es riecht nach dem Einschalten verbrannt", "safety"),
    ("Hiermit kündige ich mein Abo.", "cancellation"),
    ("please cancel my order", "cancellation"),
]
NOT_MEANT = [
    "My lawyer friend loves your shop",
    "No need for a lawyer, I only want my money back",
    "Das geht hoffentlich ohne Anwalt",
    "Is this a good gift for a lawyer?",
    "Ich habe Ihre Datenschutzerklärung gelesen",
    "Die Lampe brennt nicht mehr",
    "Do you have the pendant in smoked glass?",
    "Gibt es den Rauchmelder auch in weiß?",
    "Das ist ungefährlich, oder?",
    "Wie hoch sind die Stornokosten?",
    "Where is the French press that I ordered?",
    "Where is my parcel?",
    "Meine Freundin, eine Anwältin, liebt Ihren Laden.",
    "Mein Anwalt hat mir Ihren Shop empfohlen. Gibt es das Regal auch in Weiß?",
    "Ich suche einen Schreibtisch für meine Anwaltskanzlei.",
    "I will not involve a lawyer, I just want to know where the parcel is.",
    "Ich habe in der Zeitung von Ihnen gelesen und möchte die rote Lampe.",
]


@pytest.mark.parametrize(("text", "name"), MEANT)
def test_what_is_meant_is_found(text: str, name: str) -> None:
    assert name in triggers(fold(text), shipped_triggers())


@pytest.mark.parametrize("text", NOT_MEANT)
def test_what_is_only_mentioned_or_denied_is_not_found(text: str) -> None:
    assert triggers(fold(text), shipped_triggers()) == ()


def test_what_is_denied_half_heartedly_is_found() -> None:
    phrases = {"safety": ("smoking", "qualm*")}
    assert triggers(fold("The lamp won't stop smoking"), phrases) == ("safety",)
    assert triggers(fold("Sie hört nicht auf zu qualmen"), phrases) == ("safety",)
    assert triggers(fold("It is not smoking"), phrases) == ()


def test_an_exception_hides_only_what_it_covers() -> None:
    phrases = {"lawyer": ("my lawyer", "!my lawyer friend")}
    assert triggers(fold("My lawyer friend says hello"), phrases) == ()
    assert triggers(fold("My lawyer friend says: call my lawyer"), phrases) == ("lawyer",)


def test_a_gap_does_not_reach_into_the_next_sentence() -> None:
    phrases = {"gdpr": ("delete .. data",)}
    assert triggers(fold("Delete all the data"), phrases) == ("gdpr",)
    assert triggers(fold("Delete it. I have data on that."), phrases) == ()


def test_classes_come_in_the_order_of_the_policy() -> None:
    phrases = {"b": ("two",), "a": ("one",)}
    assert triggers(fold("one and two"), phrases) == ("b", "a")


def test_a_phrase_is_a_whole_word() -> None:
    assert triggers(fold("issue your refund"), {"lawyer": ("sue your",)}) == ()


def test_an_umlaut_may_be_written_either_way() -> None:
    assert fold("Kündigung, Straße!") == fold("KUENDIGUNG, strasse!")


def test_a_phrase_may_offer_a_choice_and_stand_at_the_beginning_of_a_sentence() -> None:
    weights = {"^ {dear|hello} .. {robot|language model*}": 0.5}
    for text in ("Dear robot", "Fine. Hello you language models!", "well, dear old robot"):
        assert sounds_like(fold(text), weights) == 0.5
    for text in ("my dear robot", "Dear Sir", "Hello. A robot."):
        assert sounds_like(fold(text), weights) == 0.0


def test_each_further_hint_raises_the_score_and_none_reaches_past_one() -> None:
    weights = {"one": 0.5, "two": 0.5}
    assert sounds_like(fold("nothing"), weights) == 0.0
    assert sounds_like(fold("one"), weights) == 0.5
    assert sounds_like(fold("one two"), weights) == 0.75


def test_letters_beyond_ascii_are_letters_to_a_phrase() -> None:
    weights = {"caf*": 0.5, "*ría": 0.5}
    assert sounds_like(fold("Das Café hat zu."), weights) == 0.5
    assert sounds_like(fold("Una cafetería."), weights) == 0.75


def test_the_first_pass_holds_back_no_phrase_that_a_text_has() -> None:
    seeds = read_seeds(SEEDS, shipped_labels())
    for name in ("spam", "urgency"):
        weights = shipped_weights(name)
        for text in (fold(e.text) for e in seeds[::50]):
            each = (w for phrase, w in weights.items() if pattern_of(phrase).search(text))
            assert sounds_like(text, weights) == noisy_or(each)


def test_machine_mail_sounds_like_spam_and_a_complaint_does_not() -> None:
    weights = shipped_weights("spam")
    assert sounds_like(fold("Automatische Antwort: Ich bin nicht im Büro."), weights) >= 0.95
    assert sounds_like(fold("I have been waiting for a reply for weeks!"), weights) == 0.0


@pytest.mark.parametrize(
    "text",
    [
        "The bed must be here by Friday, we fly on Saturday.",
        "Please confirm by tomorrow noon, otherwise we miss the deadline.",
        "We travel on Thursday. Will the suitcase arrive before?",
        "Das Bett muss bis Freitag da sein, am Samstag fliegen wir in den Urlaub.",
        "Bitte bis morgen Mittag bestätigen, sonst verstreicht die Frist.",
        "Am Donnerstag verreisen wir. Kommt der Koffer vorher an?",
    ],
)
def test_a_deadline_or_a_travel_date_urges_in_whatever_tone(text: str) -> None:
    assert urges(fold(text), ()) >= 0.5


@pytest.mark.parametrize(
    "text",
    [
        "Which wood is the Aurora table made of?",
        "Es eilt nicht: Wann ist der grüne Hocker wieder lieferbar?",
        "What kind of shop is this?! I am sick of your excuses.",
        "Was für ein Saftladen, so eine Unverschämtheit!",
    ],
)
def test_neither_a_question_nor_anger_alone_urges(text: str) -> None:
    assert urges(fold(text), ()) == 0.0


def test_danger_urges_by_its_class() -> None:
    assert urges(fold("The lamp smells burnt."), ("safety",)) >= 0.75
