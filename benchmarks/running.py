"""Settings -> the line's worker processes while they run: when all is answered, and their CPU."""

import os
import time
from collections.abc import Generator, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from subprocess import Popen

from machine import cpu_seconds

from ticketstream.doors.children import supervisor_of
from ticketstream.doors.settings import Settings
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.topics import dead_topic
from ticketstream.stream.pipeline import LINE, STAGES
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import Read, follow, read_all
from ticketstream.stream.supervisor import Supervisor

ANSWERS = ["draft.created", *(dead_topic(stage.source) for stage in LINE)]
PATIENCE = 180.0  # seconds without any answer until the run is given up


@dataclass(slots=True)
class Line:
    """Running workers. `await_answers` reads each answer once: asking costs the line nothing.

    `kafka` is the broker's pid.
    """

    settings: Settings
    kafka: int
    supervisor: Supervisor
    answers: Generator[Read | None]
    seen: int = 0
    wanted: int = 0

    def publish(self, tickets: Iterable[TicketReceived], rate: float | None = None) -> None:
        """Send tickets, all at once or `rate` a second; returns when they are delivered."""
        began = time.monotonic()
        with Publisher(self.settings.brokers, Codec()) as publisher:
            for number, ticket in enumerate(tickets):
                if rate is not None:
                    time.sleep(max(0.0, began + number / rate - time.monotonic()))
                publisher.send(ticket)
                self.wanted += 1

    def await_answers(self) -> None:
        """Wait until every ticket has its draft or dead letter.

        Raises:
            RuntimeError: a worker ended, or no answer came for a long time.
        """
        last = time.monotonic()
        while self.seen < self.wanted:
            if next(self.answers) is not None:
                self.seen += 1
                last = time.monotonic()
                continue
            ended = [c.name for c in self.supervisor.children if _ended(c.process)]
            if ended or time.monotonic() > last + PATIENCE:
                raise RuntimeError(f"{self.seen} of {self.wanted} answers; ended: {ended or None}")

    def cpu(self) -> dict[str, float]:
        """CPU seconds since each process began: the workers, `kafka`, and this `publisher`."""
        processes = {c.name: c.process.pid for c in self.supervisor.children if c.process}
        processes |= {"kafka": self.kafka, "publisher": os.getpid()}
        return {name: cpu_seconds(pid) for name, pid in processes.items()}

    def stamps(self, topic: str) -> dict[bytes, int]:
        """When each ticket's record was produced, milliseconds since 1970, by record key."""
        return {r.key or b"": r.timestamp for r in read_all(self.settings.brokers, [topic])}


@contextmanager
def running(settings: Settings, kafka: int, warm: list[TicketReceived]) -> Iterator[Line]:
    """All stages as `ticketstream run` starts them, once `warm` went through all of them."""
    supervisor = supervisor_of(settings, settings.brokers, [stage.name for stage in STAGES])
    answers = (answer for answer in follow(settings.brokers, ANSWERS))
    supervisor.start()
    try:
        line = Line(settings, kafka, supervisor, answers)
        line.publish(warm)
        line.await_answers()
        yield line
    finally:
        answers.close()
        supervisor.end()


def _ended(process: Popen[bytes] | None) -> bool:
    return process is None or process.poll() is not None
