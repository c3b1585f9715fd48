"""Marked texts: what the entity model learns from and is judged by."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

KINDS = (
    *("PERSON", "LOCATION", "ADDRESS", "EMAIL", "PHONE", "IBAN", "BIC", "CARD", "ORDER"),
    *("INVOICE", "TRACKING", "CUSTOMER", "DATE_OF_BIRTH", "TAX_ID", "ID_DOCUMENT", "IP"),
    *("USERNAME", "URL", "LICENSE_PLATE", "HEALTH"),
)
LABELS = ("O", *(f"{place}-{kind}" for kind in KINDS for place in "BI"))
UNSURE = "?"  # a stretch that is not learned from: its set marks it by another rule than ours
IGNORED = -100  # the label of what is not learned from
HARMLESS = "-"
MARK = re.compile(r"⟦([A-Z_]+|-):([^⟦⟧]+)⟧")
WORD = re.compile(r"[^\W\d_]{3,}")


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


def parsed(text: str) -> list[tuple[str, str]]:
    """`⟦TYPE:value⟧` in a text -> its pieces of (text, kind); `⟦-:...⟧` is harmless: kind ""."""
    pieces, place = [], 0
    for mark in MARK.finditer(text):
        pieces.append((text[place : mark.start()], ""))
        pieces.append((mark[2], "" if mark[1] == HARMLESS else mark[1]))
        place = mark.end()
    return [*pieces, (text[place:], "")]


def names_in(text: str) -> frozenset[str]:
    """Every word of a person's name in a text with marks, in lower case."""
    names = (m[2] for m in MARK.finditer(text) if m[1] == "PERSON")
    return frozenset(word.lower() for name in names for word in WORD.findall(name))


def cut(marked: Marked, start: int, end: int) -> Marked:
    """What stands between two places, spans cut to it."""
    spans = (
        (max(a, start) - start, min(b, end) - start, kind)
        for a, b, kind in marked.spans
        if a < end and start < b
    )
    return Marked(marked.text[start:end], tuple(spans), marked.source)


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
    """The label of each piece of the tokenizer; -100 for a piece that is not learned from."""
    found = []
    for start, end in offsets:
        hit = next((s for s in marked.spans if s[0] < end and start < s[1]), None)
        if start == end or (hit and hit[2] == UNSURE):
            found.append(IGNORED)
        elif hit is None:
            found.append(0)
        else:
            place = "B" if start <= hit[0] else "I"
            found.append(LABELS.index(f"{place}-{hit[2]}"))
    return found
