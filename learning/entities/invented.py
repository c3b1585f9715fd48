"""Templates, seeds and dice -> invented tickets with their names, addresses and places marked."""

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import orjson

from ticketstream.learning.entities.marked import (
    Marked,
    beside,
    joined,
    lowered,
    unpunctuated,
)
from ticketstream.learning.entities.people import World, slots

SLOT = re.compile(r"\{(\w+)\}|\[([A-Z_]+)_\d+\]")
OF_TOKEN = {"PERSON": "person", "ADDRESS": "address", "PHONE": "phone", "EMAIL": "email"}
OF_TOKEN |= {"ORDER": "order", "INVOICE": "order", "CUSTOMER": "order", "TRACKING": "order"}
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
    """So many tickets, languages in turn; a fifth in lower case, a tenth without punctuation."""
    for number in range(count):
        language = LANGUAGES[number % 2]
        ticket = _ticket(language, of[language], world, dice)
        ticket = lowered(ticket) if dice.random() < 0.22 else ticket
        yield unpunctuated(ticket) if dice.random() < 0.08 else ticket


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
