"""What was decided, what else could have been, what came of it: arrays with one entry a ticket."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ticketstream.processors.decision.columns import Floats, Mask
from ticketstream.processors.decision.drawn import Places

RARE = 0.002  # a chance below it is no support: one such ticket would weigh more than 500 others
USUAL = 0.5  # the log's own way has more than this chance


@dataclass(frozen=True, slots=True)
class Logged:
    """Decided tickets and another policy's routes for them.

    Attributes:
        taken: the route that was taken, a place in `ROUTES`.
        target: the route that the other policy takes.
        chance: the probability with which the log would have taken the other policy's route.
        outcome: what came of it, 0 to 1; NaN where nobody knows.
        category: a code.
    """

    taken: Places
    target: Places
    chance: Floats
    outcome: Floats
    category: NDArray[np.integer]

    def __len__(self) -> int:
        return len(self.outcome)

    @property
    def answered(self) -> Mask:
        """The tickets whose outcome is known."""
        return ~np.isnan(self.outcome)

    @property
    def supported(self) -> Mask:
        """The tickets that the log could have sent where the other policy sends them."""
        return self.chance >= RARE

    @property
    def moved(self) -> Mask:
        """The supported tickets that the log mostly sent another way."""
        return self.supported & (self.chance < USUAL)

    @property
    def telling(self) -> Mask:
        """The tickets that went where the other policy sends them, with a known end."""
        telling: Mask = (self.taken == self.target) & self.answered
        return telling

    def of(self, rows: Mask) -> "Logged":
        """Some of the tickets."""
        names = ("taken", "target", "chance", "outcome", "category")
        return replace(self, **{name: getattr(self, name)[rows] for name in names})
