"""The archive holds each decision once, by day, without a person, and forgets as the rest does."""

import os
import subprocess
import sys
from dataclasses import fields
from datetime import date, timedelta
from pathlib import Path

import pytest
from tests.unit.projections.archived import (
    add,
    classified,
    outcomes,
    routed,
    rows,
    sample,
    table_of,
)

from ticketstream.projections.archive import SCHEMAS, Archive
from ticketstream.projections.placed import Place
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.outcome import AgentEdited

TICKETS = [classified(n) for n in range(4)]
EVENTS = [e for t in TICKETS for e in (t, routed(t), *outcomes(t))]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return Archive(tmp_path / "archive")


def test_a_row_holds_what_was_judged_and_what_was_decided(archive: Archive) -> None:
    ticket = classified(1)
    add(archive, ticket, routed(ticket))
    (row,) = rows(archive)["decisions"]
    assert (row["event_id"], row["ticket_id"]) == (str(ticket.event_id), "t1")
    assert (row["confidence"], row["scores"]) == (ticket.confidence, ticket.scores)
    assert (row["customer_value"], row["payment"], row["tickets_30d_same_case"]) == (320, "open", 0)
    assert (row["secondary"], row["opinion"]) == (["edit"], "overruled")
    assert (row["route"], row["reasons"]) == ("agent_suggestion", ["confident"])
    assert row["shadow_route"] == "auto_reply"
    assert dict(row["eligible"]) == routed(ticket).eligible
    assert row["erased"] is False


def test_a_day_is_a_file(archive: Archive) -> None:
    add(archive, *TICKETS)
    assert [day for _, day, _ in archive.days()] == [
        date(2026, 11, 23) + timedelta(days=n) for n in range(4)
    ]


def test_outcomes_say_what_became_of_it_without_text_and_agent(archive: Archive) -> None:
    add(archive, *outcomes(TICKETS[0]))
    sent, edited, closed = rows(archive)["outcomes"]
    assert (sent["topic"], sent["mode"], sent["status"]) == ("reply.sent", "agent", "sent")
    assert (edited["edit_distance"], edited["draft_event_id"]) == (
        0.25,
        sample(AgentEdited).draft_event_id,
    )
    assert (closed["csat"], closed["reopened"], closed["mode"]) == (5, False, None)


def test_nobody_and_no_text_stands_in_it(archive: Archive, tmp_path: Path) -> None:
    add(archive, *EVENTS)
    columns = {name for schema in SCHEMAS.values() for name in schema.names}
    assert not columns & {"person", "text", "identity", "agent", "external"}
    kept = repr(rows(archive)) + "".join(
        f.read_bytes().decode("latin-1") for f in tmp_path.rglob("*.parquet")
    )
    for gone in ("Lena", "KB-4821973", "lena@mail.example", "sealed", "p1"):
        assert gone not in kept


def test_what_comes_twice_is_there_once(archive: Archive) -> None:
    add(archive, *EVENTS)
    before = rows(archive)
    add(archive, *EVENTS, *EVENTS)
    assert rows(archive) == before
    assert [len(r) for r in before.values()] == [4, 12]


def test_a_later_decision_stands_for_the_earlier_one(archive: Archive) -> None:
    add(archive, TICKETS[0], routed(TICKETS[0]), routed(TICKETS[0], route="manual_queue"))
    (row,) = rows(archive)["decisions"]
    assert row["route"] == "manual_queue"
    add(archive, TICKETS[0])
    assert rows(archive)["decisions"] == [row]


def test_a_classification_waits_for_its_decision(archive: Archive) -> None:
    add(archive, TICKETS[0])
    assert rows(archive)["decisions"][0]["route"] is None
    add(archive, routed(TICKETS[0]))
    assert rows(archive)["decisions"][0]["route"] == "agent_suggestion"


def test_a_decision_about_nothing_is_counted_and_makes_no_row(archive: Archive) -> None:
    assert archive.add("ticket.routed", table_of([routed(TICKETS[0])]), {}) == 1
    assert rows(archive)["decisions"] == []


def test_positions_are_kept_and_may_be_forgotten(archive: Archive) -> None:
    archive.move({Place("ticket.routed", 0): 3})
    archive.move({Place("ticket.routed", 1): 5, Place("ticket.routed", 0): 4})
    assert Archive(archive.folder).positions() == {
        Place("ticket.routed", 0): 4,
        Place("ticket.routed", 1): 5,
    }
    archive.forget_positions()
    assert archive.positions() == {}


def test_rows_of_the_forgotten_lose_case_and_amounts_and_keep_labels(archive: Archive) -> None:
    add(archive, *EVENTS)
    before = rows(archive)
    assert archive.rows_of(["t1"]) == {"archive decisions": 1, "archive outcomes": 3}
    assert archive.purge(["t1"]) == archive.rows_of(["t1"])
    after = rows(archive)
    row = next(r for r in after["decisions"] if r["ticket_id"] == "t1")
    amounts = ("currency", "customer_value", "order_amount", "payment", "payment_method")
    assert {row[name] for name in (*amounts, "payment_due")} == {None}
    assert (row["case_id"], row["erased"], row["category"]) == ("", True, "delivery")
    for model in before:
        others = [r for r in before[model] if r["ticket_id"] != "t1"]
        assert [r for r in after[model] if r["ticket_id"] != "t1"] == others
    archive.purge(["t1"])
    assert rows(archive) == after


def test_what_comes_late_for_a_forgotten_ticket_is_written_blank(archive: Archive) -> None:
    add(archive, *EVENTS)
    archive.purge(["t1"])
    after = rows(archive)
    again = Archive(archive.folder, erased=frozenset({"t1"}).intersection)
    add(again, *EVENTS)
    assert rows(again) == after


def test_what_a_killed_writer_left_goes_with_an_erasure(archive: Archive) -> None:
    add(archive, *EVENTS)
    draft = archive.days()[0][2].with_name(".part.parquet.draft")
    draft.write_bytes(b"rows of somebody")
    archive.purge(["t1"])
    assert not draft.exists()


def test_days_past_the_schedule_go(archive: Archive) -> None:
    add(archive, *EVENTS)
    assert archive.expire(date(2026, 11, 25)) == 2 * 4
    assert {day for _, day, _ in archive.days()} == {date(2026, 11, 25), date(2026, 11, 26)}
    assert archive.expire(date(2026, 11, 25)) == 0


def test_an_archive_that_is_not_there_is_empty(archive: Archive) -> None:
    assert archive.rows_of(["t1"]) == {"archive decisions": 0, "archive outcomes": 0}
    assert archive.purge(["t1"]) == archive.rows_of(["t1"])
    assert archive.expire(date(2026, 1, 1)) == 0


def test_everything_a_classification_says_without_a_person_is_kept() -> None:
    told = {f.name for f in fields(TicketClassified)}
    left = {"cause_id", "external", "text", "identity", "person", "prediction_set", "models"}
    split = {
        "producer": "classifier", "facts": "order_amount", "sentiment": "anger",
        "second_opinion": "opinion", "policy": "policy_id",
    }  # fmt: skip
    assert {split.get(n, n) for n in told - left} <= set(SCHEMAS["decisions"].names)


# forks a writer that dies at its n-th write, half of the file written, and one that ends the work
KILLED = """
import os, signal, sys
from pathlib import Path
from tests.unit.projections.archived import add, outcomes, routed, rows, table_of
from tests.unit.projections.test_archive import TICKETS
from ticketstream.projections import archive as module
from ticketstream.projections.placed import Place

TOPICS = {
    "ticket.classified": TICKETS,
    "ticket.routed": [routed(t) for t in TICKETS],
    "ticket.closed": [outcomes(t)[2] for t in TICKETS],
}
replace = module.replace_file

def write(folder, last):
    steps = 0
    def counted(file, data):
        nonlocal steps
        steps += 1
        if steps == last:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.with_name(f".{file.name}.draft").write_bytes(bytes(data)[: len(data) // 2])
            os.kill(os.getpid(), signal.SIGKILL)
        replace(file, data)
    module.replace_file = counted
    archive = module.Archive(folder)
    with archive.alone():
        at = archive.positions()
        for topic, events in TOPICS.items():
            if left := events[at.get(Place(topic, 0), 0):]:
                archive.add(topic, table_of(left), {Place(topic, 0): len(events)})

def forked(folder, last):
    child = os.fork()
    if not child:
        write(folder, last)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

home = Path(sys.argv[1])
write(home / "whole", 0)
whole = rows(module.Archive(home / "whole"))
last, ended = 0, None
while ended != 0:
    last += 1
    folder = home / str(last)
    ended = forked(folder, last)
    assert ended in {0, -signal.SIGKILL}, ended
    assert forked(folder, 0) == 0
    assert rows(module.Archive(folder)) == whole, last
print(last)
"""


def test_killed_at_any_write_nothing_is_lost_and_nothing_doubled(tmp_path: Path) -> None:
    program = [sys.executable, "-c", KILLED, str(tmp_path)]
    paths = {"PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE, text=True, env=paths)
    assert int(done.stdout) == 1 + 3 * (len(TICKETS) + 1)
