"""What is learned from: masked as in the stream, taken without dice, never split from its twin."""

import numpy as np

from ticketstream.learning.corpus import Corpus
from ticketstream.learning.examples import Example, capped, fingerprint, masked
from ticketstream.learning.held_out import by_writer, stratified, twins
from ticketstream.learning.phrases import phrased_examples
from ticketstream.processors.taxonomy import shipped_labels


def test_a_text_is_masked_and_its_tokens_stay() -> None:
    subject, text = masked("Order [ORDER_1]", "Write to lena@mail.example about [ORDER_1]")
    assert subject == "Order [ORDER_1]"
    assert text == "Write to [EMAIL_1] about [ORDER_1]"


def test_a_cap_keeps_the_same_examples_whatever_the_order() -> None:
    given = [Example(f"text {i}", "en", "set", sub_category="eta") for i in range(50)]
    kept = capped(given, 10)
    assert len(kept) == 10
    assert kept == capped(reversed(given), 10)


def test_a_repeated_text_is_taken_once() -> None:
    given = [Example("Same", "en", "set"), Example("same", "en", "set")]
    assert len(capped(given, 10)) == 1


def test_a_fingerprint_ignores_the_order_and_sees_a_label() -> None:
    one, two = Example("a", "en", "set"), Example("b", "en", "set")
    other = Example("b", "en", "set", sub_category="eta")
    assert fingerprint([one, two]) == fingerprint([two, one]) != fingerprint([one, other])


def pairs() -> Corpus:
    """Ten requests of one label, each in English and in German."""
    meaning = np.eye(10, 384, dtype=np.float32)
    english = [Example(f"request {i}", "en", "s", sub_category="eta") for i in range(10)]
    german = [Example(f"Anliegen {i}", "de", "s", sub_category="eta") for i in range(10)]
    return Corpus([*english, *german], np.vstack([meaning, meaning]), [])


def test_a_translation_follows_its_original() -> None:
    assert twins(pairs()) == [*range(10), *range(10)]


def test_twins_share_a_fold_and_folds_are_even() -> None:
    fold = stratified(pairs(), 5)
    assert fold[:10] == fold[10:]
    assert [fold.count(i) for i in range(5)] == [4, 4, 4, 4, 4]


def test_a_writer_is_left_out_whole_and_folds_are_even() -> None:
    sizes = {"a": 6, "b": 5, "c": 4, "d": 3, "e": 3}
    examples = [
        Example(f"{w} {i}", "en", w, sub_category="eta") for w in sizes for i in range(sizes[w])
    ]
    fold = by_writer(Corpus(examples, np.eye(21, 384, dtype=np.float32), []), 3)
    of = {w: {f for e, f in zip(examples, fold, strict=True) if e.source == w} for w in sizes}
    assert all(len(places) == 1 for places in of.values())
    assert sorted(fold.count(i) for i in range(3)) == [6, 7, 8]


def test_every_label_has_phrases_in_both_languages_without_open_slots() -> None:
    labels = shipped_labels()
    found: dict[tuple[str, str], int] = {}
    for example in phrased_examples():
        assert "{" not in example.text
        assert example.intent in labels.intents
        key = (example.language, example.sub_category)
        found[key] = found.get(key, 0) + 1
    assert set(found) == {(code, sub) for code in ("en", "de") for sub in labels.sub_categories}
    assert min(found.values()) >= 30
