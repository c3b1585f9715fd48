"""Failures and successes in, whether to ask at all out: a circuit breaker."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field

import structlog

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Breaker:
    """Closed: everybody asks. Open: nobody. Half open, after `seconds`: one asks, and decides."""

    failures: int
    seconds: float
    clock: Callable[[], float] = time.monotonic
    _in_a_row: int = 0
    _opened: float | None = field(default=None)
    _trying: bool = False

    @property
    def open(self) -> bool:
        return self._opened is not None

    def allows(self) -> bool:
        """Whether one may ask now; whoever may must tell how it went."""
        if self._opened is None:
            return True
        if self._trying or self.clock() - self._opened < self.seconds:
            return False
        self._trying = True
        return True

    def worked(self) -> None:
        """The endpoint answered, whatever it said."""
        if self._opened is not None:
            log.info("circuit_closed", after_s=round(self.clock() - self._opened, 1))
        self._in_a_row, self._opened, self._trying = 0, None, False

    def failed(self, reason: str) -> None:
        """The endpoint did not answer."""
        self._in_a_row += 1
        if self._opened is None and self._in_a_row < self.failures:
            return
        if self._opened is None or self._trying:
            log.warning("circuit_opened", reason=reason, seconds=self.seconds)
            self._opened, self._trying = self.clock(), False
