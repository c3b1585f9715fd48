"""Events <-> JSON values, for people and for pipes; Kafka itself speaks Avro."""

import base64
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import datetime
from typing import Any, get_args, get_origin, get_type_hints
from uuid import UUID

from ticketstream.schemas.convert import is_sealable, optional, sealable_fields
from ticketstream.schemas.errors import InvalidEventError
from ticketstream.schemas.record import ERASED, Erased, Record, Sealed


def to_json(value: Any) -> Any:
    """A record as JSON values: times in ISO 8601, bytes in base64, erased text as null."""
    if is_dataclass(value) and not isinstance(value, (Sealed, Erased)):
        return {f.name: to_json(getattr(value, f.name)) for f in fields(value)}
    if isinstance(value, Mapping):
        return {k: to_json(v) for k, v in value.items()}
    if isinstance(value, (tuple, list)):
        return [to_json(v) for v in value]
    if isinstance(value, datetime):
        return value.isoformat()
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Sealed):
        return _plain(value.data)
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, UUID):
        return str(value)
    return None if isinstance(value, Erased) else value


def from_json(kind: type[Record], given: Any) -> Any:
    """A record from JSON values; a missing field takes its default.

    Raises:
        InvalidEventError: an unknown field, or a value that does not fit; the message names it.
    """
    if not isinstance(given, Mapping):
        raise InvalidEventError(f"{kind.__name__} must be an object")
    hints = get_type_hints(kind)
    known = {f.name for f in fields(kind)}  # type: ignore[arg-type]
    if unknown := sorted(set(given) - known):
        raise InvalidEventError(f"{kind.__name__} has no field {unknown[0]!r}")
    try:
        return kind(**{n: _value(kind, n, hints[n], v) for n, v in given.items()})
    except (TypeError, ValueError) as error:
        raise InvalidEventError(f"{kind.__name__}: {error}") from error


def _value(kind: type[Record], name: str, hint: Any, given: Any) -> Any:
    if is_sealable(hint):
        return _sealable(sealable_fields(kind)[name], given)
    inner = optional(hint)
    if inner is not None:
        return None if given is None else _value(kind, name, inner, given)
    if is_dataclass(hint):
        return from_json(hint, given)  # type: ignore[arg-type]
    if get_origin(hint) is tuple:
        return tuple(_value(kind, name, get_args(hint)[0], v) for v in given)
    if get_origin(hint) is Mapping:
        return {k: _value(kind, name, get_args(hint)[1], v) for k, v in given.items()}
    return _scalar(name, hint, given)


def _sealable(record: type[Record], given: Any) -> Any:
    if given is None:
        return ERASED
    return Sealed(base64.b64decode(given)) if isinstance(given, str) else from_json(record, given)


def _scalar(name: str, hint: Any, given: Any) -> Any:
    if hint is UUID:
        return UUID(given)
    if hint is datetime:
        return datetime.fromisoformat(given)
    if hint is bytes:
        return base64.b64decode(given)
    if hint is float and isinstance(given, (int, float)) and not isinstance(given, bool):
        return float(given)
    if isinstance(hint, type) and type(given) is not hint:
        raise InvalidEventError(f"{name} must be {hint.__name__}")
    return given
