"""When to stop rather than bury everything: a run or a ratio of dead letters."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass, field

from ticketstream.schemas.errors import TicketstreamError
from ticketstream.stream.record import Outgoing

EXPECTED = frozenset({"erased"})  # what a person's right makes of an event is no failure


class TooManyDeadError(TicketstreamError):
    """The stage buries too much: something is wrong with the stage or its input."""


@dataclass(slots=True)
class DeadLimit:
    """Stops a stage after `run` dead letters in a row, or `ratio` of the last `window` outputs."""

    run: int = 100
    ratio: float = 0.5
    window: int = 1_000
    _recent: deque[bool] = field(default_factory=deque)
    _in_a_row: int = 0

    def note(self, outputs: Iterable[Outgoing]) -> None:
        """Count what was committed.

        Raises:
            TooManyDeadError: a limit is reached; what is counted stays committed.
        """
        for out in outputs:
            dead = bool(out.dead) and out.dead not in EXPECTED
            self._in_a_row = self._in_a_row + 1 if dead else 0
            self._recent.append(dead)
            if len(self._recent) > self.window:
                self._recent.popleft()
            if self._in_a_row >= self.run:
                raise TooManyDeadError(
                    f"{self.run} dead letters in a row: look at `ticketstream dead list`, "
                    "mend the cause, then start the stage again"
                )
        if len(self._recent) == self.window and sum(self._recent) > self.ratio * self.window:
            raise TooManyDeadError(
                f"more than {self.ratio:.0%} of the last {self.window} events are dead letters: "
                "look at `ticketstream dead list`, mend the cause, then start the stage again"
            )
