"""The schedule leaves nothing out, and says of every place what ends it."""

from ticketstream.doors.person.schedule import CLEAR_DAYS, SEALED_DAYS, read_tables, schedule
from ticketstream.projections.store import PROJECTIONS
from ticketstream.stream.topics import topics
from ticketstream.vault import tables


def places(kind: str) -> set[str]:
    return {kept.name for kept in schedule() if kept.kind == kind}


def test_every_topic_table_and_lancedb_table_stands_in_the_schedule() -> None:
    assert places("topic") == set(topics())
    assert places("vault table") == set(tables.metadata.tables)
    assert places("read model") == set(read_tables())
    assert {"ticket", "timeline", "correction", "dead"} <= set(read_tables())
    assert places("LanceDB table") == {"chunks"}
    assert len(PROJECTIONS) == 4


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
    assert all(kept.holds and kept.ends for kept in schedule())
