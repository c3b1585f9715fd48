"""Timeline rows -> their sealed texts, opened to be shown, or why they stay shut."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import Connection, select

from ticketstream.projections.timeline import sealed_event, timeline
from ticketstream.schemas.errors import UndecodableError, VaultError
from ticketstream.schemas.record import Erased
from ticketstream.vault.ports import Opener

TEXT = frozenset({"text"})


@dataclass(frozen=True, slots=True)
class Opened:
    """A text: `record` is there when it is `open`; `missing` when its event is not."""

    state: Literal["open", "erased", "damaged", "locked", "missing"]
    record: Any = None


MISSING = Opened("missing")


def open_text(opener: Opener, row: Any) -> Opened:
    """The sealed text of one timeline row; whatever goes wrong is shown, never raised."""
    if row is None or row.text is None:
        return MISSING
    try:
        opened: Any = opener.open(sealed_event(row), TEXT)
    except UndecodableError:
        return Opened("damaged")
    except VaultError:
        return Opened("locked")
    return Opened("erased") if isinstance(opened.text, Erased) else Opened("open", opened.text)


def subjects(connection: Connection, opener: Opener, tickets: Sequence[str]) -> dict[str, Opened]:
    """The newest masked text of each ticket."""
    rows = connection.execute(
        select(timeline)
        .where(timeline.c.topic == "ticket.masked", timeline.c.ticket_id.in_(tickets))
        .order_by(timeline.c.recorded_at)
    )
    newest = {row.ticket_id: row for row in rows}
    return {ticket_id: open_text(opener, row) for ticket_id, row in newest.items()}
