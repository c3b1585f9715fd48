"""What the door remembers is forgotten with the person, and after a week by itself."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.loops import sender_kind
from ticketstream.doors.intake.notes import KEPT, KEPT_IN, Notes

AT = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)
LENA, BEN = "Lena@mail.example", "ben@mail.example"


@pytest.fixture
def notes(tmp_path: Path, door: Door) -> Notes:
    made = Notes(tmp_path / "notes" / "intake.db")
    for who, tickets in ((LENA, ("t1", "loop1")), (BEN, ("t9",))):
        for ticket in tickets:
            made.arrivals(sender_kind(door, who), ticket, AT, HOUR)
            made.arrivals(sender_kind(door, who, b"lamp"), ticket, AT, HOUR)
    made.claim([b"key of t1"], b"body", "t1", AT)
    made.claim([b"key of t9"], b"body", "t9", AT)
    return made


def test_what_the_door_noted_of_a_sender_is_forgotten_whatever_it_was(
    notes: Notes, door: Door
) -> None:
    # t1 has an event; loop1 was stopped at the door: only the sender leads to it
    hers = {"t1"}, [sender_kind(door, "lena@MAIL.example")]
    assert notes.count(*hers) == 5
    notes.forget(*hers)
    assert notes.count(*hers) == 0
    assert notes.claim([b"key of t9"], b"body", "other", AT)[0].ticket_id == "t9"
    assert notes.arrivals(sender_kind(door, BEN), "t10", AT, HOUR) == 2
    assert notes.arrivals(sender_kind(door, LENA), "t2", AT, HOUR) == 1


def test_nothing_of_it_is_left_in_the_files(notes: Notes, door: Door) -> None:
    kind = sender_kind(door, LENA)
    assert any(kind in f.read_bytes() for f in notes.path.parent.iterdir())
    notes.forget({"t1"}, [kind])
    assert notes.forget_log()
    left = b"".join(f.read_bytes() for f in notes.path.parent.iterdir())
    assert kind not in left
    assert b"key of t1" not in left
    assert b"key of t9" in left


def test_after_a_week_it_is_gone_by_itself(notes: Notes) -> None:
    assert notes.expire(AT + KEPT) == 0
    assert notes.expire(AT + KEPT + timedelta(seconds=1)) == 8
    assert set(KEPT_IN) == {"submission", "arrival"}
