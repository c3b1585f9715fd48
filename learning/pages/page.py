"""A room's template and its values, a language -> one HTML page: no script, no other file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from importlib.resources import files
from typing import Any, NamedTuple

from jinja2 import Environment, FunctionLoader, StrictUndefined

from ticketstream.learning.pages.figures import amount, amounts, ends, share
from ticketstream.learning.pages.words import Words
from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import word

FIGURES: Mapping[str, Callable[..., str]] = {
    "share": share,
    "ends": ends,
    "amount": amount,
    "amounts": amounts,
}


def page(template: str, words: Words, tongue: Tongue, **values: Any) -> str:
    """The page of a template, which lies in `learning/`; everything put in is escaped.

    A template has the filters of `FIGURES`, `t` for its words, and `word` for codes.
    """
    environment = Environment(
        loader=FunctionLoader(_source),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {name: partial(f, tongue=tongue) for name, f in FIGURES.items()}
    environment.globals |= {
        "tongue": tongue,
        "t": lambda name: words[name][tongue == "de"],
        "word": partial(word, tongue=tongue),
    }
    return environment.get_template(template).render(**values)


@dataclass(frozen=True, slots=True)
class Heat:
    """A matrix of counts; tickets, and their share of the largest cell."""

    columns: Sequence[str]
    rows: Sequence[tuple[str, Sequence["Cell"]]]


class Cell(NamedTuple):
    """A count of a matrix; `same` on its diagonal."""

    tickets: int
    share: float
    same: bool


def heat(
    counts: Mapping[tuple[str, str], int], rows: Mapping[str, str], columns: Mapping[str, str]
) -> Heat:
    """Counts by (row, column) -> the matrix of these codes, under their names."""
    most = max(counts.values(), default=1)

    def cell(row: str, column: str) -> Cell:
        tickets = counts.get((row, column), 0)
        return Cell(tickets, tickets / most, row == column)

    return Heat(
        list(columns.values()),
        [(name, [cell(row, column) for column in columns]) for row, name in rows.items()],
    )


def _source(name: str) -> str:
    return (files("ticketstream.learning") / name).read_text("utf-8")
