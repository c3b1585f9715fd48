"""Mails of a mailbox in, tickets and dead letters at the broker out, loops stopped."""

from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from typing import Protocol

import structlog

from ticketstream.doors.intake.burial import letter_of
from ticketstream.doors.intake.counts import DoorCounts
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.imap import Fetched
from ticketstream.doors.intake.loops import Loop, Rates, loop_of
from ticketstream.doors.intake.notes import Notes
from ticketstream.doors.intake.read import read
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.received import TicketReceived

log = structlog.get_logger("ticketstream.intake")


class Publisher(Protocol):
    """What sends; leaving its block waits until the broker has everything, or raises."""

    def send(self, event: Event) -> None: ...
    def send_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, str | bytes | None]] = (),
    ) -> None: ...


@dataclass(frozen=True, slots=True)
class ImapDoor:
    """What takes mails in.

    Attributes:
        door: the shop's door at this moment.
        publisher: a new one for every few mails: what failed once must not fail the next.
        told: tickets, dead letters and loops since the start.
    """

    door: Callable[[], Door]
    publisher: Callable[[], AbstractContextManager[Publisher]]
    notes: Notes
    rates: Rates
    counts: DoorCounts
    told: Counter[str] = field(
        default_factory=lambda: Counter({"tickets": 0, "dead": 0, "loops": 0})
    )

    def take(self, mails: Sequence[Fetched]) -> None:
        """Publish mails; when it returns the broker has each of them, as a ticket or dead letter.

        Raises:
            BrokerError: it has not.
            OSError, sqlite3.Error: the attachment store or the notes cannot be written.
        """
        buried: Counter[str] = Counter()
        with self.publisher() as publisher:
            for mail in mails:
                if reason := self._send(mail, publisher):
                    buried[reason] += 1
        self._count(len(mails), buried)

    def _send(self, mail: Fetched, publisher: Publisher) -> str:
        """Send a mail on; the reason if it goes to the dead letters."""
        now = self.door()
        # the server's time of receipt, so that a mail that comes again is the same event
        door = replace(now, received_at=mail.received_at or now.received_at)
        answer = read(Raw("mail", mail.data, "imap"), door)
        if isinstance(answer, TicketReceived):
            loop = loop_of(answer, door, self.notes, self.rates)
            if loop is None:
                publisher.send(answer)
                return ""
            _alarm(loop)
            answer = loop.dead
        publisher.send_raw("intake.dead", *letter_of(mail.data, answer, door))
        return answer.reason

    def _count(self, mails: int, buried: Counter[str]) -> None:
        dead = buried.total()
        self.counts.taken(mails - dead)
        for reason, number in buried.items():
            self.counts.buried(reason, number)
        self.counts.loops(buried["loop"])
        self.told.update(tickets=mails - dead, dead=dead, loops=buried["loop"])


def _alarm(loop: Loop) -> None:
    """Loud once an hour for each loop, and not for each of its turns."""
    if loop.first:
        log.error("mail_loop_stopped", mails=loop.mails)
