"""parts of a ticket, what was found in them -> the same people's names wherever else they stand.

A name that a signature gives away is often only a word elsewhere: `torge` in a chat, `Xaver` in the
subject, a surname behind no title.
"""

from collections.abc import Sequence
from dataclasses import replace

from ticketstream.processors.detectors.known import Known, finder
from ticketstream.processors.detectors.span import Span

SURE = 0.7  # of a name that is looked for elsewhere
SCORE = 0.8


def repeated(parts: Sequence[str], found: Sequence[Sequence[Span]]) -> list[list[Span]]:
    """For each part, the names that were surely found in any of them."""
    names = {
        part[s.start : s.end]
        for part, spans in zip(parts, found, strict=True)
        for s in spans
        if s.type == "PERSON" and s.score >= SURE
    }
    if not names:
        return [[] for _ in parts]
    find = finder(Known(names=tuple(sorted(names))))
    return [
        [replace(s, score=SCORE, detector="repeated") for s in find(part)] if part else []
        for part in parts
    ]
