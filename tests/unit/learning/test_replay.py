"""Stored classifications under a second policy: what would move, and what that would mean."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from tests.unit.learning.replayed import KEY, NEW, OLD, TICKETS, decided, policy, rows_of
from tests.unit.projections.archived import add

from ticketstream.learning.replay.compare import CARE, Replayed, compare, curve, redecide
from ticketstream.learning.replay.costs import shipped_costs
from ticketstream.learning.replay.report import write_report
from ticketstream.learning.replay.sources import from_archive
from ticketstream.learning.replay.stored import Stored, Wanted
from ticketstream.processors.decision.columns import Coded, columns_of
from ticketstream.processors.decision.decide import decide
from ticketstream.processors.decision.draws import keyed
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.projections.archive import Archive
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.policy import Policy

DRAWS = keyed(KEY)
BEFORE = decided(TICKETS)
ROWS = rows_of(TICKETS, BEFORE)


def replayed(rows: Stored, by: Policy) -> Replayed:
    return compare(rows, by, redecide(rows, by, DRAWS), shipped_costs(), DRAWS)


def test_stored_rows_are_the_very_columns_of_the_events() -> None:
    by_event, by_row = columns_of(TICKETS), ROWS.columns
    for each in fields(by_event):
        one, other = (getattr(c, each.name) for c in (by_event, by_row))
        if isinstance(one, Coded):
            told = [[c.vocabulary[code] for code in c.codes] for c in (one, other)]
            assert told[0] == told[1], each.name
        else:
            np.testing.assert_array_equal(one, other, each.name)


@pytest.mark.parametrize("by", [OLD, NEW, policy(kill_switch=True)])
def test_a_replay_decides_what_the_stage_would_have_decided(by: Policy) -> None:
    made = redecide(ROWS, by, DRAWS).decisions
    again = decided(TICKETS, by)
    assert [ROUTES[place] for place in made.chosen] == [e.route for e in again]
    assert made.propensity.tolist() == [e.propensity for e in again]
    assert made.audit.tolist() == [e.audit for e in again]


def test_the_same_policy_moves_nothing() -> None:
    result = replayed(ROWS, OLD)
    assert (result.moved, result.changed) == (0, ())
    assert result.before == result.after
    assert all(load.before == load.after for load in result.workload)


def test_every_move_is_counted_and_shares_are_those_of_the_events() -> None:
    result, after = replayed(ROWS, NEW), decided(TICKETS, NEW)
    pairs = [(b.route, a.route) for b, a in zip(BEFORE, after, strict=True)]
    assert {(m.before, m.after): m.tickets for m in result.matrix} == {
        pair: pairs.count(pair) for pair in pairs
    }
    assert result.moved == sum(b != a for b, a in pairs) > 20
    auto = [t for t, e in zip(TICKETS, after, strict=True) if e.route == "auto_reply"]
    assert result.after.auto.value == len(auto) / len(TICKETS)
    assert result.after.wrong.value == pytest.approx(sum(1 - t.confidence for t in auto))
    assert result.after.wrong.low < result.after.wrong.value < result.after.wrong.high
    assert result.before.auto.value < result.after.auto.value


def test_workload_is_what_lies_in_the_queues() -> None:
    after = [e.queue for e in decided(TICKETS, NEW)]
    loads = {load.queue: load.after for load in replayed(ROWS, NEW).workload}
    assert {q: n for q, n in loads.items() if n} == {q: after.count(q) for q in set(after)}


def test_shadow_mode_holds_nothing_back_in_the_matrix_and_everything_in_the_queues() -> None:
    live, shadow = replayed(ROWS, NEW), replayed(ROWS, replace(NEW, mode="shadow"))
    assert (live.shadow, shadow.shadow) == (False, True)
    assert shadow.matrix == live.matrix
    assert shadow.workload != live.workload
    then = rows_of(TICKETS, decided(TICKETS, replace(OLD, mode="shadow")))
    assert replayed(then, NEW).matrix == live.matrix


def test_what_was_never_decided_is_counted_and_not_guessed() -> None:
    rows = rows_of(TICKETS, BEFORE[:50])
    assert (len(rows), rows.undecided) == (50, 350)
    assert replayed(rows_of(TICKETS[:9], []), NEW).compared == 0


def test_the_order_of_reading_changes_nothing() -> None:
    turned = rows_of(TICKETS[::-1], BEFORE[::-1])
    assert replayed(turned, NEW) == replayed(ROWS, NEW)


def test_equals_at_the_end_of_those_that_change_most_are_chosen_by_id() -> None:
    same = [
        replace(TICKETS[0], event_id=t.event_id, ticket_id=f"t{n:03}", confidence=0.55)
        for n, t in enumerate(TICKETS)
    ]
    same = [replace(t, sentiment=replace(t.sentiment, anger=0.0)) for t in same]
    by = policy("thresholds = { suggestion = 0.5 }")
    one, other = (replayed(rows_of(s, decided(s)), by).changed for s in (same, same[::-1]))
    assert one == other
    assert [c.ticket_id for c in one] == sorted(c.ticket_id for c in one)
    assert len(one) in {0, 20}


def test_what_changes_most_comes_first_and_losing_care_before_gaining_it() -> None:
    changed = replayed(ROWS, NEW).changed
    assert len(changed) == 20
    assert [abs(c.steps) for c in changed] == sorted((abs(c.steps) for c in changed), reverse=True)
    for each in changed:
        assert each.steps == CARE[each.after] - CARE[each.before] != 0
        assert each.reason_before
        assert each.reason_after
    same = [c for c in changed if abs(c.steps) == abs(changed[0].steps)]
    assert [c.steps > 0 for c in same] == sorted(c.steps > 0 for c in same)


def test_the_curve_falls_in_confidence_and_ends_where_no_threshold_holds_anybody_back() -> None:
    points = curve(ROWS, NEW, DRAWS)
    open_ = replace(NEW, thresholds=replace(NEW.thresholds, auto_reply=0.0), audit_rate=0.0)
    auto = (
        np.asarray(decide(ROWS.columns, open_, DRAWS).wanted) == ROUTES.index("auto_reply")
    ).sum()
    assert points[-1].coverage == auto / len(TICKETS)
    assert [p.threshold for p in points] == sorted((p.threshold for p in points), reverse=True)
    assert all(p.risk <= 1 - p.threshold for p in points)
    assert curve(ROWS, replace(NEW, whitelist=()), DRAWS) == ()


def test_time_shop_and_number_cut_what_is_compared() -> None:
    times = sorted(t.occurred_at for t in TICKETS)
    day = times[len(times) // 2].date()
    since = rows_of(TICKETS, BEFORE, Wanted(since=day))
    until = rows_of(TICKETS, BEFORE, Wanted(until=day))
    assert len(since) + len(until) == len(TICKETS)
    assert 0 < len(since) < len(TICKETS)
    shop = rows_of(TICKETS, BEFORE, Wanted(shop="birch"))
    assert len(shop) == sum(t.shop == "birch" for t in TICKETS)
    last = rows_of(TICKETS, BEFORE, Wanted(limit=7))
    micros = sorted(last.columns.occurred_at.tolist())
    assert [datetime.fromtimestamp(m / 1e6, UTC) for m in micros] == times[-7:]


def test_the_archive_and_the_events_give_the_same_answer(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    some = TICKETS[:60]
    before = decided(some)
    archive.folder.mkdir()
    add(archive, *some, *before, *some[:5], *before[:5])
    stored = from_archive(archive, Wanted(), lambda _: None)
    assert replayed(stored, NEW) == replayed(rows_of(some, before), NEW)
    day = date(2026, 11, 23)
    until = from_archive(archive, Wanted(until=day), lambda _: None)
    assert replayed(until, NEW) == replayed(rows_of(some, before, Wanted(until=day)), NEW)


def test_what_is_forgotten_is_not_decided_again_and_is_counted(tmp_path: Path) -> None:
    archive = Archive(tmp_path / "archive")
    add(archive, *TICKETS[:10], *decided(TICKETS[:10]))
    archive.purge([TICKETS[3].ticket_id])
    stored = from_archive(archive, Wanted(), lambda _: None)
    assert (len(stored), stored.erased) == (9, 1)


def test_an_archive_that_is_not_there_says_what_writes_it(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="ticketstream project"):
        from_archive(Archive(tmp_path / "none"), Wanted(), lambda _: None)


def test_the_report_holds_every_decision_and_names_no_other_file(tmp_path: Path) -> None:
    made = redecide(ROWS, NEW, DRAWS)
    result = replayed(ROWS, NEW)
    files = write_report(tmp_path / "out", ROWS, made, result)
    assert [f.name for f in files] == ["decisions.parquet", "replay.json", "index.html"]
    rows = pq.read_table(files[0]).to_pylist()
    assert [r["event_id"] for r in rows] == [str(t.event_id) for t in TICKETS]
    assert [r["route_after"] for r in rows] == [e.route for e in decided(TICKETS, NEW)]
    assert [r["queue_after"] for r in rows] == [e.queue for e in decided(TICKETS, NEW)]
    assert [r["route_before"] for r in rows] == [e.route for e in BEFORE]
    page = files[2].read_text()
    assert "<polyline" in page
    for foreign in ("http:", "https:", "src=", "href=", "<script", "url("):
        assert foreign not in page
    with pytest.raises(SettingError, match="is not empty"):
        write_report(tmp_path / "out", ROWS, made, result)
