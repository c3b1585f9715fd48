"""Probabilities of labels, a quantile -> a set that holds the true label as often as promised.

Split conformal prediction with adaptive sets: a label's strangeness is how probable all labels
before it are together. The set is every label that is no stranger than the true labels of held-out
texts were, up to their quantile. On texts like those it holds the truth at least as often as the
level says, however wrong the probabilities are.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

Doubles = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Conformal:
    """The level, and the strangeness up to which a label is in the set.

    Attributes:
        level: the share of texts whose set is to hold the true label.
        penalty: what each label before it adds to a label's strangeness: keeps sets small.
        quantile: over all languages; as long as nothing was measured, the level itself: then the
            probabilities are believed.
        languages: the same, where a language had texts enough of its own.
    """

    level: float = 0.9
    penalty: float = 0.0
    quantile: float = 0.9
    languages: Mapping[str, float] = field(default_factory=dict)

    def of(self, language: str) -> float:
        """The quantile for texts of a language."""
        return self.languages.get(language, self.quantile)


def strangeness(shares: Doubles, penalty: float) -> Doubles:
    """How strange each label would be, [n, labels] as the shares are; 0 for the most probable."""
    order, before = _ordered(shares, penalty)
    found = np.empty_like(before)
    np.put_along_axis(found, order, before, axis=-1)
    return found


def covering(shares: Doubles, by: Conformal, language: str = "") -> list[int]:
    """The places of the labels in the set, most probable first; never none."""
    order, before = _ordered(shares, by.penalty)
    within: list[int] = order[before <= by.of(language)].tolist()
    return within


def conformal_of(document: Mapping[str, Any]) -> Conformal:
    """The sets of a parsed document."""
    level, penalty, quantile = (float(document[k]) for k in ("level", "penalty", "quantile"))
    own = {k: float(v) for k, v in document["languages"].items()}
    return Conformal(level, penalty, quantile, own)


def _ordered(shares: Doubles, penalty: float) -> tuple[npt.NDArray[np.int64], Doubles]:
    """The labels' places, most probable first, and how strange each of them would be."""
    order = np.argsort(-shares, axis=-1, kind="stable")
    sorted_shares = np.take_along_axis(shares, order, axis=-1)
    before = np.cumsum(sorted_shares, axis=-1) - sorted_shares
    before += penalty * np.arange(shares.shape[-1])
    return order, before
