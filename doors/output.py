"""What a command prints: a line for people, JSON for programs."""

import re
import sys
import textwrap
from collections.abc import Sequence
from dataclasses import fields
from typing import Annotated, Any, Literal

import orjson
import typer

from ticketstream.schemas.json import to_json

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for a program.")]
Language = Annotated[Literal["en", "de"], typer.Option(help="Of the words.")]
WIDTH = 100
FIGURE = re.compile(r"[-+]?[\d.,]+(\s?%)?|")  # or nothing, in a column of figures


def say(line: str) -> None:
    """One line to standard output, at once."""
    print(line, flush=True)


def prose(text: str, first: str = "") -> None:
    """Sentences to standard output, in lines that fit a terminal; `first` stands to their left."""
    say(textwrap.fill(text, WIDTH, initial_indent=first, subsequent_indent=" " * len(first)))


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
    """A table with columns of figures to the right."""
    cells = [[str(c) for c in row] for row in rows]
    widths = [max(len(c) for c in column) for column in zip(head, *cells, strict=True)]
    columns = list(zip(*cells, strict=True)) or [()] * len(head)
    right = [any(column) and all(map(FIGURE.fullmatch, column)) for column in columns]
    for row in (list(head), *cells):
        parts = [
            c.rjust(w) if r else c.ljust(w) for c, w, r in zip(row, widths, right, strict=True)
        ]
        say("  " + "  ".join(parts).rstrip())
