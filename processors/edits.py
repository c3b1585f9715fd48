"""draft and what was sent -> how far apart they are, and the operations from one to the other."""

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from rapidfuzz.distance import Levenshtein

from ticketstream.processors.reply_body import body
from ticketstream.schemas.outcome import Edit

# a token, a word (a price and an article number are one), or a punctuation mark
WORD = re.compile(r"\[[^\]\s]*\]|\w+(?:[-'.,]\w+)*|[^\w\s]")
OPERATIONS: Mapping[str, Literal["insert", "delete", "replace"]] = {
    "insert": "insert",
    "delete": "delete",
    "replace": "replace",
}


def distance(draft: str, final: str) -> float:
    """0 for the same body, 1 for nothing in common; greeting, signature and quote do not count."""
    return round(Levenshtein.normalized_distance(body(draft), body(final)), 4)


def operations(draft: str, final: str) -> tuple[Edit, ...]:
    """What was put in, taken out and replaced, word by word, neighbours together."""
    said, sent = body(draft), body(final)
    before, after = list(WORD.finditer(said)), list(WORD.finditer(sent))
    codes = Levenshtein.opcodes([m[0] for m in before], [m[0] for m in after])
    return tuple(
        Edit(
            op=OPERATIONS[code.tag],
            before=stretch(said, before[code.src_start : code.src_end]),
            after=stretch(sent, after[code.dest_start : code.dest_end]),
        )
        for code in codes
        if code.tag in OPERATIONS
    )


def stretch(text: str, words: Sequence[re.Match[str]]) -> str:
    """The text from the first of the words to the last."""
    return text[words[0].start() : words[-1].end()] if words else ""
