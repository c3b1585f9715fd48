"""A TOML text and a setting's path -> the line on which the setting stands."""

import tomllib
from collections.abc import Sequence
from typing import Any

Path = Sequence[str | int]


def line_of(text: str, path: Path) -> int | None:
    """The first line by which the setting is said; None where the document does not say it.

    tomllib keeps no places, so ever longer beginnings of the text are read until one has the
    setting; a list that goes over several lines is closed for that.
    """
    lines = text.splitlines()
    for number in _promising(lines, path) or range(1, len(lines) + 1):
        beginning = "\n".join(lines[:number])
        if any(_says(beginning + closing, path) for closing in ("", "\n]")):
            return number
    return None


def _promising(lines: Sequence[str], path: Path) -> list[int]:
    """The lines with the setting's own name; a place in a list has none."""
    name = path[-1]
    return [n for n, line in enumerate(lines, 1) if isinstance(name, str) and name in line]


def _says(text: str, path: Path) -> bool:
    try:
        found: Any = tomllib.loads(text)
        for part in path:
            found = found[part]
    except (tomllib.TOMLDecodeError, KeyError, IndexError, TypeError):
        return False
    return True
