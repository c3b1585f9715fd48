"""A ticket's text, the door's signals -> how much it sounds like orders to a model, 0 to 1.

Written words are undone first: letters set apart, digits and foreign letters in the place of
letters, characters that nobody sees, Base64. Each phrase of `injection.toml` adds its doubt, once;
only what stands near each other adds up, so that a long manual is no suspect.
"""

import re
import tomllib
import unicodedata
from base64 import b64decode
from binascii import Error
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ticketstream.processors.lexicon import fold, noisy_or, pattern_of, sieve

MOST_CHARACTERS = 100_000
PIECE = 10_000  # characters that are looked at together
NEAR = 400  # characters: three or four sentences
DISGUISE = 0.3  # of characters nobody sees within words, or of letters set apart
FEWEST_UNSEEN = 3
FEWEST_APART = 11  # characters: six letters with what stands between them

LOOKALIKES = str.maketrans("аеорсухіјѕԁ", "aeopcyxijsd")  # noqa: RUF001  (Cyrillic -> Latin)
ANY_LOOKALIKE = re.compile(f"[{''.join(map(chr, LOOKALIKES))}]")
DIGITS = str.maketrans("013457@$", "oieastas")
ANY_MIXED = re.compile(r"[^\W\d][013457@$]|[013457@$][^\W\d]")
MIXED = re.compile(r"\b(?=\w*[^\W\d])(?=\w*[013457@$])[\w@$]+\b")
APART = re.compile(r"(?<!\w)\w([ .*_-])\w(?:\1\w)+(?!\w)")
UNSEEN = re.compile(r"(?<=\w)[\u00ad\u200b-\u200f\u2060-\u2064\ufeff](?=\w)")
BASE64 = re.compile(r"\b[A-Za-z0-9+/]{16,}={0,2}")


@dataclass(frozen=True, slots=True)
class Cues:
    """Patterns with their weights: of folded words, and of the text as it was written.

    `which` says in one pass, in linear time, which of the words' patterns are worth a look.
    """

    words: tuple[tuple[re.Pattern[str], float], ...]
    which: Any
    signs: tuple[tuple[re.Pattern[str], float], ...]
    signals: Mapping[str, float]


Hit = tuple[int, float]  # where, and how much


def injection(text: str, signals: Mapping[str, int], learned: float = 0.0) -> float:
    """How much all that came with a ticket sounds like an injection.

    `learned` is what a model makes of the ticket's own words (`processors.orders`): the higher of
    both counts, for they hear the same things.
    """
    cues = shipped_cues()
    found = max((learned, *(_sounds(piece, cues) for piece in _pieces(text))))
    return noisy_or((found, *(w for name, w in cues.signals.items() if signals.get(name))))


def undisguised(text: str) -> tuple[str, float]:
    """The text as it was meant to be read, and how much its disguise alone is worth."""
    seen, unseen = UNSEEN.subn("", unicodedata.normalize("NFKC", text))
    apart = any(len(m[0]) >= FEWEST_APART for m in APART.finditer(seen))
    joined = APART.sub(_joined, seen)
    if ANY_LOOKALIKE.search(joined):
        joined = joined.translate(LOOKALIKES)
    mixed = ANY_MIXED.search(joined)
    read = MIXED.sub(lambda m: m[0].translate(DIGITS), joined) if mixed else joined
    return read, DISGUISE if apart or unseen >= FEWEST_UNSEEN else 0.0


@cache
def shipped_cues() -> Cues:
    """The phrases of this release."""
    document = shipped_document()
    lists = document["words"]
    words = [(pattern_of(_spelled(p, lists)), w) for p, w in document["phrases"].items()]
    signs = [(re.compile(sign), weight) for sign, weight in document["signs"].items()]
    return Cues(tuple(words), sieve(p for p, _ in words), tuple(signs), document["signals"])


@cache
def shipped_document() -> Mapping[str, Any]:
    """The file of this release."""
    text = (files("ticketstream.processors") / "injection.toml").read_text("utf-8")
    return tomllib.loads(text)


def _sounds(text: str, cues: Cues) -> float:
    read, disguise = undisguised(text)
    folded = fold(read)
    said = [cues.words[i] for i in cues.which.Match(folded) or ()]
    hits = [*_hits(folded, said), *_hits(read, cues.signs)]
    inner = max((_sounds(inside, cues) for inside in _decoded(text)), default=0.0)
    hits += [(0, disguise), (0, inner)]
    return max(noisy_or(_near(hits, at)) for at, _ in hits)


def _hits(text: str, patterns: Sequence[tuple[re.Pattern[str], float]]) -> Iterator[Hit]:
    for pattern, weight in patterns:
        if match := pattern.search(text):
            yield match.start(), weight


def _near(hits: Sequence[Hit], at: int) -> list[float]:
    return [weight for place, weight in hits if at <= place <= at + NEAR or not place]


def _pieces(text: str) -> Iterator[str]:
    text = text[:MOST_CHARACTERS]
    for start in range(0, len(text), PIECE):
        yield text[start : start + PIECE + NEAR]


def _joined(apart: re.Match[str]) -> str:
    return re.sub(r"[ .*_-]", "", apart[0])


def _decoded(text: str) -> Iterator[str]:
    """What stands in a text as Base64."""
    for match in BASE64.finditer(text):
        try:
            yield b64decode(match[0], validate=True).decode("ascii")
        except (Error, ValueError):
            continue


def _spelled(phrase: str, lists: Mapping[str, Sequence[str]]) -> str:
    return re.sub(r"<(\w+)>", lambda m: "{" + "|".join(lists[m[1]]) + "}", phrase)
