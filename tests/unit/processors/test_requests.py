"""Further requests: one of each other category, and only where a sentence is clear."""

import numpy as np

from ticketstream.processors.heads import Floats
from ticketstream.processors.requests import (
    MOST_SENTENCES,
    further_requests,
    hinting,
    sentences,
)
from ticketstream.processors.taxonomy import shipped_labels

LABELS = shipped_labels()


def judged(name: str, score: float) -> Floats:
    scores = np.zeros(len(LABELS.sub_categories), np.float32)
    scores[LABELS.sub_categories.index(name)] = score
    return scores


def names(category: str, *sentences: Floats) -> list[str]:
    found = further_requests(category, np.array(sentences), LABELS, 1.0)
    return [label.sub_category for label in found]


def test_a_clear_sentence_about_something_else_is_a_further_request() -> None:
    assert names("cancellation", judged("invoice_request", 20)) == ["invoice_request"]


def test_a_sentence_about_the_same_or_about_nothing_clear_is_none() -> None:
    assert names("cancellation", judged("cancellation_fee", 20), judged("eta", 3)) == []


def test_a_complaint_and_small_talk_are_no_further_request() -> None:
    assert names("delivery", judged("general_complaint", 20), judged("out_of_scope", 20)) == []


def test_a_sentence_between_two_labels_of_one_category_is_clear() -> None:
    either = judged("invoice_request", 20) + judged("invoice_view", 19)
    assert names("cancellation", either) == ["invoice_request"]
    assert names("cancellation", judged("invoice_request", 20) + judged("eta", 19)) == []


def test_only_a_sentence_that_leaves_something_to_another_category_is_read_alone() -> None:
    said = [
        judged("invoice_request", 3),
        judged("cancellation_fee", 20),
        judged("staff_complaint", 20),
    ]
    assert hinting("cancellation", np.array(said), LABELS, 1.0) == [0]


def test_of_one_category_the_surest_counts_once() -> None:
    said = (judged("eta", 8), judged("lost_parcel", 20), judged("invoice_request", 9))
    assert names("account", *said) == ["lost_parcel", "invoice_request"]


def test_a_text_of_one_sentence_needs_no_second_look() -> None:
    assert sentences("Where is my parcel with the lamp? Thanks") == []


def test_a_text_without_sentences_has_no_further_request() -> None:
    none = np.empty((0, len(LABELS.sub_categories)), np.float32)
    assert further_requests("account", none, LABELS, 1.0) == ()


def test_greetings_are_no_sentences_and_a_long_mail_is_cut() -> None:
    text = "Hi,\nI want to return it.\n  Where is my other order? Regards, Kim"
    found = [text[start:end] for start, end in sentences(text)]
    assert found == ["I want to return it.", "Where is my other order?"]
    assert len(sentences("This is one more sentence. " * 50)) == MOST_SENTENCES
