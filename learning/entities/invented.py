"""Templates, seeds, written tickets and dice -> tickets with everything personal in them marked."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import orjson

from ticketstream.learning.entities.again import retold
from ticketstream.learning.entities.marked import (
    UNSURE,
    Marked,
    beside,
    joined,
    lowered,
    names_in,
    parsed,
    unpunctuated,
)
from ticketstream.learning.entities.people import World, slots
from ticketstream.learning.entities.tickets import Ticket, read_tickets
from ticketstream.processors.detectors import health

SLOT = re.compile(r"\{(\w+)\}|\[([A-Z_]+)_\d+\]")
OF_TOKEN = {"PERSON": "person", "ADDRESS": "address", "PHONE": "phone", "EMAIL": "email"}
OF_TOKEN |= {"ORDER": "order", "INVOICE": "invoice", "CUSTOMER": "customer"}
OF_TOKEN |= {"TRACKING": "tracking", "IBAN": "iban", "TAX_ID": "tax"}
LANGUAGES = ("de", "en")


@dataclass(frozen=True, slots=True)
class Frames:
    """What tickets of a language are put together from; slots stand for everything invented."""

    sentences: Sequence[str]
    blocks: Sequence[str]  # greetings, signatures, forms: several lines
    seeds: Sequence[str]


def frames(language: str, seeds: Path) -> Frames:
    """The shipped templates and the project's seeds of a language."""
    text = (files("ticketstream.learning.entities") / f"templates.{language}.txt").read_text(
        "utf-8"
    )
    lines = [line.replace("\\n", "\n") for line in text.splitlines() if line.strip()]
    blocks = [line for line in lines if "\n" in line]
    return Frames([line for line in lines if "\n" not in line], blocks, _seeds(seeds, language))


def invented(
    count: int, of: Mapping[str, Frames], world: World, dice: random.Random
) -> Iterator[Marked]:
    """So many tickets from templates and seeds, languages in turn."""
    for number in range(count):
        language = LANGUAGES[number % 2]
        yield _worn(_left_out(_ticket(language, of[language], world, dice)), dice)


def written(folder: Path, times: int, world: World, dice: random.Random) -> Iterator[Marked]:
    """Every ticket of `train.<language>.<number>.txt` as it was written, and told again of others.

    A name that must be kept apart is never learned from: such a ticket is only told again.
    """
    for file in sorted(folder.glob("train.??.*.txt")):
        language = file.name.split(".")[1]
        for ticket in read_tickets(file):
            texts = _texts(ticket, dice)
            if not names_in(ticket.whole) & world.apart:
                yield from (joined(parsed(text), "written") for text in texts)
            for text in [t for t in texts for _ in range(times)]:
                told = retold(parsed(text), language, world, dice)
                yield _worn(joined(told, "written"), dice)


def _texts(ticket: Ticket, dice: random.Random) -> list[str]:
    """Subject and body apart, as mask reads them, or as one text."""
    if dice.random() < 0.5:
        return [ticket.whole]
    return [text for text in (ticket.subject, ticket.body) if text]


def _worn(ticket: Marked, dice: random.Random) -> Marked:
    """A fifth in lower case, a tenth without punctuation."""
    ticket = lowered(ticket) if dice.random() < 0.22 else ticket
    return unpunctuated(ticket) if dice.random() < 0.08 else ticket


def _left_out(ticket: Marked) -> Marked:
    """Templates and seeds mark no illness: where a rule sees one, nothing is learned."""
    spans = [(s.start, s.end, UNSURE) for s in health.find(ticket.text)]
    free = [s for s in spans if not any(a < s[1] and s[0] < b for a, b, _ in ticket.spans)]
    return Marked(ticket.text, tuple(sorted((*ticket.spans, *free))), ticket.source)


def _ticket(language: str, of: Frames, world: World, dice: random.Random) -> Marked:
    fate = dice.random()
    if fate < 0.25:
        body = [dice.choice(of.seeds)]
    else:
        body = [dice.choice(of.sentences) for _ in range(dice.choice((1, 1, 1, 2, 2, 3)))]
        body += [dice.choice(of.seeds)] if fate < 0.45 else []
    parts = [_filled(frame, language, world, dice) for frame in body]
    text = beside(parts, dice.choice((" ", " ", "\n", "\n\n")))
    if dice.random() < 0.45:
        block = _filled(dice.choice(of.blocks), language, world, dice)
        pair = [block, text] if dice.random() < 0.15 else [text, block]
        return beside(pair, dice.choice(("\n\n", "\n", "\n\n", " ")))
    return text


def _filled(frame: str, language: str, world: World, dice: random.Random) -> Marked:
    """A frame about one person; a slot that comes again is about somebody or somewhere else."""
    values = slots(language, world, dice)
    used: set[str] = set()
    pieces: list[tuple[str, str]] = []
    place = 0
    for slot in SLOT.finditer(frame):
        pieces.append((frame[place : slot.start()], ""))
        name = slot[1] or OF_TOKEN.get(slot[2], "")
        if name in used and slot[1]:
            values, used = slots(language, world, dice), set()
        used.add(name)
        pieces.append(values.get(name, (slot[0], "")))
        place = slot.end()
    pieces.append((frame[place:], ""))
    return joined(pieces, "invented")


def _seeds(folder: Path, language: str) -> list[str]:
    rows = (
        orjson.loads(line)
        for file in sorted(folder.glob("*.jsonl"))
        for line in file.read_bytes().splitlines()
    )
    return [row["text"] for row in rows if row["language"] == language]
