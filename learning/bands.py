"""Confidences -> bands to report by, the same for every shop and policy."""

import numpy as np
from numpy.typing import NDArray

from ticketstream.processors.decision.columns import Floats

EDGES = (0.5, 0.75, 0.85, 0.95)
BANDS = ("under 0.50", "0.50 to 0.75", "0.75 to 0.85", "0.85 to 0.95", "0.95 and more")


def bands_of(confidence: Floats) -> NDArray[np.intp]:
    """Each one's place in `BANDS`; a lower edge belongs to its band."""
    return np.searchsorted(EDGES, confidence, side="right")
