"""A replay -> a folder: every decision anew as Parquet, the numbers as JSON, a page to look at."""

from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from ticketstream.learning.pages.folder import new_folder
from ticketstream.learning.replay.compare import Redecided, Replayed
from ticketstream.learning.replay.page import page
from ticketstream.learning.replay.stored import Stored
from ticketstream.processors.decision.columns import Coded
from ticketstream.processors.decision.rules import ROUTES, RULES
from ticketstream.processors.taxonomy import Tongue
from ticketstream.schemas.json import to_json

ROWS_TOGETHER = 65_536


def write_report(
    folder: Path, rows: Stored, made: Redecided, result: Replayed, tongue: Tongue = "en"
) -> list[Path]:
    """Write into a folder that is empty or new; returns the files.

    Raises:
        SettingError: something lies there, or it cannot be written.
    """
    with new_folder(folder):
        files = [folder / name for name in ("decisions.parquet", "replay.json", "index.html")]
        pq.write_table(
            decisions_of(rows, made), files[0], compression="zstd", row_group_size=ROWS_TOGETHER
        )
        files[1].write_bytes(orjson.dumps(to_json(result), option=orjson.OPT_INDENT_2) + b"\n")
        files[2].write_text(page(result, tongue), "utf-8")
    return files


def decisions_of(rows: Stored, made: Redecided) -> Any:
    """One row a classification: what was decided, and what would be. No text, no person."""
    columns, after = rows.columns, made.decisions
    codes = tuple(rule.code for rule in RULES)
    return pa.table(
        {
            "event_id": pa.array(_uuids(columns.event_id)),
            "ticket_id": rows.ticket_id,
            "occurred_at": pa.array(columns.occurred_at, pa.timestamp("us", "UTC")),
            "shop": _coded(columns.shop),
            "category": _coded(columns.category),
            "sub_category": _coded(columns.sub_category),
            "intent": _coded(columns.intent),
            "confidence": columns.confidence,
            "escalation": after.escalation.score,
            "route_before": _named(made.before, ROUTES),
            "route_after": _named(after.wanted, ROUTES),
            "done_after": _named(after.chosen, ROUTES),
            "queue_before": _coded(rows.before.queue),
            "queue_after": _coded(made.queue),
            "reason_before": _coded(rows.before.reason),
            "reason_after": _named(after.first, codes),
            "propensity": after.propensity,
            "audit": after.audit,
        }
    )


def _uuids(ids: Any) -> list[str]:
    told = ids.tobytes().hex()
    cut = (told[at : at + 32] for at in range(0, len(told), 32))
    return ["-".join((i[:8], i[8:12], i[12:16], i[16:20], i[20:])) for i in cut]


def _coded(column: Coded[str]) -> Any:
    return _named(column.codes, column.vocabulary)


def _named(codes: Any, names: Any) -> Any:
    places = pa.array(np.asarray(codes, np.int32))
    return pa.DictionaryArray.from_arrays(places, pa.array(list(names), pa.string())).cast(
        pa.string()
    )
