"""Lines of labelled texts (JSON) -> examples: the project's own seeds."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import orjson

from ticketstream.learning.examples import Example, masked
from ticketstream.processors.taxonomy import Labels
from ticketstream.processors.ticket_parts import joint
from ticketstream.schemas.errors import ModelError


def read_seeds(path: Path, labels: Labels) -> list[Example]:
    """The examples of a file, or of every `*.jsonl` of a folder.

    Raises:
        ModelError: no such file, nothing in it, or a line that is no labelled text; it names file
            and line.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise ModelError(f"{path} has no seeds: give a .jsonl file or a folder of them")
    found = [example for file in files for example in _lines(file, labels)]
    if not found:
        raise ModelError(f"{path} holds no labelled text: write a line for each")
    return found


def _lines(file: Path, labels: Labels) -> Iterator[Example]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield _seed(orjson.loads(line), file.stem, labels)
            except (KeyError, TypeError, ValueError) as error:
                wrong = f"{error} is missing" if isinstance(error, KeyError) else error
                raise ModelError(
                    f"{file.name}, line {number}: {wrong}: correct the line"
                ) from error


def _seed(row: Any, source: str, labels: Labels) -> Example:
    if not isinstance(row, Mapping):
        raise TypeError("must be a JSON object")
    if row["sub_category"] not in labels.category_of:
        raise ValueError(f"unknown sub_category {row['sub_category']!r}")
    if row["intent"] not in labels.intents:
        raise ValueError(f"unknown intent {row['intent']!r}")
    for name in ("text", "language"):
        if not isinstance(row[name], str) or not row[name].strip():
            raise ValueError(f"{name} must be words")
    return Example(
        text=joint(*masked(row.get("subject") or "", row["text"])),
        language=row["language"],
        source=source,
        sub_category=row["sub_category"],
        intent=row["intent"],
        anger=_degree(row, "anger"),
        urgency=_degree(row, "urgency"),
        polarity=_degree(row, "polarity", least=-1.0),
    )


def _degree(row: Mapping[str, Any], name: str, least: float = 0.0) -> float | None:
    value = None if row.get(name) is None else float(row[name])
    if value is not None and not least <= value <= 1.0:
        raise ValueError(f"{name} is {value}: must be from {least:g} to 1")
    return value
