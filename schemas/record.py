"""What every record of the language has in common: frozen values with checked closed lists."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cache
from types import UnionType
from typing import Any, Literal, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from ticketstream.schemas.errors import InvalidEventError

F = TypeVar("F", bound=Callable[..., Any])


def once(function: F) -> F:
    """`functools.cache` that keeps the signature, for functions of a class or a name."""
    return cast("F", cache(function))


class Record:
    """A frozen dataclass whose `Literal` fields are checked when it is made.

    Avro enums are not used (a reader that lacks a new symbol would fail), so closed lists are
    strings on the wire and are checked here.

    Raises:
        InvalidEventError: a value outside its closed list.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for name, allowed in closed_lists(type(self)):
            value = getattr(self, name)
            if value not in allowed:
                choice = sorted(map(str, allowed))
                raise InvalidEventError(
                    f"{type(self).__name__}.{name} is {value!r}: use one of {choice}"
                )


@dataclass(frozen=True, slots=True)
class Sealed:
    """A record sealed with a person's key; only the vault opens it."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Erased:
    """What is found in place of a person's data once the person's keys are destroyed."""


ERASED = Erased()
UNSEALED = Sealed(b"")  # the default of a sealed field: nothing was sealed yet


def is_union(hint: Any) -> bool:
    """Whether a type hint is `A | B`."""
    return get_origin(hint) in {Union, UnionType}


@once
def closed_lists(kind: type) -> tuple[tuple[str, frozenset[Any]], ...]:
    """Field name and allowed values of every `Literal` field of a dataclass."""
    hints = get_type_hints(kind)
    found = ((f.name, _allowed(hints[f.name])) for f in fields(kind))
    return tuple((name, allowed) for name, allowed in found if allowed)


def _allowed(hint: Any) -> frozenset[Any]:
    if get_origin(hint) is Literal:
        return frozenset(get_args(hint))
    if is_union(hint):
        inner = [_allowed(h) for h in get_args(hint) if h is not type(None)]
        if len(inner) == 1 and inner[0]:
            return inner[0] | {None}
    return frozenset()
