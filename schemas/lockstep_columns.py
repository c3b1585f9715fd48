"""Columns as the lockstep decoder makes them -> Arrow arrays under dotted names."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Longs = npt.NDArray[np.int64]
Raw = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Slices:
    """Strings or bytes, where they stand in the data."""

    start: Longs
    length: Longs
    text: bool


@dataclass(frozen=True, slots=True)
class Maybe:
    """Values of the rows that have one."""

    there: npt.NDArray[np.bool_]
    values: Any  # of those that are there


@dataclass(frozen=True, slots=True)
class Lists:
    """How many items each row has, and all items in the order of the rows."""

    counts: Longs
    values: Any


def arrow(column: Any, data: Raw) -> Any:
    """A column as an Arrow array; strings lie in `data`."""
    if isinstance(column, Slices):
        return _strings(column, data)
    if isinstance(column, Maybe):
        places = np.cumsum(column.there) - 1
        return arrow(column.values, data).take(pa.array(places, mask=~column.there))
    if isinstance(column, Lists):
        offsets = np.concatenate([[0], np.cumsum(column.counts)]).astype(np.int32)
        return pa.ListArray.from_arrays(offsets, arrow(column.values, data))
    if isinstance(column, dict):
        arrays = [arrow(c, data) for c in column.values()]
        return pa.StructArray.from_arrays(arrays, list(column))
    return pa.array(column)


def _strings(slices: "Slices", data: Raw) -> Any:
    """Slices one behind the other, as Arrow keeps strings."""
    ends = np.cumsum(slices.length)
    shift = np.repeat(slices.start - (ends - slices.length), slices.length)
    offsets = np.concatenate([[0], ends]).astype(np.int32)
    kind = pa.string() if slices.text else pa.binary()
    buffers = [None, pa.py_buffer(offsets), pa.py_buffer(data[shift + np.arange(len(shift))])]
    return pa.Array.from_buffers(kind, len(slices.length), buffers)


def flat(columns: Mapping[str, Any], above: str) -> Iterator[tuple[str, Any]]:
    """Records in records -> dotted names; a record that may be missing keeps its mask below."""
    for name, column in columns.items():
        if isinstance(column, dict):
            yield from flat(column, f"{above}{name}.")
        elif isinstance(column, Maybe) and isinstance(column.values, dict):
            for inner, values in flat(column.values, f"{above}{name}."):
                yield inner, Maybe(column.there, values)
        else:
            yield above + name, column


def joined(parts: Sequence[Any]) -> Any:
    """Columns of the same type, one behind the other."""
    first = parts[0]
    if first is None:  # unwanted
        return None
    if isinstance(first, dict):
        return {name: joined([p[name] for p in parts]) for name in first}
    if isinstance(first, Slices):
        starts, lengths = [p.start for p in parts], [p.length for p in parts]
        return Slices(np.concatenate(starts), np.concatenate(lengths), first.text)
    if isinstance(first, np.ndarray):
        return np.concatenate(parts)
    raise TypeError(f"no list of {type(first).__name__} stands in any schema of ours")


def ordered(column: Any, order: Longs) -> Any:
    """The rows of a column in another order."""
    if isinstance(column, dict):
        return {name: ordered(c, order) for name, c in column.items()}
    if isinstance(column, Slices):
        return Slices(column.start[order], column.length[order], column.text)
    return None if column is None else column[order]
