import sqlite3
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.loops import Loop, Rates, loop_of
from ticketstream.doors.intake.mail import received_from_mail
from ticketstream.doors.intake.notes import Notes

RATES = Rates(matter=3, sender=5)


def mail(number: int, subject: str = "Lampe", sender: str = "jana@brandt.example") -> bytes:
    message = EmailMessage()
    message["From"] = sender
    message["Subject"] = subject
    message["Message-ID"] = f"<m{number}@brandt.example>"
    message.set_content("Sie flackert.")
    return message.as_bytes()


class Stream:
    """A door with a memory; `minutes` pass before each mail."""

    def __init__(self, door: Door, notes: Notes, minutes: int = 1) -> None:
        self.door, self.notes, self.minutes = door, notes, minutes

    def take(self, *mails: bytes) -> list[Loop | None]:
        return [self._one(mail) for mail in mails]

    def _one(self, data: bytes) -> Loop | None:
        later = self.door.received_at + timedelta(minutes=self.minutes)
        self.door = replace(self.door, received_at=later)
        return loop_of(received_from_mail(data, self.door), self.door, self.notes, RATES)


@pytest.fixture
def stream(door: Door, tmp_path: Path) -> Stream:
    return Stream(door, Notes(tmp_path / "notes" / "intake.db"))


def test_a_sender_who_writes_too_often_on_a_matter_is_a_loop_told_once(stream: Stream) -> None:
    found = stream.take(*(mail(n, "Re: " * n + f"[#{n}] Lampe") for n in range(5)))
    assert found == [None, None, None, Loop(4, first=True), Loop(5, first=False)]


def test_another_matter_and_another_sender_go_on(stream: Stream) -> None:
    stream.take(*(mail(n) for n in range(4)))
    assert stream.take(mail(7, "Stuhl"), mail(8, sender="ben@post.example")) == [None, None]


def test_many_mails_of_a_sender_on_many_matters_are_a_loop(stream: Stream) -> None:
    found = stream.take(*(mail(n, f"Betreff {'abcdefg'[n]}") for n in range(7)))
    assert [loop is not None for loop in found] == [False] * 5 + [True] * 2


def test_without_a_subject_the_thread_is_the_matter(stream: Stream) -> None:
    def answer(number: int, thread: str) -> bytes:
        head = (
            f"From: a@b.example\nMessage-ID: <{number}@b>\nReferences: <{thread}@b> <x{number}@b>"
        )
        return f"{head}\n\nHallo".encode()

    found = stream.take(*(answer(n, "t") for n in range(4)), answer(9, "other"))
    assert [loop is not None for loop in found] == [False] * 3 + [True, False]


def test_a_mail_that_is_read_again_is_no_second_turn(stream: Stream) -> None:
    stream.minutes = 0
    assert stream.take(*[mail(1)] * 9) == [None] * 9


def test_one_mail_that_goes_in_a_circle_is_a_loop(stream: Stream) -> None:
    found = stream.take(*[mail(1)] * 5)
    assert found == [None, None, None, Loop(4, first=True), Loop(5, first=False)]


def test_a_turn_of_a_loop_is_buried_as_one_without_naming_anybody(stream: Stream) -> None:
    *_, loop = stream.take(*(mail(n) for n in range(4)))
    assert loop is not None
    assert loop.dead.reason == "loop"
    assert "brandt" not in loop.dead.message


def test_a_patient_writer_is_no_loop(door: Door, tmp_path: Path) -> None:
    slow = Stream(door, Notes(tmp_path / "notes" / "intake.db"), minutes=30)
    assert slow.take(*(mail(n) for n in range(9))) == [None] * 9


def test_a_mail_without_a_sender_is_never_counted(stream: Stream) -> None:
    assert stream.take(*(f"Subject: x{n}\n\nHallo".encode() for n in range(9))) == [None] * 9


def test_a_door_that_was_started_again_remembers_the_loop(stream: Stream) -> None:
    stream.take(*(mail(n) for n in range(3)))
    (path,) = stream.door.attachments.folder.rglob("intake.db")
    stream.notes = Notes(path)
    assert stream.take(mail(3)) == [Loop(4, first=True)]


def test_the_memory_names_nobody_and_is_emptied(stream: Stream) -> None:
    stream.take(mail(1))
    (path,) = stream.door.attachments.folder.rglob("intake.db")
    kept = b"".join(f.read_bytes() for f in path.parent.iterdir())
    assert b"brandt" not in kept
    assert b"Lampe" not in kept
    stream.minutes = 9 * 24 * 60
    stream.take(mail(2))
    with sqlite3.connect(path) as connection:
        assert connection.execute("SELECT count(*) FROM arrival").fetchone() == (2,)
