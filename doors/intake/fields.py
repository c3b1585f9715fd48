"""One JSON object in, typed fields out; a key or value that does not belong is a clear error."""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from ticketstream.doors.intake.charset import clean, without_unseen
from ticketstream.schemas.errors import UnreadableMessageError

NAME = re.compile(r"[a-z_]{1,40}")


@dataclass(frozen=True, slots=True)
class Fields:
    """A JSON object whose keys are known; `place` names it in errors (`line 7, sender`)."""

    value: Mapping[str, Any]
    place: str

    def text(self, key: str) -> str:
        """A string that can be seen whole; empty when missing or null. Numbers are taken."""
        value = self.value.get(key)
        if isinstance(value, int) and not isinstance(value, bool):
            value = str(value)
        if value is not None and not isinstance(value, str):
            raise self.wrong(key, "must be a string")
        return without_unseen(clean(value or ""))[0]

    def number(self, key: str) -> float | None:
        value = self.value.get(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
            raise self.wrong(key, "must be a number")
        return float(value)

    def moment(self, key: str) -> datetime | None:
        """An ISO 8601 date or time in UTC; without an offset it is taken as UTC."""
        text = self.text(key)
        if not text:
            return None
        try:
            at = datetime.fromisoformat(text)
            return (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(UTC)
        except (ValueError, OverflowError) as error:
            raise self.wrong(key, "must be a time like 2026-11-23T09:30:00+01:00") from error

    def inner(self, key: str, known: Collection[str]) -> "Fields | None":
        """An object inside; None when missing or null."""
        value = self.value.get(key)
        return None if value is None else fields(value, f"{self.place}, {key}", known)

    def list_of(self, key: str, known: Collection[str]) -> list["Fields"]:
        """A list of objects; empty when missing or null."""
        value = self.value.get(key)
        if value is not None and not isinstance(value, list):
            raise self.wrong(key, "must be a list")
        return [fields(v, f"{self.place}, {key} {n}", known) for n, v in enumerate(value or (), 1)]

    def one_of(self, key: str, allowed: Collection[str], default: str) -> str:
        value = self.text(key) or default
        if value not in allowed:
            raise self.wrong(key, f"must be one of {', '.join(allowed)}")
        return value

    def wrong(self, key: str, why: str) -> UnreadableMessageError:
        return UnreadableMessageError(f"{self.place}: {key} {why}")


def fields(value: object, place: str, known: Collection[str]) -> Fields:
    """An object with known keys only.

    Raises:
        UnreadableMessageError: no object, or a key that is not known; it is named with the place.
    """
    if not isinstance(value, dict):
        raise UnreadableMessageError(f"{place}: must be a JSON object")
    unknown = next((key for key in value if key not in known), None)
    if unknown is not None:
        shown = f" {unknown!r}" if NAME.fullmatch(unknown) else ""  # a key can be an address, too
        raise UnreadableMessageError(f"{place}: unknown key{shown}; use {', '.join(known)}")
    return Fields(value, place)
