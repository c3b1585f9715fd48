"""Rows of forgotten tickets lose what could lead to a person; labels and neighbours stay."""

import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text
from tests.unit.projections.rows import LETTER, START, apply, placed, rows
from tests.unit.schemas.samples import SAMPLES, TICKET

from ticketstream.projections.purge import expire, purge, rows_of
from ticketstream.projections.store import ReadModels
from ticketstream.schemas.masked import Facts, TicketMasked
from ticketstream.schemas.policy import PolicyChanged
from ticketstream.vault.forgetting import forget_log

OTHER = "11111111-0f3f-5a55-9c39-2f8d0f3f7a10"
FACTS = Facts(320.0, 129.9, "EUR", 18, 1, 0, payment="open", payment_due=64.9)
EVENTS = [
    replace(e, facts=FACTS) if isinstance(e, TicketMasked) else e
    for e in SAMPLES
    if not isinstance(e, PolicyChanged)
]


def other(number: int, event: Any) -> Any:
    identity = event.event_id.int + 1000 + number
    return replace(event, ticket_id=OTHER, event_id=type(event.event_id)(int=identity))


LOG = placed([*EVENTS, *(other(n, e) for n, e in enumerate(EVENTS)), LETTER])


@pytest.fixture
def told(models: ReadModels) -> ReadModels:
    apply(models, LOG)
    return models


def of(models: ReadModels, table: str, ticket: str) -> list[dict[str, Any]]:
    return [row for row in rows(models)[table] if row["ticket_id"] == ticket]


def test_text_person_case_and_amounts_go_and_labels_stay(told: ReadModels) -> None:
    before = of(told, "ticket", TICKET)[0]
    assert before["order_amount"] is not None
    counts = purge(told.engine, [TICKET])
    assert counts == {"ticket": 1, "timeline": len(EVENTS), "correction": 1}
    after = of(told, "ticket", TICKET)[0]
    assert (before["payment"], before["payment_due"]) == ("open", 64.9)
    amounts = ("currency", "customer_value", "order_amount", "payment_due")
    blank = dict.fromkeys(("case_id", "payment", "payment_method", *amounts))
    assert after == before | blank
    steps = [*of(told, "timeline", TICKET), *of(told, "correction", TICKET)]
    assert {(r["person"], r["text"]) for r in steps} == {("", None), ("", b"")}
    masked = next(r for r in steps if r.get("topic") == "ticket.masked")
    assert masked["summary"]["facts"] == {}
    assert masked["summary"]["findings"] is not None


def test_the_neighbours_rows_stay_as_they_are_and_twice_changes_nothing(told: ReadModels) -> None:
    tables = ("ticket", "timeline", "correction")
    before = {table: of(told, table, OTHER) for table in tables}
    assert any(r["text"] for r in before["timeline"])
    purge(told.engine, [TICKET])
    once = rows(told)
    purge(told.engine, [TICKET])
    assert rows(told) == once
    assert {table: of(told, table, OTHER) for table in tables} == before


def test_a_rebuild_after_an_erasure_ends_as_the_erasure_did(told: ReadModels) -> None:
    purge(told.engine, [TICKET])
    before = rows(told)
    told.rebuild()
    again = ReadModels(told.engine, erased=frozenset({TICKET}).intersection)
    apply(again, *([record] for record in LOG))
    assert rows(again) == before
    assert of(again, "ticket", OTHER)[0]["order_amount"] is not None


def test_what_comes_late_for_an_erased_ticket_is_written_without_the_person(
    models: ReadModels,
) -> None:
    late = ReadModels(models.engine, erased=frozenset({TICKET}).intersection)
    apply(late, LOG)
    assert {r["person"] for r in of(late, "timeline", TICKET)} == {""}
    assert {r["text"] for r in of(late, "timeline", TICKET)} == {None, b""}
    assert "" not in {r["person"] for r in of(late, "correction", OTHER)}


def test_who_is_erased_is_asked_while_no_purge_can_come_between(models: ReadModels) -> None:
    asked = []

    def erased(tickets: Collection[str]) -> frozenset[str]:
        asked.append(set(tickets))
        return frozenset() if _is_locked(models) else frozenset(tickets)

    apply(ReadModels(models.engine, erased=erased), LOG)
    assert asked == [{TICKET, OTHER}]
    assert any(r["person"] for r in of(models, "timeline", TICKET))


def _is_locked(models: ReadModels) -> bool:
    if models.engine.dialect.name == "sqlite":
        file = models.engine.url.database or ""
        with (
            closing(sqlite3.connect(file, timeout=0)) as other,
            pytest.raises(sqlite3.OperationalError, match="locked"),
        ):
            other.execute("BEGIN IMMEDIATE")
        return True
    with models.engine.begin() as other:
        free = "SELECT pg_try_advisory_xact_lock(hashtext(current_schema() || :name))"
        return not other.execute(text(free), {"name": "TICKETSTREAM_READ_MODELS"}).scalar_one()


def test_rows_are_counted_by_table(told: ReadModels) -> None:
    assert rows_of(told.engine, [TICKET, OTHER, "nobody"])["ticket"] == 2
    assert rows_of(told.engine, []) == {"ticket": 0, "timeline": 0, "correction": 0}


def test_what_is_past_the_schedule_goes_and_dead_letters_by_a_date_of_their_own(
    told: ReadModels,
) -> None:
    assert expire(told.engine, START - timedelta(days=900), START) == 0
    assert expire(told.engine, START - timedelta(days=900), START + timedelta(days=1)) == 1
    later = START + timedelta(days=1)
    assert expire(told.engine, later, later) > 0
    left = rows(told)
    assert [left[table] for table in ("ticket", "timeline", "correction", "dead")] == [[]] * 4


@pytest.mark.parametrize("rebuilt", [False, True])
def test_nothing_blanked_is_left_in_the_files(told: ReadModels, *, rebuilt: bool) -> None:
    if rebuilt:
        told.rebuild()
    else:
        purge(told.engine, [TICKET, OTHER])
    assert forget_log(told.engine, 1)
    file = told.engine.url.database
    told.engine.dispose()
    if told.engine.dialect.name == "sqlite":
        assert file is not None
        assert b"sealed text" not in Path(file).read_bytes()
