"""Marked tickets from the project's own sets and from presidio_research, in one form."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ticketstream.learning.entities.marked import HARMLESS, MARK
from ticketstream.learning.entities.tickets import read_tickets

BETWEEN = "\n\n"  # subject and body
# presidio_research's types in ours; a company, a title, an age and a time are nothing we mask
FOREIGN = {
    "PERSON": "PERSON",
    "STREET_ADDRESS": "ADDRESS",
    "GPE": "LOCATION",
    "PHONE_NUMBER": "PHONE",
    "EMAIL_ADDRESS": "EMAIL",
    "IBAN_CODE": "IBAN",
    "CREDIT_CARD": "CARD",
    "IP_ADDRESS": "IP",
    "US_SSN": "TAX_ID",
    "US_DRIVER_LICENSE": "ID_DOCUMENT",
    "DOMAIN_NAME": "URL",
    "ZIP_CODE": "ADDRESS",
}
IGNORED = "?"  # neither right nor wrong to mask
__all__ = ["BETWEEN", "HARMLESS", "IGNORED", "Text", "own", "presidio_research"]


@dataclass(frozen=True, slots=True)
class Text:
    """A ticket and its marked stretches (start, end, type) in offsets of `whole`.

    Attributes:
        sender: the From line, "" if there is none.
    """

    subject: str
    body: str
    marks: tuple[tuple[int, int, str], ...]
    sender: str = ""

    @property
    def whole(self) -> str:
        """Subject and body as one text: what a masker that knows no subjects is given."""
        return BETWEEN.join(filter(None, (self.subject, self.body)))


def own(path: Path) -> list[Text]:
    """The tickets of a file of the project's own sets."""
    tickets = [(t, _plain(t.subject), _plain(t.body)) for t in read_tickets(path)]
    return [
        Text(subject, body, _plain(t.whole)[1], t.sender) for t, (subject, _), (body, _) in tickets
    ]


def presidio_research(data: Path, *, odd: bool = True) -> list[Text]:
    """Half of synth_dataset_v2: English frames filled with people of many countries.

    The frames of even number are for development: on them thresholds may be chosen.
    """
    rows = json.loads((data / "presidio_research/data/synth_dataset_v2.json").read_text("utf-8"))
    half = [row for row in rows if bool(row["template_id"] % 2) == odd]
    return [Text("", row["full_text"], tuple(_foreign(row["spans"]))) for row in half]


def _foreign(spans: list[dict[str, object]]) -> Iterator[tuple[int, int, str]]:
    for span in spans:
        kind = FOREIGN.get(str(span["entity_type"]), IGNORED)
        yield int(str(span["start_position"])), int(str(span["end_position"])), kind


def _plain(marked: str) -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """A text without its marks, and where they stood."""
    text, marks, place = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[place : mark.start()]
        marks.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        place = mark.end()
    return text + marked[place:], tuple(marks)
