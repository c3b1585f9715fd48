"""Labelled texts -> a classifier of any label set, by the method that the project's heads rest on.

Meaning (the frozen encoder's vector) and spelling (hashed n-grams) in one linear map, averaged with
a trunk tuned on the same texts where there is one, at the temperature that held-out texts ask for.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b

import numpy as np

from ticketstream.learning import linear
from ticketstream.learning.calibrate import best_temperature
from ticketstream.learning.conformal import Ints
from ticketstream.learning.corpus import Embeds
from ticketstream.learning.linear import BITS, Doubles, Space
from ticketstream.learning.out_of_scope import OutOfScope, centres_of, fit_out_of_scope
from ticketstream.processors import ngrams
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.heads import centred
from ticketstream.processors.lower import Vectors

STRENGTH = 10.0  # inverse penalty, chosen on training rows of Banking77 and MASSIVE German
HELD = 10  # one text in so many is held out for temperature and out-of-scope score
TINY = 1e-12
SHARES = (0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)  # of the linear map in the mix
Scores = Callable[[Sequence[str]], Doubles]  # texts -> logits [n, labels], labels in order
Tune = Callable[[Sequence[str], Sequence[str]], Scores]


@dataclass(frozen=True, slots=True)
class Read:
    """Texts with what both members read in them."""

    texts: Sequence[str]
    vectors: Vectors
    rows: ngrams.Rows

    def take(self, wanted: Sequence[int]) -> "Read":
        """The texts at some places."""
        picked = list(wanted)
        texts = [self.texts[i] for i in picked]
        return Read(texts, self.vectors[picked], [self.rows[i] for i in picked])


@dataclass(frozen=True, slots=True)
class Mix:
    """How both members become one; each temperature and the share come from held-out texts.

    Attributes:
        linear: temperature of the linear map.
        tuned: temperature of the trunk.
        share: what the linear map counts beside the trunk, 0 to 1.
        both: temperature of the mean.
    """

    linear: float = 1.0
    tuned: float = 1.0
    share: float = 1.0
    both: float = 1.0

    def mean(self, linear: Doubles, tuned: Doubles) -> Doubles:
        """The weighted mean of the members' log probabilities."""
        own, other = _log(linear, self.linear), _log(tuned, self.tuned)
        mean: Doubles = self.share * own + (1 - self.share) * other
        return mean


@dataclass(frozen=True, slots=True)
class Method:
    """A fitted classifier; `names` are its labels in order.

    `weights` [features, labels] and `bias` are the linear map, out of the space it was fitted in.
    `tuned` gives a tuned trunk's logits; `out_of_scope` is None where no foreign text was given.
    """

    names: tuple[str, ...]
    space: Space
    weights: Doubles
    bias: Doubles
    centres: Vectors
    tuned: Scores | None = None
    mix: Mix = Mix()
    out_of_scope: OutOfScope | None = None

    def shares(self, read: Read) -> Doubles:
        """Calibrated probabilities [n, labels]."""
        return probabilities(self.scores(read), self.mix.both)

    def scores(self, read: Read) -> Doubles:
        """Logits before the last temperature: of the linear map, or the mean of both members."""
        own = self.linear(read)
        return own if self.tuned is None else self.mix.mean(own, self.tuned(read.texts))

    def linear(self, read: Read) -> Doubles:
        """The logits of the linear member."""
        logits: Doubles = self.space.features(read.vectors, read.rows) @ self.weights + self.bias
        return logits

    def foreign(self, read: Read) -> Doubles:
        """The probability that each text is about none of the labels."""
        if self.out_of_scope is None:
            doubt: Doubles = 1.0 - self.shares(read).max(axis=1)
            return doubt
        return self.out_of_scope.score(*_seen(self, read))


def read(texts: Sequence[str], encoder: Embeds) -> Read:
    """Texts, read once by the encoder."""
    rows = [ngrams.counts(text, BITS) for text in texts]
    return Read(texts, np.asarray(encoder.embed(texts), np.float32), rows)


def fit(
    known: Read,
    labels: Sequence[str],
    *,
    foreign: Read | None = None,
    tune: Tune | None = None,
    seed: int = 0,
) -> Method:
    """Fit on nine tenths, learn from the last what scores are worth, then fit the map on all.

    A trunk is tuned once, on the nine tenths: tuning is what takes minutes.

    Args:
        known: the texts to learn from.
        labels: the label of each.
        foreign: texts about none of the labels, for the out-of-scope score.
        tune: tunes a trunk on texts and labels; its logits stand in the order of sorted labels.
        seed: of the one random draw (the start of the decomposition).
    """
    held = held_out(known.texts, labels)
    kept = sorted({*range(len(labels))} - {*held})
    names = tuple(sorted(set(labels)))
    seen, answers = known.take(kept), [labels[i] for i in kept]
    trial = _linear(seen, answers, names, seed)
    if tune:
        trial = replace(trial, tuned=tune(seen.texts, answers))
    unseen = known.take(held)
    truth = np.array([names.index(labels[i]) for i in held])
    own = trial.linear(unseen)
    mix = (
        best_mix(own, trial.tuned(unseen.texts), truth)
        if trial.tuned
        else Mix(both=best_temperature(own, truth))
    )
    final = replace(_linear(known, labels, names, seed), tuned=trial.tuned, mix=mix)
    if foreign is None:
        return final
    found = fit_out_of_scope(_seen(trial, unseen), _seen(trial, foreign), trial.centres)
    return replace(final, out_of_scope=replace(found, centres=final.centres))


def best_mix(linear: Doubles, tuned: Doubles, truth: Ints) -> Mix:
    """The mix under which the true labels of held-out texts are most probable."""
    members = best_temperature(linear, truth), best_temperature(tuned, truth)
    found = []
    for share in SHARES:
        said = Mix(*members, share).mean(linear, tuned)
        mix = Mix(*members, share, best_temperature(said, truth))
        loss = -_log(said, mix.both)[np.arange(len(truth)), truth].mean()
        found.append((loss, mix))
    return min(found, key=lambda pair: pair[0])[1]


def held_out(texts: Sequence[str], labels: Sequence[str]) -> list[int]:
    """The places of one text in ten, chosen by hash, but never of a label's first."""
    firsts = {labels.index(label) for label in set(labels)}
    # the words before the text: another tenth than any that was parted by the same hash before
    chosen = [i for i, t in enumerate(texts) if text_hash(f"held out {t}") % HELD == 0]
    return [i for i in chosen if i not in firsts]


def text_hash(text: str) -> int:
    """A number that every run and machine gives the same text, whatever its case."""
    return int.from_bytes(blake2b(text.lower().encode(), digest_size=8).digest())


def _log(logits: Doubles, temperature: float) -> Doubles:
    logs: Doubles = np.log(np.maximum(probabilities(logits, temperature), TINY))
    return logs


def _linear(known: Read, labels: Sequence[str], names: tuple[str, ...], seed: int) -> Method:
    space = linear.space_of(known.vectors, known.rows, seed)
    placed = space.place(space.features(known.vectors, known.rows))
    plane, bias = linear.classes(placed, labels, np.ones(len(labels)).tolist(), names, STRENGTH)
    weights = np.ascontiguousarray((plane @ space.axes).T)
    centres = centres_of(centred(known.vectors, space.mean), labels, names)
    return Method(names, space, weights, bias, centres)


def _seen(method: Method, texts: Read) -> tuple[Doubles, Vectors]:
    return method.linear(texts), centred(texts.vectors, method.space.mean)
