"""An endpoint that is down is left alone for a while, then tried by one."""

from ticketstream.doors.language_model.breaker import Breaker


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> Breaker:
    breaker = Breaker(3, 60.0, clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed("timeout")
    return breaker


def test_a_few_failures_in_a_row_open_it_and_nobody_asks() -> None:
    breaker = opened(Clock())
    assert breaker.open
    assert not breaker.allows()


def test_a_success_between_failures_starts_the_count_anew() -> None:
    breaker = Breaker(2, 60.0, Clock())
    for _ in range(5):
        breaker.failed("timeout")
        breaker.worked()
    assert breaker.allows()


def test_after_a_while_one_may_try_and_only_one() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 59.9
    assert not breaker.allows()
    clock.now = 60.0
    assert [breaker.allows(), breaker.allows()] == [True, False]


def test_the_one_that_tries_decides_for_all() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 60.0
    assert breaker.allows()
    breaker.failed("timeout")
    assert not breaker.allows()
    clock.now = 119.9
    assert not breaker.allows()
    clock.now = 120.0
    assert breaker.allows()
    breaker.worked()
    assert all(breaker.allows() for _ in range(3))
    assert not breaker.open


def test_stragglers_that_fail_late_do_not_make_it_stay_open_longer() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now = 30.0
    breaker.failed("timeout")
    clock.now = 60.0
    assert breaker.allows()
