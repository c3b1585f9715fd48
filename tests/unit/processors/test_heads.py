"""The heads: what they are made of, and that a batch changes nothing."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ticketstream.processors import ngrams
from ticketstream.processors.heads import Weights, centred, read_weights, sigmoid

HEADS = Path(__file__).parents[3] / "models" / "heads"
GOLDEN = [831, 1209, 1304, 6259, 6706, 6805]
TEXTS = ["Where is my parcel?", "", "Ich möchte die Lampe zurückgeben!", "x"]


@pytest.fixture(scope="module")
def weights() -> Weights:
    return read_weights(HEADS / "heads.npz")


def vectors() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(len(TEXTS), 384)).astype(np.float32)


def test_a_text_has_the_same_scores_alone_and_among_others(weights: Weights) -> None:
    given = vectors()
    together = weights.logits(given, TEXTS)
    alone = [weights.logits(given[[i]], [text])[0] for i, text in enumerate(TEXTS)]
    assert together.tobytes() == np.array(alone).tobytes()


def test_scores_are_bias_plus_meaning_plus_spelling(weights: Weights) -> None:
    given = vectors()[:1]
    meant = centred(given, weights.mean) @ weights.dense.T
    silent = replace(weights, hashed=np.zeros_like(weights.hashed))
    np.testing.assert_allclose(silent.logits(given, TEXTS[:1]), meant + weights.bias, atol=1e-4)
    deaf = replace(weights, dense=np.zeros_like(weights.dense))
    counted = ngrams.weighted([ngrams.counts(TEXTS[0], weights.bits)], weights.idf)
    spelled = ngrams.project(counted, weights.hashed) + weights.bias
    np.testing.assert_allclose(deaf.logits(given, TEXTS[:1]), spelled, atol=1e-4)


def test_no_text_gives_no_scores(weights: Weights) -> None:
    assert weights.logits(np.empty((0, 384), np.float32), []).shape == (0, len(weights.bias))


def test_log_odds_of_zero_are_even() -> None:
    assert sigmoid(0.0) == 0.5
    assert sigmoid(800.0) == 1.0


def test_case_and_white_space_do_not_change_what_is_spelled() -> None:
    one, other = ngrams.counts("Where  is\nMY order", 12), ngrams.counts("where is my order", 12)
    assert one[0].tobytes() == other[0].tobytes()
    assert one[1].tobytes() == other[1].tobytes()


def test_buckets_stay_where_they_are() -> None:
    """Stored weights hang on the hash: another hash, other machines, other answers."""
    buckets, _ = ngrams.counts("ab", 13)
    assert buckets.tolist() == GOLDEN


def test_half_a_character_is_counted_as_something() -> None:
    assert len(ngrams.counts("a\ud83d b", 12)[0]) > 0
