"""The sample mailbox and the seeds -> any number of invented tickets, each somebody else's."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import uuid4

from ticketstream.doors import intake_door
from ticketstream.doors.settings import Settings
from ticketstream.schemas.received import TicketReceived


def sample(settings: Settings, count: int) -> list[TicketReceived]:
    """Mails of the mailbox and texts of the seeds in turn, with new ids and senders."""
    key = intake_door.throwaway_key()
    mails, _ = intake_door.read_all([settings.knowledge / "mailbox"], settings, key)
    seeds = list(_seeds(settings))
    return [_other(_text(mails, seeds, n), n) for n in range(count)]


def _seeds(settings: Settings) -> Iterator[tuple[str, str]]:
    """Subject and text of the seeds that name nothing masked: no customer writes `[ORDER_1]`."""
    for path in sorted((settings.knowledge / "seeds").glob("*.jsonl")):
        for line in path.read_text("utf-8").splitlines():
            row = json.loads(line)
            if "[" not in row["subject"] + row["text"]:
                yield row["subject"], row["text"]


def _text(mails: list[TicketReceived], seeds: list[tuple[str, str]], number: int) -> TicketReceived:
    mail = mails[number // 2 % len(mails)]
    if number % 2 == 0 or not seeds:
        return mail
    # a stride that shares no factor with the files' order: neighbours differ in subject
    subject, text = seeds[number // 2 * 331 % len(seeds)]
    return replace(mail, subject=subject, text=text, quoted="", attachments=())


def _other(ticket: TicketReceived, number: int) -> TicketReceived:
    event_id = uuid4()
    sender = replace(ticket.sender, address=f"person{number}@mail.example")
    names: dict[str, Any] = {
        "event_id": event_id,
        "ticket_id": str(event_id),
        "case_id": str(event_id),
    }
    return replace(ticket, **names, sender=sender)
