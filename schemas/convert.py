"""Frozen dataclasses <-> the plain dicts that fastavro reads and writes."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args, get_origin, get_type_hints

from ticketstream.schemas.record import Erased, Record, Sealed, is_union, once

NAMESPACE = "ticketstream"

Convert = Callable[[Any], Any]


@once
def to_plain(kind: type[Record]) -> Convert:
    """A function from a record of `kind` to a dict, made once per class."""
    hints = get_type_hints(kind)
    steps = tuple((f.name, _out(hints[f.name])) for f in fields(kind))  # type: ignore[arg-type]

    def convert(record: Any) -> dict[str, Any]:
        return {
            name: getattr(record, name) if out is None else out(getattr(record, name))
            for name, out in steps
        }

    return convert


@once
def from_plain(kind: type[Record]) -> Convert:
    """A function from a dict to a record of `kind`; a field that is absent takes its default."""
    hints = get_type_hints(kind)
    steps = tuple((f.name, _in(hints[f.name])) for f in fields(kind))  # type: ignore[arg-type]

    def convert(plain: Mapping[str, Any]) -> Any:
        return kind(
            **{
                name: plain[name] if into is None else into(plain[name])
                for name, into in steps
                if name in plain
            }
        )

    return convert


def is_sealable(hint: Any) -> bool:
    """Whether a field holds a sealed record: `TicketText | Sealed | Erased`."""
    return is_union(hint) and Sealed in get_args(hint)


def optional(hint: Any) -> Any:
    """The type behind `X | None`, or None where the field is required."""
    if not is_union(hint) or type(None) not in get_args(hint):
        return None
    (inner,) = (h for h in get_args(hint) if h is not type(None))
    return inner


def _out(hint: Any) -> Convert | None:
    if is_sealable(hint):
        return _sealed_bytes
    if (inner := optional(hint)) is not None:
        return _optional_out(inner)
    if is_dataclass(hint):
        return to_plain(hint)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        return _each(_out(get_args(hint)[0]), list)
    if get_origin(hint) is Mapping:
        return _each_value(_out(get_args(hint)[1]))
    return None


def _in(hint: Any) -> Convert | None:
    if is_sealable(hint):
        return Sealed
    if (inner := optional(hint)) is not None:
        step = _in(inner)
        return None if step is None else lambda v: None if v is None else step(v)
    if is_dataclass(hint):
        return from_plain(hint)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        return _each(_in(get_args(hint)[0]), tuple)
    if get_origin(hint) is Mapping:
        return _each_value(_in(get_args(hint)[1]))
    return None


def _sealed_bytes(value: Any) -> bytes:
    if not isinstance(value, Sealed):
        raise TypeError(f"{type(value).__name__} must be sealed before it is encoded")
    return value.data


def _optional_out(inner: Any) -> Convert | None:
    step = _out(inner)
    if step is None:
        return None
    if isinstance(inner, type) and is_dataclass(
        inner
    ):  # naming the branch spares fastavro from trying each
        name = f"{NAMESPACE}.{inner.__name__}"
        return lambda v: None if v is None else (name, step(v))
    return lambda v: None if v is None else step(v)


def _each(step: Convert | None, make: type) -> Convert:
    return make if step is None else lambda values: make([step(v) for v in values])


def _each_value(step: Convert | None) -> Convert:
    return dict if step is None else lambda m: {k: step(v) for k, v in m.items()}


@once
def sealable_fields(kind: type[Record]) -> Mapping[str, type[Record]]:
    """The sealed fields of an event and the record that each holds."""
    hints = get_type_hints(kind)
    return {f.name: _sealed_kind(hints[f.name]) for f in fields(kind) if is_sealable(hints[f.name])}  # type: ignore[arg-type]


def _sealed_kind(hint: Any) -> type[Record]:
    (kind,) = (h for h in get_args(hint) if h not in {Sealed, Erased})
    return kind  # type: ignore[no-any-return]
