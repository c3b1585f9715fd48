"""Marked tickets from the project's test set and from presidio_research, in one form."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MARK = re.compile(r"⟦([A-Z_]+|-):([^⟦⟧]+)⟧")
HEAD = re.compile(r"^### (.+)$", re.MULTILINE)
HARMLESS = "-"
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


@dataclass(frozen=True, slots=True)
class Text:
    """A text and its marked stretches (start, end, type); `sender` is the From line, "" if none."""

    text: str
    marks: tuple[tuple[int, int, str], ...]
    sender: str = ""


def own(path: Path) -> list[Text]:
    """The tickets of a file of the project's test set: subject and body as one text."""
    parts = HEAD.split(path.read_text("utf-8"))[1:]
    return [_item(body) for body in parts[1::2]]


def presidio_research(data: Path) -> list[Text]:
    """Half of synth_dataset_v2: English frames filled with people of many countries.

    The frames of even number are left out: on them the entity model's thresholds were chosen.
    """
    rows = json.loads((data / "presidio_research/data/synth_dataset_v2.json").read_text("utf-8"))
    held_out = [row for row in rows if row["template_id"] % 2]
    return [Text(row["full_text"], tuple(_foreign(row["spans"]))) for row in held_out]


def _foreign(spans: list[dict[str, object]]) -> Iterator[tuple[int, int, str]]:
    for span in spans:
        kind = FOREIGN.get(str(span["entity_type"]), IGNORED)
        yield int(str(span["start_position"])), int(str(span["end_position"])), kind


def _item(body: str) -> Text:
    head, _, rest = body.strip("\n").partition("\n\n")
    fields = dict(line.split(": ", 1) for line in head.splitlines() if ": " in line)
    marked = "\n\n".join(filter(None, (fields.get("Subject", ""), rest)))
    text, marks, place = "", [], 0
    for mark in MARK.finditer(marked):
        text += marked[place : mark.start()]
        marks.append((len(text), len(text) + len(mark[2]), mark[1]))
        text += mark[2]
        place = mark.end()
    return Text(text + marked[place:], tuple(marks), fields.get("From", ""))
