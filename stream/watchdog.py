"""Ends the process when a slice hangs: a hung thread can be neither stopped nor waited for."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import structlog

HUNG = 75  # exit status, as EX_TEMPFAIL: the supervisor starts the stage again

log = structlog.get_logger(__name__)


class Watchdog:
    """Watches one piece of work at a time; `end` is called on a thread of its own."""

    def __init__(
        self,
        deadline: float,
        name: str,
        end: Callable[[int], None] = os._exit,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.deadline = deadline
        self.name = name
        self._end = end
        self._clock = clock
        self._since: float | None = None
        self._thread: threading.Thread | None = None

    @contextmanager
    def watching(self) -> Iterator[None]:
        """The work inside must be done within the deadline."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._watch, daemon=True, name="watchdog")
            self._thread.start()
        self._since = self._clock()
        try:
            yield
        finally:
            self._since = None

    def overdue(self) -> bool:
        since = self._since
        return since is not None and self._clock() - since > self.deadline

    def _watch(self) -> None:
        while not self.overdue():
            time.sleep(min(1.0, self.deadline / 4))
        log.error("slice_hangs", stage=self.name, deadline_s=self.deadline)
        self._end(HUNG)
