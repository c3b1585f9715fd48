"""The schedule leaves nothing out, and says of every place what ends it."""

import re
import sqlite3
from pathlib import Path

import pytest
from tests.unit.doors.person.places import (
    ROOT,
    SOURCES,
    database_files,
    lancedb_tables,
    sql_tables,
)

from ticketstream.doors.intake.notes import Notes
from ticketstream.doors.person.schedule import (
    CLEAR_DAYS,
    SEALED_DAYS,
    WHERE,
    Kept,
    read_tables,
    schedule,
)
from ticketstream.projections.store import PROJECTIONS
from ticketstream.stream.topics import topics
from ticketstream.vault import tables

PAGE = (ROOT / "docs" / "privacy.md").read_text().split("\n## Retention", 1)[1].split("\n## ")[0]


def places(kind: str) -> set[str]:
    return {kept.name for kept in schedule() if kept.kind == kind}


def test_every_topic_and_table_stands_in_the_schedule() -> None:
    assert places("topic") == set(topics())
    assert places("vault table") == set(tables.metadata.tables)
    assert places("read model") == set(read_tables())
    assert {"ticket", "timeline", "correction", "dead"} <= set(read_tables())
    assert len(PROJECTIONS) == 4


def test_every_database_file_that_the_code_names_stands_in_the_schedule() -> None:
    named = {name for path in SOURCES for name in database_files(path.read_text())}
    assert {"vault.db", "read.db", "intake.db", "shop.db"} <= named
    assert named <= set(WHERE.values())


def test_every_table_that_the_code_makes_stands_in_the_schedule() -> None:
    made = {name for path in SOURCES for name in sql_tables(path.read_text())}
    assert {"person", "timeline", "submission", "order"} <= made
    assert made <= {kept.name for kept in schedule()}


def test_every_lancedb_table_that_the_code_makes_stands_in_the_schedule() -> None:
    sources = [p.read_text() for p in SOURCES if "lancedb" in p.read_text()]
    made = {name for source in sources for name in lancedb_tables(source)}
    assert made == places("LanceDB table") == {"chunks"}


def test_the_tables_of_the_doors_are_those_of_their_file(tmp_path: Path) -> None:
    Notes(tmp_path / "intake.db")
    with sqlite3.connect(tmp_path / "intake.db") as connection:
        made = {
            r[0] for r in connection.execute("select name from sqlite_master where type='table'")
        }
    connection.close()
    assert made == places("door table")


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('x = home / "faces.db"', {"faces.db"}),
        ('Table("faces", metadata)', {"faces"}),
        ('run("CREATE TABLE IF NOT EXISTS faces (a INT)")', {"faces"}),
        ('NAME = "faces"\nTable(NAME, m)', {"faces"}),
    ],
)
def test_a_place_that_nobody_named_would_be_noticed(source: str, found: set[str]) -> None:
    assert database_files(source) | sql_tables(source) == found
    assert not found & {kept.name for kept in schedule()}


def test_an_unnamed_lancedb_table_would_be_noticed() -> None:
    source = 'NAME = "tickets"\ndef f(db):\n    db.create_table(NAME, [])\n    db.open_table("x")\n'
    assert lancedb_tables(source) == ["tickets", "x"]
    assert not set(lancedb_tables(source)) & places("LanceDB table")


@pytest.mark.parametrize("kept", schedule(), ids=lambda k: f"{k.kind}-{k.name}")
def test_every_place_stands_in_the_privacy_page_under_its_kind(kept: Kept) -> None:
    rows = re.findall(rf"^\| {re.escape(kept.kind)} \| (.*?) \|", PAGE, re.MULTILINE)
    assert kept.name in re.findall(r"`([^`]+)`", " ".join(rows))


def test_the_privacy_page_names_no_place_that_is_gone() -> None:
    kinds = "|".join(re.escape(kind) for kind in {kept.kind for kept in schedule()})
    rows = re.findall(rf"^\| ({kinds}) \| (.*?) \|", PAGE, re.MULTILINE)
    named = {(kind, name) for kind, names in rows for name in re.findall(r"`([^`]+)`", names)}
    assert named == {(kept.kind, kept.name) for kept in schedule()}


def test_what_is_in_the_clear_is_kept_for_days_and_what_is_sealed_for_years() -> None:
    days = {k.name: k.days for k in schedule() if k.kind == "topic"}
    assert {n for n, d in days.items() if d == CLEAR_DAYS} == {
        "ticket.received",
        "agent.replied",
        *(name for name in topics() if name.endswith(".dead")),
    }
    assert days["policy.changed"] is None
    assert days["ticket.masked"] == SEALED_DAYS == 3 * 365


def test_every_place_says_what_it_holds_and_what_ends_it() -> None:
    assert all(kept.holds and kept.ends and kept.where for kept in schedule())
