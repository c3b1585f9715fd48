"""What people wrote -> which of them nearest-neighbour search still names, table by table."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import lancedb
import pyarrow as pa
from erasure_look import Shop, tables
from erasure_people import Person
from erasure_scan import canaries

from ticketstream.processors.encoder import Encoder

NEAREST = 10
Vectors = Any


def neighbours(shop: Shop, persons: Sequence[Person]) -> dict[str, int]:
    """By table and vector column, how many of these people a search for their words names."""
    vectors = embedded(shop, persons)
    return {
        f"{table.name}.{column}": len(named(table, column, vectors))
        for table in tables(shop)
        for column in vector_columns(table)
    }


def control(shop: Shop, persons: Sequence[Person], folder: Path) -> int:
    """How many the same search names in a table of their very words: it must be all of them."""
    vectors = embedded(shop, persons)
    rows = [{"text": p.words, "vector": v} for p, v in zip(persons, vectors, strict=True)]
    table = lancedb.connect(str(folder)).create_table("words", rows)
    return len(named(table, "vector", vectors))


def named(table: Any, column: str, vectors: Vectors) -> set[str]:
    """Canaries in the rows that are nearest to each of the vectors."""
    found = (
        row
        for vector in vectors
        for row in table.search(vector, vector_column_name=column).limit(NEAREST).to_list()
    )
    return {canary for row in found for canary in canaries(repr(row).encode())}


def vector_columns(table: Any) -> list[str]:
    """The columns that can be searched by a vector."""
    return [f.name for f in table.schema if pa.types.is_fixed_size_list(f.type)]


def embedded(shop: Shop, persons: Sequence[Person]) -> Vectors:
    encoder = Encoder.load(shop.settings.models / "encoder")
    return encoder.embed([person.words for person in persons])
