"""Rows of the archive's shape -> the columns that rules decide, and what was decided before."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ticketstream.processors.decision.columns import Coded, Columns, Floats
from ticketstream.schemas.classified import ANSWERED

FROM_CLASSIFIED = (
    *("event_id", "ticket_id", "occurred_at", "shop", "language", "auto_submitted"),
    *("customer_value", "order_amount", "payment", "tickets_30d_same_case"),
    *("category", "sub_category", "intent", "confidence", "secondary", "triggers"),
    *("out_of_scope", "injection", "spam", "anger", "opinion", "opinion_calibration"),
)
FROM_ROUTED = ("route", "shadow_route", "queue", "reasons", "policy_id", "policy_version")
NEEDED = (*FROM_CLASSIFIED, *FROM_ROUTED, "erased")
JOINER = "\x1f"  # no trigger's name has it


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which classifications: received from `since` on and before `until`, of a shop, the latest."""

    since: date | None = None
    until: date | None = None
    shop: str = ""
    limit: int = 0


@dataclass(frozen=True, slots=True)
class Before:
    """What was decided. `route` is what the rules wanted, whatever the mode then was."""

    route: Coded[str]
    queue: Coded[str]
    reason: Coded[str]
    policy: Coded[str]


@dataclass(frozen=True, slots=True)
class Stored:
    """Classifications with their decisions, and what is left out of the comparison, counted.

    Attributes:
        ticket_id: an Arrow array.
        undecided: classifications without a decision.
        erased: of forgotten people: what was looked up about them is gone, so nobody can decide.
        unreadable: records that could not be decoded.
    """

    columns: Columns
    ticket_id: Any
    before: Before
    undecided: int = 0
    erased: int = 0
    unreadable: int = 0

    def __len__(self) -> int:
        return len(self.columns)


def stored(table: Any, wanted: Wanted, unreadable: int = 0) -> Stored:
    """Rows of which `NEEDED` is there, as columns."""
    asked = within(table, wanted)
    known = where(asked, pc.invert(asked["erased"]))
    chosen = latest(known, wanted.limit)
    decided = where(chosen, pc.is_valid(chosen["route"]))
    return Stored(
        columns_in(decided),
        decided["ticket_id"].combine_chunks(),
        _before(decided),
        undecided=len(chosen) - len(decided),
        erased=len(asked) - len(known),
        unreadable=unreadable,
    )


def where(table: Any, chosen: Any) -> Any:
    """The chosen rows; a copy of a million is made only where some are left out."""
    return table if pc.all(chosen).as_py() is not False else table.filter(chosen)


def within(table: Any, wanted: Wanted) -> Any:
    """The rows of the time and the shop that are asked for."""
    for bound, keeps in ((wanted.since, pc.greater_equal), (wanted.until, pc.less)):
        if bound is not None:
            moment = pa.scalar(datetime.combine(bound, time(), UTC), pa.timestamp("us", "UTC"))
            table = table.filter(keeps(table["occurred_at"], moment))
    return table.filter(pc.equal(table["shop"], wanted.shop)) if wanted.shop else table


def latest(table: Any, limit: int) -> Any:
    """The rows that were received last, as many as are asked for."""
    if not limit or len(table) <= limit:
        return table
    order = [("occurred_at", "descending"), ("event_id", "descending")]
    return table.take(pc.sort_indices(table, sort_keys=order)[:limit])


def columns_in(table: Any) -> Columns:
    """What the rules look at."""
    return Columns(
        event_id=_ids(table["event_id"]),
        occurred_at=_numbers(table["occurred_at"].cast(pa.int64())),
        shop=coded(table["shop"]),
        language=coded(table["language"]),
        category=coded(table["category"]),
        sub_category=coded(table["sub_category"]),
        intent=coded(table["intent"]),
        auto_submitted=coded(table["auto_submitted"]),
        payment=coded(table["payment"]),
        triggers=_classes(table["triggers"]),
        **{name: _floats(table[name]) for name in ("confidence", "anger", "injection", "spam")},
        **{name: _floats(table[name]) for name in ("out_of_scope", "customer_value")},
        order_amount=_floats(table["order_amount"]),
        case_tickets=_floats(table["tickets_30d_same_case"]),
        secondary=_numbers(pc.fill_null(pc.list_value_length(table["secondary"]), 0)),
        unmeasured=_unmeasured(table),
    )


def coded(column: Any) -> Coded[str]:
    """Strings by their dictionary; an absent one is empty."""
    column = pa.chunked_array([column]) if isinstance(column, pa.Array) else column
    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    whole = column.unify_dictionaries().combine_chunks()
    vocabulary = (*whole.dictionary.to_pylist(), "")
    return Coded(_numbers(whole.indices.fill_null(len(vocabulary) - 1)), vocabulary)


def _before(table: Any) -> Before:
    names = pc.binary_join_element_wise(
        _text(table["policy_id"]), _text(table["policy_version"]), " "
    )
    return Before(
        route=coded(pc.coalesce(_text(table["shadow_route"]), _text(table["route"]))),
        queue=coded(table["queue"]),
        reason=coded(pc.list_element(_longer(table["reasons"]), 0)),
        policy=coded(names),
    )


def _classes(lists: Any) -> Coded[tuple[str, ...]]:
    joined = coded(pc.binary_join(lists, JOINER))
    return Coded(joined.codes, [tuple(v.split(JOINER)) if v else () for v in joined.vocabulary])


def _longer(lists: Any) -> Any:
    """Lists with at least one item; `list_element` refuses others."""
    empty = pc.equal(pc.fill_null(pc.list_value_length(lists), 0), 0)
    return pc.if_else(empty, pa.scalar([""], lists.type), lists)


def _unmeasured(table: Any) -> npt.NDArray[np.bool_]:
    answered = coded(table["opinion"]).where(set(ANSWERED).__contains__)
    return answered & coded(table["opinion_calibration"]).where("".__eq__)


def _ids(column: Any) -> npt.NDArray[np.uint8]:
    """UUIDs as text -> 16 bytes a row."""
    text = "".join(column.to_pylist()).replace("-", "")
    return np.frombuffer(bytes.fromhex(text), np.uint8).reshape(-1, 16)


def _text(column: Any) -> Any:
    return column.cast(pa.string())


def _floats(column: Any) -> Floats:
    return np.asarray(_numbers(column.cast(pa.float64()).fill_null(float("nan"))), np.float64)


def _numbers(column: Any) -> Any:
    whole = column.combine_chunks() if isinstance(column, pa.ChunkedArray) else column
    return whole.to_numpy(zero_copy_only=False)
