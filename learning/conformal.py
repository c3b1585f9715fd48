"""Held-out probabilities and true labels -> the quantiles that conformal prediction sets go by."""

from math import ceil, inf

import numpy as np
import numpy.typing as npt

from ticketstream.learning.linear import Doubles
from ticketstream.processors.conformal import Conformal, strangeness

Ints = npt.NDArray[np.int64]

LEVEL = 0.9
PENALTY = 0.05  # chosen by the size of sets on held-out seeds
FEWEST = 200  # texts of a language, from which on it has a quantile of its own


def conformal(
    shares: Doubles, truth: Ints, languages: npt.NDArray[np.str_], level: float = LEVEL
) -> Conformal:
    """The quantiles under which sets hold the truth as often as the level says.

    Args:
        shares: probabilities [n, labels] of texts that nothing was learned from.
        truth: the place of each text's true label.
        languages: of each text.
        level: the share of sets that are to hold the truth, 0 to 1.
    """
    strange = strangeness(shares, PENALTY)[np.arange(len(truth)), truth]
    own = {
        str(code): quantile(strange[languages == code], level)
        for code in np.unique(languages)
        if code and (languages == code).sum() >= FEWEST
    }
    return Conformal(level, PENALTY, quantile(strange, level), own)


def quantile(strange: Doubles, level: float) -> float:
    """The (n + 1) · level-th smallest, which is what keeps the promise for the next text.

    Infinity where there are too few texts for the level: then every label is in the set.
    """
    place = ceil((len(strange) + 1) * level)
    return float(np.sort(strange)[place - 1]) if place <= len(strange) else inf
