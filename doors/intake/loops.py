"""A ticket and what came before in, whether it is one turn too many of a mail loop out."""

import re
from dataclasses import dataclass
from datetime import timedelta

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.identity import keyed
from ticketstream.doors.intake.notes import Notes
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.received import TicketReceived
from ticketstream.vault.admission import REPLY_PREFIX

WINDOW = timedelta(hours=1)
NUMBERS = re.compile(r"[\d\W_]+")  # two machines that answer each other number their answers


@dataclass(frozen=True, slots=True)
class Rates:
    """The most mails of one sender within an hour: on one matter, and on all together."""

    matter: int = 12
    sender: int = 200


@dataclass(frozen=True, slots=True)
class Loop:
    """A loop: how many mails of its kind came within the hour; `first` is the one to tell."""

    mails: int
    first: bool

    @property
    def dead(self) -> Dead:
        """Why the mail is no ticket."""
        told = f"{self.mails} mails of one sender within an hour: a mail loop? Publish it if not"
        return Dead("loop", told)


def loop_of(ticket: TicketReceived, door: Door, notes: Notes, rates: Rates) -> Loop | None:
    """Note that a mail came; the loop that it is a turn of, if it is too many.

    The time is that of the mail server's receipt, so that an old mailbox is no loop; a mail that is
    read again came at the same time and is counted once, one that goes in a circle comes later each
    time and is counted each time. A mail without a sender's address is not counted.
    """
    sender = ticket.sender.address
    if not sender:
        return None
    matter = sender_kind(door, sender, _matter(ticket))
    for kind, most in ((matter, rates.matter), (sender_kind(door, sender), rates.sender)):
        mails = notes.arrivals(kind, ticket.ticket_id, ticket.occurred_at, WINDOW)
        if mails > most:
            return Loop(mails, first=mails == most + 1)
    return None


def sender_kind(door: Door, address: str, *matter: bytes) -> bytes:
    """What the mails of a sender, or of a sender on a matter, are counted under."""
    return keyed(door, "arrival", address.lower().encode(), *matter)


def _matter(ticket: TicketReceived) -> bytes:
    """The subject without what changes from answer to answer; else the thread."""
    subject = NUMBERS.sub(" ", REPLY_PREFIX.sub("", ticket.subject)).strip().lower()
    return (subject or next(iter(ticket.message.references), "")).encode()
