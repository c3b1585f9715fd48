"""What a model learns from: one labelled text, masked as it would be in the stream."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import blake2b, sha256
from typing import Literal

import orjson

from ticketstream.processors.detectors import canonical, detect
from ticketstream.processors.masking import Numbering, mask_parts
from ticketstream.vault.tokens import token, tokens_in


@dataclass(frozen=True, slots=True)
class Example:
    """A text with what is known of it; "" and None are unknown, never a label.

    Attributes:
        text: subject and text in the form that `classify` judges, masked.
        anger: 0 to 1, like urgency; polarity is -1 to 1.
        kind: how it was made; heads count kinds differently (`learning.fit.RECIPES`).
        weight: how much it counts among its kind.
    """

    text: str
    language: str
    source: str
    kind: Literal["seed", "phrases", "foreign", "correction"] = "seed"
    sub_category: str = ""
    intent: str = ""
    anger: float | None = None
    urgency: float | None = None
    polarity: float | None = None
    weight: float = 1.0


@cache
def masked(subject: str, text: str) -> tuple[str, str]:
    """Subject and text with plain tokens for personal data; tokens that they have stay."""
    parts = [subject, text]
    own = frozenset(typed for part in parts for typed in tokens_in(part))
    numbering = Numbering(token, canonical)
    subject, text = mask_parts(parts, [detect(p) for p in parts], numbering, own).parts
    return subject, text


def capped(examples: Iterable[Example], most: int, salt: str = "") -> list[Example]:
    """At most so many of each source and label, picked by hash: no order, no dice, no repeats."""
    taken: dict[tuple[str, str, str], int] = {}
    kept: list[Example] = []
    for example in _unique(sorted(examples, key=lambda e: _rank(e, salt))):
        key = (example.source, example.sub_category, str(bool(example.anger)))
        taken[key] = taken.get(key, 0) + 1
        if taken[key] <= most:
            kept.append(example)
    return kept


def fingerprint(examples: Sequence[Example]) -> str:
    """SHA-256 in hex of everything learned from, whatever the order."""
    lines = sorted(orjson.dumps(e) for e in examples)
    return sha256(b"\n".join(lines)).hexdigest()


def _unique(examples: Sequence[Example]) -> list[Example]:
    return list({(e.source, e.text.lower()): e for e in examples}.values())


def _rank(example: Example, salt: str) -> bytes:
    return blake2b(f"{salt}{example.source}{example.text}".encode(), digest_size=8).digest()
