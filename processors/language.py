"""text, the upstream's hint -> its language and how sure that is; English and German above all."""

import re
from collections import Counter, defaultdict
from math import exp

from ticketstream.processors.language_words import (
    ENDINGS,
    EVIDENCE,
    LETTERS,
    PIECES,
    SCRIPTS,
    WORDS,
)
from ticketstream.schemas.masked import Language

NOTHING_KNOWN = Language()
WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")  # noqa: RUF001
MOST = 600  # characters looked at: a hundred words leave no doubt
STEEPNESS = 1.3  # what one unit of evidence is worth, measured on public texts in both languages
DOUBT = 0.8  # the weight of all languages that are not listed
HINT = 0.6  # the evidence of a hint: breaks ties, overrules nobody
ENDING = 0.5
PIECE = 0.25
USUAL = ("en", "de")  # the languages of the house win a near tie
USUALLY = 0.35
LETTER = 0.8
FOREIGN = 0.5  # share of letters in another script from which the text is in that script
SHORTEST_STEM = 3


def detect(text: str, hint: str = "") -> Language:
    """The ISO 639-1 code and a probability, 0 to 1.

    Args:
        text: what was written; masked text without its tokens is best.
        hint: what upstream holds the language to be (`de`, `de-AT`), or nothing.

    Returns:
        Code "" and score 0.0 when nothing tells.
    """
    head = text[:MOST].lower()
    if script := script_of(head):
        return Language(script, 0.95)
    evidence = evidence_of(head)
    if (said := re.split(r"[-_]", hint.strip().lower())[0]) in WORDS:
        evidence[said] += HINT
    if not evidence:
        return NOTHING_KNOWN
    weights = {code: exp(STEEPNESS * min(e, 50.0)) for code, e in evidence.items()}
    best = max(weights, key=lambda code: (weights[code], code))
    return Language(best, round(weights[best] / (sum(weights.values()) + DOUBT), 4))


def evidence_of(text: str) -> defaultdict[str, float]:
    """How much speaks for each language; the more words are known, the more is proven."""
    found: defaultdict[str, float] = defaultdict(float)
    for word, times in Counter(WORD.findall(text)).items():
        for code, weight in clues(word.replace("’", "'")):  # noqa: RUF001
            found[code] += weight * min(times, 3) ** 0.5
    for code in USUAL:
        if code in found:
            found[code] += USUALLY
    return found


def clues(word: str) -> list[tuple[str, float]]:
    """The languages that a word speaks for."""
    if word in EVIDENCE:
        return [*EVIDENCE[word]]
    special = [] if word.isascii() else [(LETTERS[c], LETTER) for c in set(word) if c in LETTERS]
    if len(word) <= SHORTEST_STEM + 1:
        return special
    endings = [(code, ENDING) for code, ends in ENDINGS.items() if word.endswith(ends)]
    pieces = [(code, PIECE) for code, inner in PIECES.items() if any(p in word for p in inner)]
    return special + endings + pieces


def script_of(text: str) -> str:
    """The language of a script of its own; "" for Latin."""
    if text.isascii():
        return ""
    letters = [c for c in text if c.isalpha()]
    for first, last, code in SCRIPTS:
        share = sum(first <= c <= last for c in letters) / max(1, len(letters))
        if share > (FOREIGN if code != "ja" else 0.1):
            return code
    return ""
