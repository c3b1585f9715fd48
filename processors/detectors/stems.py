"""Fast looks at a text: where a word may start that matters, and where listed phrases stand.

A pattern of many alternatives is slow at every character; a look for the beginnings of its words in
small letters is not, and the pattern is asked only there.
"""

import re
from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache

WORD = re.compile(r"[^\W_]+")
BRACES = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4)
def lowered(text: str) -> str:
    """The text in small letters with straight apostrophes, of the same length."""
    low = text.replace("İ", "i").replace("’", "'").lower()  # noqa: RUF001
    return low if len(low) == len(text) else text


def starts(stems: str) -> re.Pattern[str]:
    """A pattern for the beginnings of words: in small letters, between bars."""
    return re.compile("|".join(map(re.escape, stems.split("|"))))


def matches(
    text: str, stems: re.Pattern[str], *patterns: re.Pattern[str]
) -> Iterator[re.Match[str]]:
    """What patterns find where one of their words begins."""
    for hit in stems.finditer(lowered(text)):
        for pattern in patterns:
            if found := pattern.match(text, hit.start()):
                yield found


def phrases(listed: Iterable[str]) -> Callable[[str], Iterator[tuple[int, int]]]:
    """A finder for whole phrases in any case; of several at one place the longest."""
    by_first: dict[str, list[str]] = {}
    for phrase in sorted(listed, key=len, reverse=True):
        found = WORD.match(phrase)
        by_first.setdefault(found[0] if found else phrase, []).append(phrase)

    def find(text: str) -> Iterator[tuple[int, int]]:
        low = lowered(text)
        for word in WORD.finditer(low):
            for phrase in by_first.get(word[0], ()):
                end = word.start() + len(phrase)
                if low.startswith(phrase, word.start()) and is_whole(low, word.start(), end):
                    yield word.start(), end
                    break

    return find


def is_whole(text: str, start: int, end: int) -> bool:
    """Whether no letter, digit or hyphen goes on where a phrase ends or begins."""
    around = (text[start - 1] if start else "", text[end : end + 1])
    return not any(c.isalnum() or c in {"-", "_"} for c in around if c)


def expanded(written: str) -> Iterator[str]:
    """Every phrase of one in braces: `{brust,}krebs` is `brustkrebs` and `krebs`."""
    found = BRACES.search(written)
    if found is None:
        yield written
        return
    for choice in found[1].split(","):
        yield from expanded(written[: found.start()] + choice + written[found.end() :])
