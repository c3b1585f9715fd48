"""Decoded columns of events -> rows of the archive: labels, scores, decisions; no text, nobody."""

from collections.abc import Mapping
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from ticketstream.projections.purge import AMOUNTS

TEXT, NUMBER, WHOLE, YES = pa.string(), pa.float64(), pa.int64(), pa.bool_()
MOMENT, TEXTS = pa.timestamp("us", "UTC"), pa.list_(TEXT)

# column -> where it stands in the event, and its type; a name behind a `>` is a field of each item
Fields = Mapping[str, tuple[str, Any]]
ENVELOPE: Fields = {
    "event_id": ("event_id", TEXT),
    "ticket_id": ("ticket_id", TEXT),
    "case_id": ("case_id", TEXT),
    "occurred_at": ("occurred_at", MOMENT),
    "shop": ("shop", TEXT),
}
CLASSIFIED: Fields = {
    **ENVELOPE,
    "classifier": ("producer.version", TEXT),
    "channel": ("channel", TEXT),
    "language": ("language.code", TEXT),
    "auto_submitted": ("auto_submitted", TEXT),
    **{name: (f"facts.{name}", NUMBER) for name in ("customer_value", "order_amount")},
    **{name: (f"facts.{name}", TEXT) for name in ("currency", "payment", "payment_method")},
    "payment_due": ("facts.payment_due", NUMBER),
    **{
        name: (f"facts.{name}", WHOLE)
        for name in ("order_age_days", "tickets_30d", "tickets_30d_same_case")
    },
    **{name: (name, TEXT) for name in ("category", "sub_category", "intent")},
    "confidence": ("confidence", NUMBER),
    "scores": ("scores", pa.binary()),
    "intent_scores": ("intent_scores", pa.binary()),
    "taxonomy": ("taxonomy.hash", TEXT),
    "secondary": ("secondary>sub_category", TEXTS),
    **{name: (name, NUMBER) for name in ("out_of_scope", "injection", "spam")},
    **{name: (f"sentiment.{name}", NUMBER) for name in ("polarity", "anger", "urgency")},
    "triggers": ("triggers", TEXTS),
    "calibration": ("calibration.id", TEXT),
    "opinion": ("second_opinion.status", TEXT),
    "opinion_calibration": ("second_opinion.calibration", TEXT),
}
ROUTED: Fields = {
    "cause_id": ("cause_id", TEXT),
    "occurred_at": ("occurred_at", MOMENT),
    "decision_id": ("event_id", TEXT),
    "router": ("producer.version", TEXT),
    "route": ("route", TEXT),
    "queue": ("queue", TEXT),
    "priority": ("priority", WHOLE),
    "due_at": ("due_at", MOMENT),
    "reasons": ("reasons>code", TEXTS),
    "eligible": ("eligible", pa.map_(TEXT, NUMBER)),
    "propensity": ("propensity", NUMBER),
    "explored": ("explored", YES),
    "audit": ("audit", YES),
    "shadow_route": ("shadow.would_be", TEXT),
    "policy_id": ("policy.id", TEXT),
    "policy_version": ("policy.version", TEXT),
    "policy_hash": ("policy.hash", TEXT),
}
LABELS = ("category", "sub_category", "intent", "route")
OUTCOME: Mapping[str, Fields] = {
    "reply.sent": {
        **ENVELOPE,
        "mode": ("mode", TEXT),
        "status": ("status", TEXT),
        "delivered_at": ("delivered_at", MOMENT),
    },
    "agent.edited": {
        **ENVELOPE,
        "actions": ("actions", TEXTS),
        "edit_distance": ("edit_distance", NUMBER),
        **{f"{label}_before": (f"before.{label}", TEXT) for label in LABELS},
        **{f"{label}_after": (f"after.{label}", TEXT) for label in LABELS},
        "cause": ("cause", TEXT),
        "handle_seconds": ("handle_seconds", NUMBER),
        "after_call_seconds": ("after_call_seconds", NUMBER),
        "thumbs": ("thumbs", WHOLE),
        "draft_event_id": ("draft_event_id", TEXT),
    },
    "ticket.closed": {
        **ENVELOPE,
        "resolution": ("resolution", TEXT),
        "reopened": ("reopened", YES),
        "contacts": ("contacts", WHOLE),
        "first_contact": ("first_contact", YES),
        "csat": ("csat", WHOLE),
        "resolution_seconds": ("resolution_seconds", NUMBER),
        "route": ("route", TEXT),
    },
}
FIELDS: Mapping[str, Fields] = {
    "ticket.classified": CLASSIFIED,
    "ticket.routed": ROUTED,
    **OUTCOME,
}
RECORDED = ("recorded_at", MOMENT)  # when the record was produced

DECISION = [(n, t) for n, (_, t) in ROUTED.items() if n not in {"cause_id", "occurred_at"}]
DECISIONS = pa.schema(
    [
        *((n, t) for n, (_, t) in CLASSIFIED.items()),
        ("classified_at", MOMENT),
        *DECISION,
        ("routed_at", MOMENT),
        ("erased", YES),
    ]
)
OUTCOMES = pa.schema(
    {
        **{n: t for n, (_, t) in ENVELOPE.items()},
        "topic": TEXT,
        **dict([RECORDED]),
        **{n: t for fields in OUTCOME.values() for n, (_, t) in fields.items()},
        "erased": YES,
    }
)


def wanted(fields: Fields) -> list[str]:
    """The places in the event, as the decoder takes them."""
    return [place.replace(">", ".") for place, _ in fields.values()]


def flat(table: Any, fields: Fields) -> Any:
    """Decoded columns under their names in the archive; what the writer did not know is null."""
    arrays = {name: _column(table, place, kind) for name, (place, kind) in fields.items()}
    if "recorded_at" in table.column_names:
        arrays["recorded_at"] = table["recorded_at"]
    return pa.table(arrays)


def joined(classified: Any, routed: Any) -> Any:
    """One row a classification, with its last decision where there is one."""
    events, causes = _codes(classified["event_id"], routed["cause_id"])
    kept = _last_rows(events)
    if len(kept) < len(events):
        classified, events = classified.take(kept), events[kept]
    decisions = np.full(max(events.max(initial=-1), causes.max(initial=-1)) + 1, -1)
    decisions[causes] = np.arange(len(causes))
    found = decisions[events]
    places = pa.array(found, mask=found < 0)
    for name in (n for n in routed.column_names if n not in {"cause_id", "occurred_at"}):
        classified = classified.append_column(name, routed[name].take(places))
    return classified


def last(table: Any, key: str) -> Any:
    """The last row of each key, in the order of the rows."""
    rows = _last_rows(*_codes(table[key]))
    return table if len(rows) == len(table) else table.take(rows)


def _codes(*keys: Any) -> list[npt.NDArray[np.int64]]:
    """Columns of keys as numbers; equal keys have the same in all columns."""
    chunks = [chunk for key in keys for chunk in key.chunks]
    codes = pa.chunked_array(chunks, TEXT).dictionary_encode("encode").chunks
    numbers = np.concatenate([np.empty(0, np.int64), *(c.indices.to_numpy() for c in codes)])
    return np.split(numbers, np.cumsum([len(key) for key in keys])[:-1])


def _last_rows(codes: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    rows = np.full(codes.max(initial=-1) + 1, -1)
    rows[codes] = np.arange(len(codes))
    return np.sort(rows[rows >= 0])


def blanked(table: Any, tickets: Any) -> Any:
    """The rows of forgotten tickets without case and without what the shop told."""
    mine = pc.is_in(table["ticket_id"], value_set=pa.array(sorted(tickets), TEXT))
    gone = {name: None for name in AMOUNTS if name in table.column_names}
    for name, value in {"case_id": "", **gone}.items():
        kept = pc.if_else(mine, pa.scalar(value, table[name].type), table[name])
        table = table.set_column(table.column_names.index(name), name, kept)
    erased = pc.or_(mine, pc.fill_null(table["erased"], False))  # noqa: FBT003  (a value)
    return table.set_column(table.column_names.index("erased"), "erased", erased)


def fitted(table: Any, schema: Any) -> Any:
    """A table with exactly the schema's columns; null where it has none."""
    arrays = [
        table[f.name].cast(f.type) if f.name in table.column_names else pa.nulls(len(table), f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def _column(table: Any, place: str, kind: Any) -> Any:
    name, _, inner = place.partition(">")
    if name not in table.column_names:
        return pa.nulls(len(table), kind)
    column = table[name].combine_chunks()
    if inner:
        return pa.ListArray.from_arrays(column.offsets, column.values.field(inner))
    if pa.types.is_map(kind):
        keys, items = (column.values.field(n) for n in ("key", "value"))
        return pa.MapArray.from_arrays(column.offsets, keys, items)
    return column.cast(kind)
