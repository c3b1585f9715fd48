"""A number -> that many invented people, each with a canary in every part of their mail."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path
from secrets import token_hex
from uuid import NAMESPACE_URL, uuid5

from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.outcome import AgentReplied, Labels

GIVEN = ("Ada", "Ben", "Cem", "Dua", "Eva", "Fon", "Gil", "Hal", "Ida", "Jun", "Kim", "Lea")
TEXTS = (
    "Where is my order KB-{order}? I am {name}, {street}, 20095 Hamburg. Call me: {canary}.",
    "Guten Tag, meine Lampe aus KB-{order} ist kaputt. {name}, {street}, 20095 Hamburg.",
    "I want my money back for KB-{order}!! My user name is {canary}. {name}",
    "Ich bin {name} und habe KB-{order} zweimal bezahlt, siehe Anhang {canary}.",
    "Please delete my account {canary}. Regards, {name}, {street}",
)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody invented. The canary stands in name, address, subject, text, file and file name."""

    canary: str

    @property
    def name(self) -> str:
        return f"{GIVEN[int(self.canary[2:6], 16) % len(GIVEN)]} {self.canary.capitalize()}"

    @property
    def words(self) -> str:
        """What is searched for: as a stage would embed this person's message."""
        return f"My order, {self.name}. I am {self.name}, {self.address}, {self.canary}"

    @property
    def address(self) -> str:
        return f"{self.canary}@mail.example"


def people(count: int) -> list[Person]:
    """Each with a canary that nobody else has and that no text has by chance."""
    return [Person(f"zq{token_hex(8)}") for _ in range(count)]


def write_mails(persons: Sequence[Person], folder: Path) -> None:
    """One mail each, with a file; the folder is the shop's mailbox, outside of what is scanned."""
    folder.mkdir(parents=True)
    draw = random.Random(1)  # noqa: S311  (texts, not secrets)
    for number, person in enumerate(persons):
        (folder / f"{number:05}.eml").write_bytes(_mail(person, draw).as_bytes())


def _mail(person: Person, draw: random.Random) -> EmailMessage:
    street = f"{person.canary.capitalize()}straße {draw.randrange(1, 99)}"
    order = draw.randrange(1_000_000, 9_999_999)
    mail = EmailMessage()
    mail["From"] = f"{person.name} <{person.address}>"
    mail["To"] = "support@kestrel-birch.example"
    mail["Subject"] = f"My order, {person.name}"
    mail["Message-ID"] = f"<{person.canary}.{order}@mail.example>"
    mail["Date"] = "Mon, 23 Nov 2026 09:00:00 +0000"
    text = draw.choice(TEXTS)
    mail.set_content(
        text.format(order=order, name=person.name, street=street, canary=person.canary)
    )
    mail.add_attachment(
        f"Receipt of {person.name}, {street}".encode(),
        maintype="text",
        subtype="plain",
        filename=f"{person.canary}.txt",
    )
    return mail


def reply(draft: DraftCreated, value: bytes, identity: Identity) -> AgentReplied:
    """What an invented agent answers, with the customer's name and address in it."""
    return AgentReplied(
        event_id=uuid5(NAMESPACE_URL, f"reply/{draft.event_id}"),
        ticket_id=draft.ticket_id,
        case_id=draft.case_id,
        cause_id=draft.event_id,
        occurred_at=draft.occurred_at,
        shop=draft.shop,
        producer=Producer("bench-crm", "1"),
        draft=value,
        actions=("edited",),
        final_text=f"Dear {identity.sender.name},\n\nwe look into it ({identity.sender.address}).",
        label_after=Labels(intent="report_problem"),
        agent="agent 7",
        comment=f"{identity.sender.name} called, too",
    )
