"""The method on any label set: labels, temperature, a tuned trunk beside it, out of scope."""

from collections.abc import Sequence

import numpy as np
import pytest

from ticketstream.learning.method import (
    Method,
    Scores,
    best_mix,
    fit,
    held_out,
    read,
    text_hash,
)
from ticketstream.learning.out_of_scope import OutOfScope, centres_of, fit_out_of_scope
from ticketstream.processors import ngrams
from ticketstream.processors.lower import WIDTH, Vectors
from ticketstream.schemas.errors import ModelError

WORDS = {"cancel": "cancel my order", "late": "the parcel is late", "login": "password is wrong"}
ENDS = ["today", "please", "again", "since monday", "why", "thanks", "for me", "now", "help", "ok"]
TEXTS = [f"{words} {end}" for words in WORDS.values() for end in (*ENDS, *(e * 2 for e in ENDS))]
LABELS = [label for label in WORDS for _ in range(2 * len(ENDS))]
FOREIGN = [f"{what} {end}" for what in ("boil 12 eggs", "zug um acht uhr") for end in ENDS]


class Spelling:
    """An encoder for tests: a text's vector is the count of its n-grams, folded."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        vectors = np.zeros((len(texts), WIDTH), np.float32)
        for row, text in zip(vectors, texts, strict=True):
            buckets, counts = ngrams.counts(text, 13)
            np.add.at(row, buckets % WIDTH, counts)
        unit: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
        return unit


@pytest.fixture(scope="module")
def fitted() -> Method:
    return fit(read(TEXTS, Spelling()), LABELS, foreign=read(FOREIGN, Spelling()))


def test_the_method_labels_what_it_has_not_seen(fitted: Method) -> None:
    asked = read(["please cancel the order", "late parcel", "my password?"], Spelling())
    shares = fitted.shares(asked)
    assert [fitted.names[i] for i in shares.argmax(1)] == ["cancel", "late", "login"]
    assert shares.sum(axis=1) == pytest.approx(1.0)


def test_a_foreign_text_is_further_out_of_scope_than_any_of_the_labels_own(fitted: Method) -> None:
    own = read(["please cancel this order", "the parcel is so late"], Spelling())
    foreign = read(["boil 13 eggs then", "zug um neun uhr"], Spelling())
    assert fitted.foreign(own).max() < fitted.foreign(foreign).min()


def test_a_text_alone_and_in_a_batch_is_equally_far_out_of_scope(fitted: Method) -> None:
    batch = fitted.foreign(read(TEXTS[:5], Spelling()))
    alone = [fitted.foreign(read([text], Spelling()))[0] for text in TEXTS[:5]]
    assert batch.tolist() == pytest.approx(alone, abs=1e-9)


def test_a_trunk_is_tuned_on_what_is_not_held_out_and_speaks_with_the_linear_map() -> None:
    seen: list[str] = []

    def tune(texts: Sequence[str], labels: Sequence[str]) -> Scores:
        seen.extend(texts)
        assert sorted(set(labels)) == sorted(WORDS)
        firsts = [words.split()[0] for words in WORDS.values()]  # it knows the truth of each text
        return lambda asked: np.array([[9.0 * (f in t) for f in firsts] for t in asked])

    both = fit(read(TEXTS, Spelling()), LABELS, tune=tune)
    assert set(seen) == set(TEXTS) - {TEXTS[i] for i in held_out(TEXTS, LABELS)}
    asked = read(TEXTS[:4], Spelling())
    assert both.scores(asked).tolist() != both.linear(asked).tolist()
    assert {both.names[i] for i in both.shares(asked).argmax(1)} == {"cancel"}


def test_two_members_with_other_mistakes_are_righter_together() -> None:
    dice = np.random.default_rng(0)
    truth = dice.integers(0, 3, 400)
    one, other = (2.0 * np.eye(3)[truth] + dice.normal(size=(400, 3)) for _ in range(2))
    mix = best_mix(one, other, truth)
    together = (mix.mean(one, other).argmax(1) == truth).mean()
    assert together > max((s.argmax(1) == truth).mean() for s in (one, other))
    assert 0.2 < mix.share < 0.8


def test_without_foreign_texts_what_is_unsure_counts_as_foreign() -> None:
    alone = fit(read(TEXTS, Spelling()), LABELS)
    asked = read(TEXTS[:3], Spelling())
    assert alone.out_of_scope is None
    assert alone.foreign(asked) == pytest.approx(1 - alone.shares(asked).max(axis=1))


def test_the_held_out_tenth_takes_no_label_away() -> None:
    texts = [f"text {n}" for n in range(300)]
    labels = [str(n // 2) for n in range(300)]
    held = held_out(texts, labels)
    assert 10 < len(held) < 60
    assert {labels[i] for i in range(300) if i not in held} == set(labels)


def test_the_held_out_tenth_is_another_than_a_fifth_that_was_taken_before() -> None:
    """A set that was parted by the same hash still has texts to hold out."""
    texts = [t for t in (f"text {n}" for n in range(500)) if text_hash(t) % 5]
    assert len(held_out(texts, ["one"] * len(texts))) > 20


def test_an_out_of_scope_score_needs_both_kinds() -> None:
    centres = np.eye(2, WIDTH, dtype=np.float32)
    some = np.array([[5.0, 0.0]]), centres[:1]
    none = np.empty((0, 2)), np.empty((0, WIDTH), np.float32)
    with pytest.raises(ModelError, match="both kinds"):
        fit_out_of_scope(some, none, centres)


def test_a_label_without_texts_has_no_centre_and_is_near_nothing() -> None:
    centres = centres_of(np.eye(1, WIDTH, dtype=np.float32), ["b"], ["a", "b"])
    assert centres.any(axis=1).tolist() == [False, True]
    score = OutOfScope(centres, (0.0, 0.0, 10.0, 0.0), -5.0)
    near, far = score.score([[0.0, 1.0]] * 2, np.eye(2, WIDTH, dtype=np.float32))
    assert near < 0.5 < far
