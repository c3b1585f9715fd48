"""Successes and failures of somebody who is asked -> whether to ask again now."""

import time
from collections.abc import Callable

import structlog

FAILURES = 5  # in a row
PAUSE = 30.0  # seconds until somebody tries again

log = structlog.get_logger("ticketstream.shop")


class Breaker:
    """After `FAILURES` in a row nobody asks for `PAUSE` seconds; then one tries for all."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures = 0
        self._closed_at: float | None = None  # when the next one may try

    def lets_pass(self) -> bool:
        """Whether to ask now; who is let pass while it is down tries for all others."""
        if self._closed_at is None:
            return True
        if self._clock() < self._closed_at:
            return False
        self._closed_at = self._clock() + PAUSE
        return True

    def note(self, failure: str) -> None:
        """What came of it; empty for an answer."""
        if not failure:
            if self._closed_at is not None:
                log.info("shop_back")
            self._failures, self._closed_at = 0, None
            return
        self._failures += 1
        if self._failures >= FAILURES and self._closed_at is None:
            self._closed_at = self._clock() + PAUSE
            log.warning("shop_away", why=failure, pause_s=PAUSE)
