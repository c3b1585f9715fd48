"""Phrases and frames -> examples: the same request in many circumstances, moods and manners.

Few seeds a label teach a head the writer's stories; the same request around other products, with
and without anger, teaches it what does not matter. All draws are hashes: the same every time.
"""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b
from importlib.resources import files
from typing import Any

from ticketstream.learning.examples import Example

SOURCE = "phrases"
LANGUAGES = ("en", "de")
CALM = frozenset({"ask_information", "ask_status", "thank_or_praise", "provide_information"})


@dataclass(frozen=True, slots=True)
class Draw:
    """Picks that depend on nothing but what they are for."""

    purpose: str

    def one(self, name: str, choices: Sequence[Any]) -> Any:
        """One of the choices."""
        digest = blake2b(f"{self.purpose}/{name}".encode(), digest_size=8).digest()
        return choices[int.from_bytes(digest) % len(choices)]


def phrased_examples() -> Iterator[Example]:
    """Every phrase bare and in each manner, in both languages."""
    for language in LANGUAGES:
        frames = _document("frames")[language]
        for sub, intents in _document(language).items():
            for intent, phrases in intents.items():
                for phrase in phrases:
                    yield from _manners(
                        phrase, frames, Example("", language, SOURCE, "phrases", sub, intent)
                    )


def _manners(phrase: str, frames: Mapping[str, Any], label: Example) -> Iterator[Example]:
    calm = label.intent in CALM
    for manner, make in MANNERS.items():
        draw = Draw(f"{phrase}/{manner}")
        text, anger, urgency, polarity = make(phrase, frames, draw)
        yield Example(
            text=_filled(text, label.language, draw),
            language=label.language,
            source=label.source,
            kind=label.kind,
            sub_category=label.sub_category,
            intent=label.intent,
            anger=anger if anger or calm else None,
            urgency=urgency,
            polarity=polarity,
        )


Manner = tuple[str, float | None, float | None, float | None]  # text, anger, urgency, polarity


def _bare(phrase: str, _: Mapping[str, Any], draw: Draw) -> Manner:
    plain = phrase.lower().rstrip(".!") if draw.one("case", (True, False, False)) else phrase
    return plain, 0.0, None, None


def _polite(phrase: str, frames: Mapping[str, Any], draw: Draw) -> Manner:
    greeting, closing = draw.one("g", frames["greetings"]), draw.one("c", frames["closings"])
    return f"{greeting} {phrase} {closing}", 0.0, None, None


def _told(phrase: str, frames: Mapping[str, Any], draw: Draw) -> Manner:
    around = frames["circumstances"]
    before, behind = draw.one("b", around), draw.one("a", around)
    kind = draw.one("k", [*frames["kind"], "", "", ""])
    greeting, closing = draw.one("g", frames["greetings"]), draw.one("c", frames["closings"])
    parts = [greeting, before, phrase, behind, kind, closing]
    return " ".join(filter(None, parts)), 0.0, 0.0 if kind else None, 0.3 if kind else None


def _cross(phrase: str, frames: Mapping[str, Any], draw: Draw) -> Manner:
    before = draw.one("b", frames["circumstances"])
    urgent = draw.one("u", [*frames["urgent"], "", "", "", ""])
    parts = [before, phrase, draw.one("x", frames["cross"]), urgent]
    return " ".join(filter(None, parts)), 0.3, 0.8 if urgent else None, -0.5


def _angry(phrase: str, frames: Mapping[str, Any], draw: Draw) -> Manner:
    first, last = draw.one("1", frames["angry"]), draw.one("2", frames["angry"])
    middle = draw.one("b", [*frames["circumstances"], *[""] * 10])
    return " ".join(filter(None, [first, middle, phrase, last])), 0.9, None, -0.9


MANNERS = {"bare": _bare, "polite": _polite, "told": _told, "cross": _cross, "angry": _angry}


def _filled(text: str, language: str, draw: Draw) -> str:
    products = _document("frames")["products"][language]
    names = draw.one("p", products)
    cases = (
        {"{p}": names} if language == "en" else dict(zip(("{n}", "{a}", "{d}"), names, strict=True))
    )
    for slot, name in cases.items():
        text = text.replace(slot, name)
    return text


@cache
def _document(name: str) -> Mapping[str, Any]:
    return tomllib.loads(
        (files("ticketstream.learning.phrases") / f"{name}.toml").read_text("utf-8")
    )
