"""Columns and weights -> the escalation score of every row, with all its terms."""

from dataclasses import dataclass

import numpy as np

from ticketstream.processors.decision.columns import Columns, Floats
from ticketstream.schemas.policy import EscalationWeights
from ticketstream.schemas.routed import Escalation


@dataclass(frozen=True, slots=True)
class Escalations:
    """Score and terms of every row; `base` is the same for all."""

    score: Floats
    sentiment: Floats
    base: float
    value: Floats
    trigger: Floats
    history: Floats

    def each(self) -> list[Escalation]:
        """As the events store them."""
        terms = (self.value, self.trigger, self.history)
        rows = zip(self.score, self.sentiment, *terms, strict=True)
        return [
            Escalation(float(s), float(m), self.base, float(v), float(t), float(h))
            for s, m, v, t, h in rows
        ]


def escalations_of(columns: Columns, weights: EscalationWeights) -> Escalations:
    """Score = sentiment x (base + value + trigger + history).

    Sentiment and the shares of value and history are cut to 0..1, so the score is never below 0 nor
    above base + value + trigger + history, the sum of the weights: 2 as shipped. `case_tickets`
    excludes the ticket itself, so the third contact finds two before it. What is unknown adds
    nothing.
    """
    before = np.fmax(columns.case_tickets, 0.0)
    repeat = np.where(before + 1 >= weights.repeat_tickets, weights.repeat_sentiment, 0.0)
    sentiment = _share(np.fmax(columns.anger, repeat), 1.0)
    value = weights.value * _share(columns.customer_value, weights.value_scale)
    trigger = np.where(columns.triggers.where(bool), weights.trigger, 0.0)
    history = weights.history * _share(before, weights.history_scale)
    score = sentiment * (weights.base + value + trigger + history)
    return Escalations(score, sentiment, weights.base, value, trigger, history)


def _share(amounts: Floats, whole: float) -> Floats:
    """The share of the whole, cut to 0..1; NaN is 0."""
    share: Floats = np.minimum(np.fmax(amounts, 0.0), whole) / whole
    return share
