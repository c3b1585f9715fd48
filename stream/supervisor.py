"""A parent that keeps one child process a stage alive: starts, restarts with backoff, stops."""

import signal
import subprocess
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import structlog

from ticketstream.stream.stage import STOPPED

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 30.0  # seconds
GOOD_RUN = 30.0  # a child that lived this long starts afresh with the first pause
STOP_S = 12.0  # after that a child is killed; exactly once holds all the same
GIVEN_UP = (2, STOPPED)  # a bad setting, or too many dead letters: nothing that a restart mends

log = structlog.get_logger(__name__)


@dataclass(slots=True)
class Child:
    """One worker process and its history."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    pause: float = FIRST_PAUSE
    due: float = 0.0
    given_up: int | None = None


@dataclass(slots=True)
class Supervisor:
    """Runs children until `stop` is called or all have given up.

    Attributes:
        commands: name of the child -> its command line.
        environment: the children's environment.
    """

    commands: Mapping[str, Sequence[str]]
    environment: Mapping[str, str]
    clock: Callable[[], float] = time.monotonic
    children: list[Child] = field(default_factory=list)
    stopping: bool = False

    def run(self, tick: float = 0.1) -> int:
        """Blocks; returns 0 after a clean stop, else the status of the first that gave up."""
        self.start()
        while not self.stopping and any(c.given_up is None for c in self.children):
            self.tend()
            time.sleep(tick)
        self.end()
        return next((c.given_up for c in self.children if c.given_up is not None), 0)

    def start(self) -> None:
        """Start every child."""
        self.children = [Child(name, command) for name, command in self.commands.items()]
        self.tend()

    def tend(self) -> None:
        """Start what is due, note what ended."""
        now = self.clock()
        for child in self.children:
            if child.process is not None and (status := child.process.poll()) is not None:
                self._ended(child, status, now)
            if child.process is None and child.given_up is None and now >= child.due:
                self._start(child, now)

    def stop(self) -> None:
        """Ask for the end; safe in a signal handler."""
        self.stopping = True

    def end(self) -> None:
        """TERM to all, then KILL to those that hang."""
        alive = [c.process for c in self.children if c.process and c.process.poll() is None]
        for process in alive:
            process.send_signal(signal.SIGTERM)
        deadline = time.monotonic() + STOP_S
        for process in alive:
            try:
                process.wait(max(0.0, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _start(self, child: Child, now: float) -> None:
        # a session of its own: Ctrl-C reaches the parent only, which ends its children in order
        child.process = subprocess.Popen(  # noqa: S603
            child.command, env=self.environment, start_new_session=True
        )
        child.started = now
        log.info("child_started", child=child.name, pid=child.process.pid)

    def _ended(self, child: Child, status: int, now: float) -> None:
        child.process = None
        if status in GIVEN_UP:
            child.given_up = status
            log.error("child_given_up", child=child.name, status=status)
            return
        lived = now - child.started
        child.pause = FIRST_PAUSE if lived > GOOD_RUN else min(child.pause * 2, LONGEST_PAUSE)
        child.due = now + child.pause
        log.warning("child_ended", child=child.name, status=status, again_in_s=child.pause)
