"""What is held out is held out of everything that learns, of a trunk too."""

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np

from ticketstream.learning.corpus import Corpus, corpus_of
from ticketstream.learning.examples import Example
from ticketstream.learning.fit import Fitted, fit
from ticketstream.learning.held_out import held_out
from ticketstream.processors.lower import WIDTH, Vectors
from ticketstream.processors.taxonomy import shipped_labels

LABELS = shipped_labels()
SUBS = ("track_order", "cancel_order", "defect_report")
EXAMPLES = [
    Example(
        blake2b(bytes([n]), digest_size=4).hexdigest(), "en", "own", "seed", SUBS[n % 3], "complain"
    )
    for n in range(30)
]


class Blind:
    """An encoder that sees nothing."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.full((len(texts), WIDTH), 1 / np.sqrt(WIDTH), np.float32)


def learn(corpus: Corpus) -> Fitted:
    return fit(corpus, LABELS, 0)


def by_heart(corpus: Corpus, places: Sequence[int]) -> Corpus:
    """As a trunk reads that knows the label of every text it has seen, and of no other."""
    vectors = corpus.vectors.copy()
    for place in places:
        vectors[place, SUBS.index(corpus.examples[place].sub_category)] += 9.0
    return Corpus(corpus.examples, vectors, corpus.rows)


def test_a_trunk_that_knows_its_texts_by_heart_gains_nothing_on_held_out_ones() -> None:
    corpus = corpus_of(EXAMPLES, Blind())
    seen = learn(by_heart(corpus, range(len(EXAMPLES)))).scores(
        by_heart(corpus, range(len(EXAMPLES)))
    )
    truth = [LABELS.sub_categories.index(e.sub_category) for e in EXAMPLES]
    assert (seen["sub_category"].argmax(1) == truth).all()
    held = held_out(corpus, lambda _: True, learn, by_heart, 3)
    right = [LABELS.sub_categories.index(e.sub_category) for e in held.examples]
    assert (held.scores["sub_category"].argmax(1) == right).mean() < 0.7


def test_every_text_is_unseen_once_in_as_many_folds_as_are_wanted() -> None:
    corpus = corpus_of(EXAMPLES, Blind())
    asked: list[set[int]] = []

    def watched(corpus: Corpus, places: Sequence[int]) -> Corpus:
        asked.append(set(places))
        return corpus

    held_out(corpus, lambda _: True, learn, watched, 4)
    everything = set(range(len(EXAMPLES)))
    assert len(asked) == 4
    assert sorted(place for seen in asked for place in everything - seen) == sorted(everything)
