"""Filters and a place in the list -> one window of tickets, with the counts of every route."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from sqlalchemy import Connection, Select, select, tuple_

from ticketstream.doors.desk.opening import MISSING, Opened, subjects
from ticketstream.projections.tickets import by_route, ticket
from ticketstream.vault.ports import Opener

WINDOW = 50
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
UNDECIDED = "none"  # the route of a ticket that was not routed yet

ROUTES = (
    "auto_reply",
    "agent_suggestion",
    "manual_queue",
    "escalate_senior",
    "escalate_specialist",
    "no_reply",
    UNDECIDED,
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What of the inbox is asked for; `older` and `newer` are places in the list."""

    route: str = ""
    queue: str = ""
    language: str = ""
    older: str = ""
    newer: str = ""

    def link(self, **changed: str) -> str:
        """The address of the inbox with some of it changed; a changed filter starts on top."""
        fields = replace(self, **({"older": "", "newer": ""} | changed))
        named = {n: v for n in Wanted.__slots__ if (v := getattr(fields, n))}
        return f"/?{urlencode(named)}" if named else "/"


@dataclass(frozen=True, slots=True)
class Line:
    """A ticket in the list: its row and its opened text."""

    row: Any
    text: Opened


@dataclass(frozen=True, slots=True)
class Choice:
    """A filter that can be chosen, with how many tickets it leaves."""

    value: str
    tickets: int
    chosen: bool
    link: str


@dataclass(frozen=True, slots=True)
class Inbox:
    """A window of the list; `older` and `newer` are links, empty at the ends."""

    lines: Sequence[Line]
    total: int
    routes: Sequence[Choice]
    queues: Sequence[Choice]
    languages: Sequence[Choice]
    older: str
    newer: str
    wanted: Wanted


def inbox(connection: Connection, opener: Opener, wanted: Wanted) -> Inbox:
    """The tickets that fit, newest first, one window of them."""
    rows, before, behind = _window(connection, wanted)
    texts = subjects(connection, opener, [row.ticket_id for row in rows])
    counts = list(connection.execute(select(by_route)))
    return Inbox(
        lines=[Line(row, texts.get(row.ticket_id, MISSING)) for row in rows],
        total=sum(c.tickets for c in counts if _fits(c, wanted, "")),
        routes=_choices(counts, wanted, "route", ROUTES),
        queues=_choices(counts, wanted, "queue"),
        languages=_choices(counts, wanted, "language"),
        older=wanted.link(older=place_of(rows[-1])) if behind else "",
        newer=wanted.link(newer=place_of(rows[0])) if before else "",
        wanted=wanted,
    )


def _window(connection: Connection, wanted: Wanted) -> tuple[list[Any], bool, bool]:
    """Rows, and whether there are more before and behind them."""
    key = tuple_(ticket.c.occurred_at, ticket.c.ticket_id)
    fitting = _filtered(wanted)
    if (place := _read_place(wanted.newer)) is not None:
        upwards = fitting.where(key > place).order_by(ticket.c.occurred_at, ticket.c.ticket_id)
        found = list(connection.execute(upwards.limit(WINDOW + 1)))
        if len(found) >= WINDOW:
            return found[:WINDOW][::-1], len(found) > WINDOW, True
        # near the top a window of its own would be short: the top is shown whole
    place = _read_place(wanted.older)
    downwards = fitting.order_by(ticket.c.occurred_at.desc(), ticket.c.ticket_id.desc())
    if place is not None:
        downwards = downwards.where(key < place)
    found = list(connection.execute(downwards.limit(WINDOW + 1)))
    return found[:WINDOW], place is not None and bool(found), len(found) > WINDOW


def _filtered(wanted: Wanted) -> Select[Any]:
    fitting = select(ticket).where(ticket.c.occurred_at.is_not(None))
    for name in ("route", "queue", "language"):
        if value := getattr(wanted, name):
            column = ticket.c[name]
            fitting = fitting.where(column.is_(None) if value == UNDECIDED else column == value)
    return fitting


def _choices(
    counts: Sequence[Any], wanted: Wanted, name: str, order: Sequence[str] = ()
) -> list[Choice]:
    """Every value of a filter, counted under the other filters."""
    tickets: dict[str, int] = {}
    for count in counts:
        value = getattr(count, name) or UNDECIDED
        fits = _fits(count, wanted, name)
        tickets[value] = tickets.get(value, 0) + (count.tickets if fits else 0)
    chosen = getattr(wanted, name)
    values = [v for v in order if v in tickets] or sorted(tickets)
    return [
        Choice(v, tickets[v], v == chosen, wanted.link(**{name: "" if v == chosen else v}))
        for v in values
    ]


def _fits(count: Any, wanted: Wanted, but: str) -> bool:
    asked = {n: getattr(wanted, n) for n in ("route", "queue", "language") if n != but}
    return all((getattr(count, n) or UNDECIDED) == v for n, v in asked.items() if v)


def place_of(row: Any) -> str:
    """A row's place in the list, for an address: microseconds and ticket id."""
    return f"{(row.occurred_at - EPOCH) // timedelta(microseconds=1)}.{row.ticket_id}"


def _read_place(text: str) -> tuple[datetime, str] | None:
    micros, _, ticket_id = text.partition(".")
    if not micros.lstrip("-").isdecimal() or not ticket_id:
        return None  # somebody's own address: the list begins on top
    try:
        return EPOCH + timedelta(microseconds=int(micros)), ticket_id
    except OverflowError:
        return None
