"""A label that rests on a mere mention does not stand; one that is meant does."""

import numpy as np
import pytest

from ticketstream.processors.heads import Judgement
from ticketstream.processors.label_prompt import Pair
from ticketstream.processors.lexicon import shipped_suggestions, shipped_triggers
from ticketstream.processors.mentions import heard, standing
from ticketstream.processors.taxonomy import LEGAL, shipped_labels

LABELS = shipped_labels()
PHRASES = shipped_triggers()
THREAT = Pair("lawyer_threat", "dispute_or_threaten")
NEXT = Pair("review_praise", "thank_or_praise")


def scores(best: str, second: str, names: tuple[str, ...]) -> np.ndarray:
    found = np.zeros(len(names), np.float32)
    found[names.index(best)], found[names.index(second)] = 9, 8
    return found


def judged(best: Pair, second: Pair = NEXT) -> Judgement:
    subs = scores(best.sub_category, second.sub_category, LABELS.sub_categories)
    intents = scores(best.intent, second.intent, LABELS.intents)
    return Judgement(subs, intents, 0.0, 0.0, 0.0, 0.0, 0.0)


def stands(best: Pair, text: str, second: Pair = NEXT) -> Pair:
    return standing(judged(best, second), text, PHRASES, LABELS)


@pytest.mark.parametrize(
    "text",
    [
        "My lawyer friend loves your shop.",
        "My sister is a lawyer and recommended you to me.",
        "Ich bin Anwalt von Beruf und brauche einen bequemen Stuhl.",
        "Keine Sorge, ich gehe deswegen nicht zum Anwalt.",
    ],
)
def test_where_a_lawyer_is_only_mentioned_the_next_best_pair_stands(text: str) -> None:
    assert stands(THREAT, text) == NEXT


@pytest.mark.parametrize(
    "text",
    [
        "My sister is a lawyer and she will sue you.",
        "My lawyer friend loves your shop, but my solicitor does not: he will write to you.",
        "I am a lawyer myself, so choose your next words with care.",
        "You leave me no choice, this ends before a judge.",
        "Where is my parcel?",
    ],
)
def test_a_threat_stands_beside_a_mention_and_without_any_known_word(text: str) -> None:
    assert stands(THREAT, text) == THREAT


def test_another_label_of_the_same_category_does_not_take_its_place() -> None:
    text = "My lawyer friend loves your shop."
    data = Pair("gdpr_access", "thank_or_praise")
    found = stands(THREAT, text, second=data)
    assert LABELS.category_of[found.sub_category] != LEGAL


def test_a_mention_of_one_class_takes_nothing_from_another() -> None:
    fire = Pair("product_safety_recall", "report_problem")
    assert stands(fire, "My lawyer friend loves your shop. The lamp fell on my dog.") == fire


def test_a_cancellation_that_is_denied_does_not_stand_and_a_question_about_one_does() -> None:
    cancel = Pair("cancel_order", "request_cancellation")
    question = Pair("cancel_order", "ask_information")
    assert stands(cancel, "Please do not cancel my order, I still want it.") == NEXT
    assert stands(cancel, "Bitte nicht stornieren, ich möchte die Lampe behalten!") == NEXT
    assert stands(question, "Wie lang ist die Kündigungsfrist?") == question


def test_a_sentence_that_only_mentions_a_lawyer_is_no_further_request() -> None:
    said = ["My lawyer friend loves your shop.", "You will hear from my lawyer.", "Hello there you"]
    rows = np.array([judged(THREAT).scores] * 2 + [judged(NEXT).scores])
    found = heard(rows, said, PHRASES, LABELS)
    assert not found[0].any()
    assert (found[1:] == rows[1:]).all()
    none = heard(np.empty((0, len(LABELS.sub_categories)), np.float32), [], PHRASES, LABELS)
    assert none.shape == (0, len(LABELS.sub_categories))


def test_every_suggested_label_is_one_of_the_taxonomy_and_every_class_one_of_the_phrases() -> None:
    for name, suggested in shipped_suggestions().items():
        assert name in PHRASES
        assert {*suggested["sub_categories"]} <= {*LABELS.sub_categories}
        assert {*suggested["intents"]} <= {*LABELS.intents}


def test_a_class_that_a_shops_own_phrases_lack_bars_nothing() -> None:
    assert standing(judged(THREAT), "My lawyer friend loves you.", {}, LABELS) == THREAT
