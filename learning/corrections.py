"""Read models, opened with the text key -> what agents set right, as examples to learn from."""

from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import Connection, or_, select

from ticketstream.learning.examples import Example
from ticketstream.processors.taxonomy import Labels
from ticketstream.processors.ticket_parts import judged_text
from ticketstream.projections.corrections import correction
from ticketstream.projections.timeline import sealed_event, timeline
from ticketstream.schemas.record import Erased
from ticketstream.vault.ports import Opener

WEIGHT = 5.0  # an agent's correction beside a seed


@dataclass(slots=True)
class Corrected:
    """What agents set right: one example a ticket, and the tickets that give none.

    Attributes:
        erased: the person was forgotten: nobody learns from that text any more.
        unknown: the label is not, or no longer, one of the taxonomy.
        textless: the masked ticket is not in the read models.
    """

    examples: list[Example] = field(default_factory=list)
    erased: int = 0
    unknown: int = 0
    textless: int = 0


def corrected(connection: Connection, opener: Opener, labels: Labels) -> Corrected:
    """The newest correction of each ticket, with the ticket's newest masked text.

    Raises:
        VaultError: the text key does not open what it should.
    """
    found = Corrected()
    for row in _newest(connection).values():
        known = row.sub_category_after in labels.category_of and row.intent_after in labels.intents
        text = _text(connection, opener, row.ticket_id) if known else None
        if not known:
            found.unknown += 1
        elif text is None:
            found.textless += 1
        elif isinstance(text, Erased):
            found.erased += 1
        else:
            found.examples.append(
                Example(
                    text=judged_text(text),
                    language=row.language,
                    source="correction",
                    kind="correction",
                    sub_category=row.sub_category_after,
                    intent=row.intent_after,
                    weight=WEIGHT,
                )
            )
    return found


def _newest(connection: Connection) -> dict[str, Any]:
    """By ticket, ordered by time: of two corrections the later one counts."""
    c = correction.c
    relabelled = or_(
        c.sub_category_before != c.sub_category_after, c.intent_before != c.intent_after
    )
    rows = connection.execute(select(correction).where(relabelled).order_by(c.recorded_at))
    return {row.ticket_id: row for row in rows}


def _text(connection: Connection, opener: Opener, ticket_id: str) -> Any:
    masked = (
        select(timeline)
        .where(timeline.c.topic == "ticket.masked", timeline.c.ticket_id == ticket_id)
        .order_by(timeline.c.recorded_at.desc())
        .limit(1)
    )
    row = connection.execute(masked).one_or_none()
    if row is None or row.text is None:
        return None
    opened: Any = opener.open(sealed_event(row), frozenset({"text"}))
    return opened.text
