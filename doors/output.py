"""What a command prints: a line for people, JSON for programs."""

import sys
from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any

import orjson
import typer

from ticketstream.schemas.json import to_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]


def say(line: str) -> None:
    """One line to standard output, at once."""
    print(line, flush=True)


def progress(line: str) -> None:
    """One line about what is going on, to standard error."""
    print(line, file=sys.stderr, flush=True)


def tell(record: Any, *, json: bool) -> None:
    """A dataclass: `name: value` lines, or one JSON object."""
    if json:
        say_json(to_json(record))
        return
    for f in fields(record):
        say(f"{f.name}: {getattr(record, f.name)}")


def say_json(value: Any) -> None:
    """One JSON value on a line."""
    say(orjson.dumps(value, default=str).decode())


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """A table with numbers to the right."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max(len(c) for c in column) for column in zip(head, *cells, strict=True)]
    right = [bool(rows) and isinstance(row, (int, float)) for row in (rows[0] if rows else head)]
    for row in (list(head), *cells):
        parts = [
            c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)
        ]
        say("  " + "  ".join(parts).rstrip())
