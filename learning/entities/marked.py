"""Marked texts: what the entity model learns from and is judged by."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

KINDS = ("PERSON", "LOCATION", "ADDRESS", "ORG")  # ORG keeps companies apart from people
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))


@dataclass(frozen=True, slots=True)
class Marked:
    """A text and the stretches in it, as (start, end, kind); `end` is exclusive."""

    text: str
    spans: tuple[tuple[int, int, str], ...]
    source: str


def joined(pieces: Sequence[tuple[str, str]], source: str) -> Marked:
    """Pieces of (text, kind), kind "" for what is none, put one behind the other."""
    text, spans = "", []
    for piece, kind in pieces:
        if kind:
            spans.append((len(text), len(text) + len(piece), kind))
        text += piece
    return Marked(text, tuple(spans), source)


def beside(parts: Sequence[Marked], between: str) -> Marked:
    """Marked texts one behind the other."""
    text, spans = "", []
    for part in parts:
        text += between if text else ""
        spans += [(a + len(text), b + len(text), kind) for a, b, kind in part.spans]
        text += part.text
    return Marked(text, tuple(spans), parts[0].source)


def lowered(marked: Marked) -> Marked:
    """The text in lower case, as in a chat; unchanged where that would move the spans."""
    text = marked.text.lower()
    return Marked(text, marked.spans, marked.source) if len(text) == len(marked.text) else marked


def unpunctuated(marked: Marked) -> Marked:
    """The text with its full stops and commas gone, spans where they were."""
    return joined([(re.sub(r"[.,!?]", "", t), k) for t, k in pieces_of(marked)], marked.source)


def pieces_of(marked: Marked) -> Iterator[tuple[str, str]]:
    """What `joined` puts together again."""
    place = 0
    for start, end, kind in marked.spans:
        yield marked.text[place:start], ""
        yield marked.text[start:end], kind
        place = end
    yield marked.text[place:], ""


def labels_of(marked: Marked, offsets: Sequence[tuple[int, int]]) -> list[int]:
    """The label of each piece of the tokenizer; -100 for a piece of no characters."""
    found = []
    for start, end in offsets:
        hit = next((s for s in marked.spans if s[0] < end and start < s[1]), None)
        if start == end:
            found.append(-100)
        elif hit is None:
            found.append(0)
        else:
            place = "B" if start <= hit[0] else "I"
            found.append(LABELS.index(f"{place}-{hit[2]}"))
    return found
