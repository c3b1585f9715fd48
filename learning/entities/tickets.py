"""Files of marked tickets -> tickets: how writers mark what is personal, and what only looks so.

    ### id=EN-001 channel=mail register=terse group=lost-parcel
    Subject: Where is ⟦ORDER:KB-5530148⟧?
    From: Ada Quill <ada@quill.example>

    Due on ⟦-:Tuesday⟧. ⟦PERSON:Ada⟧

`⟦TYPE:value⟧` is personal, `⟦-:string⟧` a harmless look-alike. `From:` may be missing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

HEAD = re.compile(r"^### (.+)$", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Ticket:
    """A ticket as it was written, marks in it.

    Attributes:
        sender: the From line, "" if there is none; not marked.
    """

    subject: str
    body: str
    sender: str

    @property
    def whole(self) -> str:
        """Subject and body as one text, marks in it."""
        return "\n\n".join(filter(None, (self.subject, self.body)))


def read_tickets(path: Path) -> Iterator[Ticket]:
    """The tickets of a file, in order."""
    parts = HEAD.split(path.read_text("utf-8"))[1:]
    return (_ticket(body) for body in parts[1::2])


def _ticket(text: str) -> Ticket:
    head, _, body = text.strip("\n").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    return Ticket(fields.get("Subject", ""), body, fields.get("From", ""))
