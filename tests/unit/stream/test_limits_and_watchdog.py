"""When the loop stops: too many dead letters, or a slice that hangs."""

import threading

import pytest

from ticketstream.stream.limits import DeadLimit, TooManyDeadError
from ticketstream.stream.record import Outgoing
from ticketstream.stream.watchdog import HUNG, Watchdog

GOOD, DEAD = Outgoing("t", b"k", b"v", []), Outgoing("t.dead", b"k", b"v", [], "undecodable")
ERASED = Outgoing("t.dead", b"k", b"", [], "erased")


def test_a_run_of_dead_letters_stops_the_stage_and_says_what_to_do() -> None:
    limit = DeadLimit(run=3)
    limit.note([DEAD, DEAD, GOOD, DEAD, DEAD])
    with pytest.raises(TooManyDeadError, match="dead list"):
        limit.note([DEAD])


def test_a_ratio_of_dead_letters_stops_the_stage() -> None:
    limit = DeadLimit(run=99, ratio=0.5, window=10)
    limit.note([GOOD, DEAD] * 5)
    with pytest.raises(TooManyDeadError, match="more than 50%"):
        limit.note([DEAD, DEAD])


def test_erased_people_are_no_failure_of_the_stage() -> None:
    DeadLimit(run=3, window=5).note([ERASED] * 50)


def test_a_slice_that_takes_too_long_ends_the_process() -> None:
    ended = threading.Event()
    statuses: list[int] = []

    def end(status: int) -> None:
        statuses.append(status)
        ended.set()

    watchdog = Watchdog(0.05, "test", end)
    with watchdog.watching():
        assert ended.wait(5)
    assert statuses[0] == HUNG


def test_work_within_its_deadline_is_left_alone() -> None:
    now = [0.0]
    watchdog = Watchdog(10.0, "test", end=lambda status: None, clock=lambda: now[0])
    with watchdog.watching():
        now[0] = 9.0
        assert not watchdog.overdue()
    now[0] = 99.0
    assert not watchdog.overdue()
