"""The vault of a role that reads no text: sealed records pass through, nothing is opened."""

from collections.abc import Sequence

from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import VaultError
from ticketstream.schemas.record import Erased


class NoKeys:
    """Passes on what is sealed."""

    def open_all(self, events: Sequence[Event], fields: frozenset[str]) -> list[Event]:
        """Refuses: a role without keys has nothing to open with."""
        raise VaultError(
            f"this role holds no keys and cannot open {sorted(fields)} of {len(events)}"
        )

    def seal_all(self, events: Sequence[Event]) -> list[Event | Erased]:
        """The events, whose records are sealed already (the codec refuses any other)."""
        return list(events)
