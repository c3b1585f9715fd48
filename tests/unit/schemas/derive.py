"""The Avro schema that a dataclass asks for; the .avsc files are held against it."""

from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from types import NoneType
from typing import Any, Literal, get_args, get_origin, get_type_hints
from uuid import UUID

from ticketstream.schemas.convert import is_sealable, optional, to_plain
from ticketstream.schemas.record import Sealed

NAMESPACE = "ticketstream"
PLAIN = {str: "string", int: "long", float: "double", bool: "boolean", bytes: "bytes"}
LOGICAL = {
    UUID: {"type": "string", "logicalType": "uuid"},
    datetime: {"type": "long", "logicalType": "timestamp-micros"},
}


def record_schema(kind: type, seen: set[str]) -> Any:
    if kind.__name__ in seen:
        return f"{NAMESPACE}.{kind.__name__}"
    seen.add(kind.__name__)
    hints = get_type_hints(kind)
    made = {
        "type": "record",
        "name": kind.__name__,
        "namespace": NAMESPACE,
        "doc": (kind.__doc__ or "").strip().splitlines()[0],
    }
    return made | {"fields": [field_schema(f, hints[f.name], seen) for f in fields(kind)]}


def field_schema(field: Any, hint: Any, seen: set[str]) -> dict[str, Any]:
    if is_sealable(hint):
        sealed = next(h for h in get_args(hint) if h.__name__ not in {"Sealed", "Erased"})
        return {"name": field.name, "type": "bytes", "default": "", "sealed": sealed.__name__}
    made = {"name": field.name, "type": type_schema(hint, seen)}
    default = default_of(field)
    return made if default is MISSING else made | {"default": default}


def type_schema(hint: Any, seen: set[str]) -> Any:
    if (inner := optional(hint)) is not None:
        return ["null", type_schema(inner, seen)]
    if is_dataclass(hint):
        return record_schema(hint, seen)
    if get_origin(hint) is tuple:
        return {"type": "array", "items": type_schema(get_args(hint)[0], seen)}
    if get_origin(hint) is Mapping:
        return {"type": "map", "values": type_schema(get_args(hint)[1], seen)}
    return "string" if get_origin(hint) is Literal else LOGICAL.get(hint) or PLAIN[hint]


def default_of(field: Any) -> Any:
    if field.default is MISSING and field.default_factory is MISSING:
        return MISSING
    value = field.default if field.default is not MISSING else field.default_factory()
    return json_value(value)


def json_value(value: Any) -> Any:
    if isinstance(value, (bytes, Sealed)):
        return ""
    if is_dataclass(value):
        return {k: json_value(v) for k, v in to_plain(type(value))(value).items()}  # type: ignore[arg-type]
    if isinstance(value, (tuple, list)):
        return [json_value(v) for v in value]
    if isinstance(value, Mapping):
        return {k: json_value(v) for k, v in value.items()}
    assert isinstance(value, (str, int, float, bool, NoneType))
    return value
