"""Held-out scores, a way to calibrate -> what a calibration that never saw a text makes of it."""

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.linear import Doubles
from ticketstream.processors.calibration import (
    PairCalibration,
    calibrate,
    out_of_scope,
    probabilities,
)
from ticketstream.processors.conformal import covering
from ticketstream.processors.taxonomy import OUT_OF_SCOPE, Labels

Bools = npt.NDArray[np.bool_]
Ints = npt.NDArray[np.int64]
Calibrates = Callable[[HeldOut], PairCalibration]


@dataclass(frozen=True, slots=True)
class Said:
    """What a calibration makes of texts.

    Attributes:
        confidence: that the pair is right, [n].
        right: whether it is, [n].
        covered: whether the prediction set holds the true sub-category, [n].
        sizes: how many labels the set has, [n].
        foreign: the log odds that it is out of scope, [n].
    """

    confidence: Doubles
    right: Bools
    covered: Bools
    sizes: Ints
    foreign: Doubles

    def take(self, wanted: Bools) -> "Said":
        """What it makes of some of the texts."""
        return Said(*(getattr(self, f.name)[wanted] for f in fields(self)))


def said(held: HeldOut, labels: Labels, calibration: PairCalibration) -> Said:
    """What one calibration makes of scored texts."""
    rows = list(zip(held.examples, held.scores["sub_category"], held.scores["intent"], strict=True))
    sure = [calibrate(sub, intent, calibration, language=e.language) for e, sub, intent in rows]
    sets = [
        covering(probabilities(sub, calibration.temperature), calibration.sets, e.language)
        for e, sub, _ in rows
    ]
    truth = [labels.sub_categories.index(e.sub_category) for e in held.examples]
    wanted = [labels.intents.index(e.intent) for e in held.examples]
    right = (held.scores["sub_category"].argmax(1) == truth) & (
        held.scores["intent"].argmax(1) == wanted
    )
    covered = [place in found for place, found in zip(truth, sets, strict=True)]
    sizes = np.array([len(s) for s in sets])
    odds = foreign_odds(held, labels, calibration)
    return Said(np.array(sure), right, np.array(covered), sizes, odds)


def foreign_odds(held: HeldOut, labels: Labels, calibration: PairCalibration) -> Doubles:
    """The log odds that each text is out of scope."""
    place = labels.sub_categories.index(OUT_OF_SCOPE)
    by_head, scores = held.scores["out_of_scope"], held.scores["sub_category"]
    return out_of_scope(by_head, scores, place, calibration)


def cross_said(held: HeldOut, labels: Labels, calibrates: Calibrates) -> Said:
    """What calibrations fitted on all other folds make of each fold.

    A calibration judged on the texts that it was fitted on looks better than it is.
    """
    fold = np.array(held.fold)
    parts = [
        (np.flatnonzero(out), said(held.take(out), labels, calibrates(held.take(~out))))
        for out in (fold == number for number in np.unique(fold))
    ]
    order = np.argsort(np.concatenate([places for places, _ in parts]))
    joined = (np.concatenate([getattr(p, f.name) for _, p in parts])[order] for f in fields(Said))
    return Said(*joined)
