"""Settings from the environment -> master keys: each role is given those that it may hold."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from ticketstream.schemas.errors import SettingError
from ticketstream.vault.keys import NAMES, parsed

PREFIX = "TICKETSTREAM_KEY_"
MAKE = "make one with `openssl rand -hex 64`"


@dataclass(frozen=True, slots=True)
class KeyVariables:
    """Master keys in hex by name, and the successors that a rotation is given."""

    keys: Mapping[str, str]
    successors: Mapping[str, str]

    def load(self, name: str) -> bytes:
        return self._key(self.keys, name, "")

    def create(self) -> None:
        """Only the operator can: says which are missing."""
        missing = [f"{PREFIX}{n.upper()}" for n in NAMES if n not in self.keys]
        if missing:
            raise SettingError(f"{', '.join(missing)} not set: {MAKE} for each")
        for name in NAMES:
            self.load(name)

    def successor(self, name: str) -> bytes | None:
        return self._key(self.successors, name, "_NEXT") if name in self.successors else None

    def prepared(self, name: str) -> bytes:
        key = self._key(self.successors, name, "_NEXT")
        if key == self.load(name):
            raise SettingError(f"{PREFIX}{name.upper()}_NEXT is the present key: {MAKE}")
        return key

    def put_in_place(self, names: Iterable[str]) -> str:
        moves = [f"{PREFIX}{n.upper()}_NEXT to {PREFIX}{n.upper()}" for n in names]
        return f"move the values of {' and '.join(moves)}"

    def _key(self, values: Mapping[str, str], name: str, suffix: str) -> bytes:
        variable = f"{PREFIX}{name.upper()}{suffix}"
        if name not in values:
            raise SettingError(f"{variable} is not set: {MAKE}")
        return parsed(values[name], variable)
