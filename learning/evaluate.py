"""Scores and the truth -> how good the judgement is: accuracy, calibration, coverage, F1."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ticketstream.learning.corpus import Embeds
from ticketstream.learning.examples import Example
from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.linear import Doubles
from ticketstream.learning.said import Bools, Said
from ticketstream.processors.calibration import log_odds
from ticketstream.processors.heads import Heads
from ticketstream.processors.taxonomy import JUNK, OUT_OF_SCOPE, Labels

BINS = 10
SURE = 0.85  # the policy's threshold of automatic replies
HALF = 0.5
SHARES = ("anger", "urgency", "out_of_scope", "spam")


@dataclass(frozen=True, slots=True)
class Quality:
    """Numbers of one set of tickets; None where there was nothing to measure.

    `coverage` is the share with a confidence of at least 0.85, `precision` how many of them have
    category, sub-category and intent right; `ece` compares confidence and truth in ten bins.
    `covered` is the share of prediction sets that hold the truth, `set_size` how many labels one
    has. Of texts out of scope `foreign_found` is the share that 0.5 finds, of all others `own_kept`
    the share that it leaves. A `*_gap` is to a mood what `ece` is to the confidence.
    """

    size: int
    category: float
    sub_category: float
    intent: float
    pair: float
    ece: float
    coverage: float
    precision: float | None
    anger_f1: float | None
    out_of_scope_f1: float | None
    spam_f1: float | None
    polarity_r: float | None
    urgency_r: float | None
    covered: float
    set_size: float
    foreign_found: float | None
    own_kept: float | None
    anger_gap: float | None
    urgency_gap: float | None
    polarity_gap: float | None


def quality(held: HeldOut, labels: Labels, said: Said) -> Quality:
    """The quality of scored examples that know sub-category and intent."""
    examples, scores = held.examples, held.scores
    sub = [labels.sub_categories[i] for i in scores["sub_category"].argmax(1)]
    intent = [labels.intents[i] for i in scores["intent"].argmax(1)]
    sub_right = _same(sub, [e.sub_category for e in examples])
    category_right = _same(
        [labels.category_of[s] for s in sub], [labels.category_of[e.sub_category] for e in examples]
    )
    intent_right = _same(intent, [e.intent for e in examples])
    sure = said.confidence
    right = sub_right & intent_right
    foreign = np.array([e.sub_category == OUT_OF_SCOPE for e in examples])
    called = said.foreign > 0
    return Quality(
        size=len(examples),
        category=float(category_right.mean()),
        sub_category=float(sub_right.mean()),
        intent=float(intent_right.mean()),
        pair=float(right.mean()),
        ece=calibration_error(sure, right),
        coverage=float((sure >= SURE).mean()),
        precision=_mean(right[sure >= SURE]),
        anger_f1=f1(scores["anger"] > 0, [(e.anger or 0.0) >= HALF for e in examples]),
        out_of_scope_f1=f1(called, foreign),
        spam_f1=f1(scores["spam"] > 0, [e.sub_category == JUNK for e in examples]),
        polarity_r=_correlation(scores["polarity"], [e.polarity for e in examples]),
        urgency_r=_correlation(scores["urgency"], [e.urgency for e in examples]),
        covered=float(said.covered.mean()),
        set_size=float(said.sizes.mean()),
        foreign_found=_mean(called[foreign]),
        own_kept=_mean(~called[~foreign]),
        anger_gap=_gap(sigmoids(scores["anger"]), [e.anger for e in examples]),
        urgency_gap=_gap(sigmoids(scores["urgency"]), [e.urgency for e in examples]),
        polarity_gap=_gap(np.clip(scores["polarity"], -1, 1), [e.polarity for e in examples]),
    )


def heads_scores(examples: Sequence[Example], encoder: Embeds, heads: Heads) -> HeldOut:
    """The scores that stored heads give to examples."""
    texts = [e.text for e in examples]
    judged = heads.judge(encoder.embed(texts), texts)
    scores = {
        "sub_category": np.array([j.scores for j in judged], np.float64),
        "intent": np.array([j.intent_scores for j in judged], np.float64),
        "polarity": np.array([j.polarity for j in judged]),
    }
    shares = {name: np.array([getattr(j, name) for j in judged]) for name in SHARES}
    return HeldOut(examples, scores | {name: log_odds(share) for name, share in shares.items()})


@dataclass(frozen=True, slots=True)
class Judged:
    """Scored texts that nothing was learned from, and what a calibration makes of them."""

    held: HeldOut
    said: Said

    @property
    def languages(self) -> dict[str, "Judged"]:
        """All of them, and those of each language."""
        spoken = np.array([e.language for e in self.held.examples])
        parts = {code: spoken == code for code in sorted(set(spoken.tolist()))}
        parts = {"all": np.ones(len(spoken), bool)} | parts
        return {n: Judged(self.held.take(p), self.said.take(p)) for n, p in parts.items()}

    def by_language(self, labels: Labels) -> dict[str, Quality]:
        """The quality of all, and of each language."""
        return {n: quality(j.held, labels, j.said) for n, j in self.languages.items()}


def calibration_error(confidence: Doubles, truth: Bools | Doubles) -> float:
    """Expected calibration error: how far confidence and truth are apart, in bins of a tenth."""
    bins = np.minimum(np.floor(confidence * BINS), BINS - 1)
    gaps = (
        (bins == b).mean() * abs(confidence[bins == b].mean() - truth[bins == b].mean())
        for b in np.unique(bins)
    )
    return float(sum(gaps))


def _same(found: Sequence[str], truth: Sequence[str]) -> Bools:
    return np.array([f == t for f, t in zip(found, truth, strict=True)])


def _mean(values: Bools) -> float | None:
    return float(values.mean()) if len(values) else None


def sigmoids(logits: Doubles) -> Doubles:
    """The probabilities of log odds."""
    shares: Doubles = 1.0 / (1.0 + np.exp(-logits))
    return shares


def _gap(found: Doubles, truth: Sequence[float | None]) -> float | None:
    known = np.array([t is not None for t in truth])
    values = np.array([t for t in truth if t is not None])
    return calibration_error(found[known], values) if len(values) else None


def f1(found: Bools, truth: Bools | Sequence[bool]) -> float | None:
    """Harmonic mean of precision and recall; None where nothing was to be found."""
    true = np.asarray(truth)
    if not true.any():
        return None
    return float(2 * (found & true).sum() / (found.sum() + true.sum()))


def _correlation(found: Doubles, truth: Sequence[float | None]) -> float | None:
    known = np.array([t is not None for t in truth])
    values = np.array([t for t in truth if t is not None])
    if not len(values):
        return None
    if np.ptp(values) == 0 or np.ptp(found[known]) == 0:
        return None
    return float(np.corrcoef(found[known], values)[0, 1])
