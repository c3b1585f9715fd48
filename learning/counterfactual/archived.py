"""The archive -> decided tickets with the chances of their routes, and what became of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from ticketstream.learning.replay.stored import FROM_CLASSIFIED, Wanted, coded, columns_in, within
from ticketstream.processors.decision.columns import Columns, Floats
from ticketstream.processors.decision.drawn import Places
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.projections.archive import SCHEMAS, Archive, read_day
from ticketstream.projections.flat import last
from ticketstream.schemas.errors import SettingError

OutcomeName = Literal["csat", "reopened", "cost"]
CAP = 60.0  # minutes of work on a ticket that count at most: what is estimated must have an end
AUTO = "auto_reply"


@dataclass(frozen=True, slots=True)
class Scale:
    """What an outcome can be at least and at most, and its unit."""

    least: float
    most: float
    unit: str
    means: str


SCALES: Mapping[OutcomeName, Scale] = {
    "csat": Scale(1, 5, "", "the rating of closed tickets, 1 to 5"),
    "reopened": Scale(0, 1, "", "the share of closed tickets that were opened again"),
    "cost": Scale(0, CAP, "minutes", f"agents' minutes a closed ticket, {CAP:.0f} at most"),
}


@dataclass(frozen=True, slots=True)
class Decided:
    """Tickets with their last decisions.

    Attributes:
        columns: what rules look at.
        taken: the route that was done, a place in `ROUTES`.
        eligible: a row a ticket, a column a route: with what probability it could be chosen.
        outcome: in its own unit; NaN where nobody knows it.
        erased, undecided: tickets left out.
        capped: outcomes over the scale's end, which count as its end.
    """

    columns: Columns
    taken: Places
    eligible: Floats
    outcome: Floats
    erased: int
    undecided: int
    capped: int


def read(archive: Archive, model: str, wanted: Wanted) -> Any:
    """The rows of one of the archive's models within time and shop.

    Raises:
        SettingError: there is no archive.
    """
    if not archive.folder.exists():
        raise SettingError(f"no archive in {archive.folder}: `ticketstream project` writes it")
    days = [
        within(read_day(file, model), wanted)
        for name, day, file in archive.days()
        if name == model
        and (wanted.since is None or day >= wanted.since)
        and (wanted.until is None or day < wanted.until)
    ]
    return pa.concat_tables(days) if days else SCHEMAS[model].empty_table()


def decided(archive: Archive, wanted: Wanted, outcome: OutcomeName) -> Decided:
    """All that an estimate needs, of tickets that are not forgotten and were decided."""
    table = read(archive, "decisions", wanted)
    known = table.filter(pc.invert(table["erased"]))
    rows = last_of(known.filter(pc.is_valid(known["route"])), "routed_at")
    routes = coded(rows["route"])
    taken = np.array([ROUTES.index(r) if r in ROUTES else 0 for r in routes.vocabulary])
    became = OUTCOMES[outcome](read(archive, "outcomes", wanted), rows)
    scale = SCALES[outcome]
    return Decided(
        columns_in(rows.select(FROM_CLASSIFIED)),
        taken[routes.codes],
        chances(rows["eligible"], taken[routes.codes]),
        np.clip(became, scale.least, scale.most),
        erased=len(table) - len(known),
        undecided=len(known) - (pc.sum(pc.is_valid(known["route"])).as_py() or 0),
        capped=int((became > scale.most).sum()),
    )


def last_of(table: Any, moment: str) -> Any:
    """Each ticket's last row by a moment."""
    return last(table.sort_by(moment), "ticket_id") if len(table) else table


def chances(eligible: Any, taken: Places) -> Floats:
    """Each route's probability; a decision that stored none took its route for sure."""
    maps = eligible.combine_chunks()
    maps = pa.concat_arrays(maps.chunks) if isinstance(maps, pa.ChunkedArray) else maps
    found = np.zeros((len(taken), len(ROUTES)))
    lengths = [0 if m is None else len(m) for m in maps.to_pylist()]
    rows = np.repeat(np.arange(len(taken)), lengths)
    places = [ROUTES.index(key) for m in maps.to_pylist() for key, _ in m or ()]
    found[rows, places] = [p for m in maps.to_pylist() for _, p in m or ()]
    empty = np.flatnonzero(found.sum(axis=1) == 0)
    found[empty, taken[empty]] = 1.0
    return found


def _closed(outcomes: Any) -> Any:
    """How each ticket ended: the last snapshot counts."""
    return last_of(outcomes.filter(pc.equal(outcomes["topic"], "ticket.closed")), "recorded_at")


def _of_closed(name: str) -> Callable[[Any, Any], Floats]:
    def told(outcomes: Any, rows: Any) -> Floats:
        return _looked_up(rows, _closed(outcomes), name)

    return told


def _cost(outcomes: Any, rows: Any) -> Floats:
    """Minutes of work on closed tickets.

    Without any told, an automatic answer was free, and all else is unknown: somebody did not say.
    """
    closed = _closed(outcomes)
    work = outcomes.filter(pc.equal(outcomes["topic"], "agent.edited"))
    seconds = [pc.fill_null(work[n], 0.0) for n in ("handle_seconds", "after_call_seconds")]
    told = pc.or_(pc.is_valid(work["handle_seconds"]), pc.is_valid(work["after_call_seconds"]))
    work = pa.table({"ticket_id": work["ticket_id"], "seconds": pc.add(*seconds)}).filter(told)
    summed = work.group_by("ticket_id").aggregate([("seconds", "sum")])
    minutes = _looked_up(rows, summed, "seconds_sum") / 60
    ended = pc.is_in(rows["ticket_id"], value_set=closed["ticket_id"].combine_chunks())
    free = np.asarray(pc.equal(rows["route"], AUTO)) & np.isnan(minutes)
    return np.where(np.asarray(ended), np.where(free, 0.0, minutes), np.nan)


def _looked_up(rows: Any, table: Any, name: str) -> Floats:
    """Each ticket's value in a table with one row a ticket."""
    places = pc.index_in(rows["ticket_id"], value_set=table["ticket_id"].combine_chunks())
    values = table[name].cast(pa.float64() if name != "reopened" else pa.int8()).take(places)
    return np.asarray(values.cast(pa.float64()).to_numpy(), np.float64)


OUTCOMES: Mapping[OutcomeName, Callable[[Any, Any], Floats]] = {
    "csat": _of_closed("csat"),
    "reopened": _of_closed("reopened"),
    "cost": _cost,
}
