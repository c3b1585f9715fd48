"""Folded text, phrases by class -> the classes that it names; how much it sounds like something.

A phrase is words, whatever their case; umlauts may be written either way. `word*` takes any ending,
`*word` any beginning, `..` up to four words of the same sentence. A phrase that begins with `!` is
an exception: what it covers says nothing (`!my lawyer friend`). A phrase that is negated close by
says nothing either (`no need for a lawyer`, `brennt nicht`). `{one|two words}` is any of these, `^`
the beginning of a sentence.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files
from math import prod
from typing import Any, Literal, NewType

import re2

Phrases = Mapping[str, tuple[str, ...]]
Weights = Mapping[str, float]
Spoken = Literal["meant", "mentioned", "unsaid"]
Folded = NewType("Folded", str)  # a text as `fold` gives it

MOST_CHARACTERS = 20_000
DANGER = 0.8  # how urgent the safety class is by itself
FOLDED = {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"} | dict.fromkeys("'’`´", "")  # noqa: RUF001
ENDS = re.compile(r"[.!?:;]+(?=\s|$)|\n\s*\n")
PAUSES = re.compile(r",|\s[-–—]\s|[()]")  # noqa: RUF001
REST = re.compile(r"[^\w\s.,]+|(?<=\w)[.,](?=\w)")
GAP = r"(?: [^\s.]+){0,4}?"
WORD = re.compile(r"(?:\.\.)?(?:\{[^}]*\}|[^\s{}]+)")
BEGINNING = r"(?:(?<![^ ])|(?<= [.,]))"  # of the text, or behind the end of a sentence or a pause
NEGATED = re.compile(
    r"\b(?:no|not|never|without|dont|doesnt|didnt|wont|isnt|wasnt|cannot|cant|neither|nor"
    r"|kein\w*|nicht|nie|niemals|ohne|weder|noch kein\w*)(?P<between>(?: \w+){0,2})$"
)
# "not only smoking", "won't stop smoking", "hoert nicht auf zu qualmen" deny nothing
UNDENIED = re.compile(r"\b(?:only|just|stop\w*|nur|auf|bloss|nothing|know|wait|warte\w*)\b")
DENIED_AFTER = re.compile(r"^ (?:nicht|nie|keineswegs|not)\b(?! (?:nur|only|just))")


def triggers(plain: Folded, phrases: Phrases) -> tuple[str, ...]:
    """The classes whose phrases are meant in a text, in the order of the classes."""
    return tuple(name for name, said in phrases.items() if _meant(plain, tuple(said)))


def mentions(plain: Folded, phrases: Phrases) -> Mapping[str, Spoken]:
    """How a text speaks of each class: meant, or only as its exceptions say, or not at all."""
    return {name: _spoken_of(plain, tuple(said)) for name, said in phrases.items()}


def sounds_like(plain: Folded, weights: Weights) -> float:
    """How much a text sounds like a list of weighted phrases, 0 to 1: each hit adds its doubt."""
    likely = _likely(plain, tuple(weights))
    return noisy_or(weights[phrase] for phrase in likely if pattern_of(phrase).search(plain))


def urges(plain: Folded, classes: Sequence[str]) -> float:
    """How much a text says that it cannot wait, 0 to 1: by a date, or a danger in its classes.

    It takes no angry tone, and a phrase that is denied (`es eilt nicht`) says nothing.
    """
    weights = shipped_weights("urgency")
    likely = _likely(plain, tuple(weights))
    said = noisy_or(weights[phrase] for phrase in likely if _meant(plain, (phrase,)))
    return noisy_or((said, DANGER if "safety" in classes else 0.0))


def noisy_or(weights: Iterable[float]) -> float:
    """Several signs of one thing as one: each leaves its share of the doubt that is left."""
    return 1.0 - prod(1.0 - weight for weight in weights)


def fold(text: str) -> Folded:
    """Lower-case words between single spaces; ` . ` ends a sentence, ` , ` is a pause."""
    plain = _lowered(text[:MOST_CHARACTERS])
    plain = PAUSES.sub(" , ", ENDS.sub(" . ", plain))
    return Folded(f" {' '.join(REST.sub(' ', plain).split())} ")


def _lowered(text: str) -> str:
    text = text.lower()
    for letter, written in FOLDED.items():  # ten times as fast as `str.translate`
        text = text.replace(letter, written)
    return text


@cache
def shipped_triggers() -> Phrases:
    """The phrases of this release, for shops that set none."""
    return {name: (*said,) for name, said in _shipped("triggers.toml")["triggers"].items()}


@cache
def shipped_suggestions() -> Mapping[str, Mapping[str, Sequence[str]]]:
    """The labels that each class of words brings a model to, in this release."""
    return _shipped("wording.toml")["suggests"]


@cache
def shipped_weights(name: str) -> Weights:
    """The weighted phrases of this release: `spam`, `urgency`."""
    weights: Weights = _shipped("wording.toml")[name]
    return weights


def _shipped(name: str) -> Mapping[str, Mapping[str, Any]]:
    return tomllib.loads((files("ticketstream.processors") / name).read_text("utf-8"))


def _meant(plain: str, phrases: tuple[str, ...]) -> bool:
    pattern, excepted = _patterns(phrases)
    if not pattern.search(plain):
        return False
    left = excepted.sub(" _", plain)
    return any(not _denied(left, *m.span()) for m in pattern.finditer(left))


def _spoken_of(plain: str, phrases: tuple[str, ...]) -> Spoken:
    if _meant(plain, phrases):
        return "meant"
    return "mentioned" if _patterns(phrases)[1].search(plain) else "unsaid"


def _denied(plain: str, start: int, end: int) -> bool:
    if DENIED_AFTER.search(plain[end:]):
        return True
    before = NEGATED.search(plain[:start])
    return before is not None and not UNDENIED.search(before["between"])


def pattern_of(phrase: str) -> re.Pattern[str]:
    """The pattern of one phrase over a folded text."""
    return _pattern((phrase,))


def sieve(patterns: Iterable[re.Pattern[str]]) -> Any:
    """All patterns as one automaton: one pass tells which of them are worth a look.

    It finds too many, never too few: RE2 looks at no neighbours, and knows no letters but ASCII's.
    """
    found = re2.Set.SearchSet()
    for pattern in patterns:
        plain = pattern.pattern.replace(BEGINNING, "").replace("(?= )", " ")
        found.Add(plain.replace(r"\w", "[^ ]"))
    found.Compile()
    return found


def _likely(plain: Folded, phrases: tuple[str, ...]) -> list[str]:
    return [phrases[i] for i in sorted(_sieve(phrases).Match(plain) or ())]


@cache
def _sieve(phrases: tuple[str, ...]) -> Any:
    return sieve(map(pattern_of, phrases))


@cache
def _patterns(phrases: tuple[str, ...]) -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What is looked for, and what is excepted."""
    said = tuple(p for p in phrases if not p.startswith("!"))
    return _pattern(said), _pattern(tuple(p[1:] for p in phrases if p.startswith("!")))


@cache
def _pattern(phrases: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern of all phrases, matching from the space before to the last letter."""
    each = "|".join(_phrase(p) for p in phrases) or r"(?!)"
    return re.compile(rf"(?:{each})(?= )")


def _phrase(phrase: str) -> str:
    plain = _lowered(phrase).replace(" .. ", " ..")
    return "".join(_word(word) for word in WORD.findall(plain))


def _word(word: str) -> str:
    gap, word = (GAP, word[2:]) if word.startswith("..") else ("", word)
    if word == "^":
        return BEGINNING
    if word.startswith("{"):
        return f"{gap}(?:{'|'.join(_phrase(choice) for choice in word[1:-1].split('|'))})"
    before = r"\w*" if word.startswith("*") else ""
    behind = r"\w*" if word.endswith("*") else ""
    return f"{gap} {before}{re.escape(word.strip('*'))}{behind}"
