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
        ModelError: no such file, or a line that is no labelled text; it names file and line.
    """
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path]
    if not files or not all(file.is_file() for file in files):
        raise ModelError(f"{path} has no seeds: give a .jsonl file or a folder of them")
    return [example for file in files for example in _lines(file, labels)]


def _lines(file: Path, labels: Labels) -> Iterator[Example]:
    for number, line in enumerate(file.read_bytes().splitlines(), 1):
        if line.strip():
            try:
                yield _seed(orjson.loads(line), file.stem, labels)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as error:
                raise ModelError(
                    f"{file.name}, line {number}: {error}: correct the line"
                ) from error


def _seed(row: Mapping[str, Any], source: str, labels: Labels) -> Example:
    if row["sub_category"] not in labels.category_of:
        raise ValueError(f"unknown sub_category {row['sub_category']!r}")
    if row["intent"] not in labels.intents:
        raise ValueError(f"unknown intent {row['intent']!r}")
    return Example(
        text=joint(*masked(row.get("subject") or "", row["text"])),
        language=row["language"],
        source=source,
        sub_category=row["sub_category"],
        intent=row["intent"],
        anger=_number(row, "anger"),
        urgency=_number(row, "urgency"),
        polarity=_number(row, "polarity"),
    )


def _number(row: Mapping[str, Any], name: str) -> float | None:
    return None if row.get(name) is None else float(row[name])
