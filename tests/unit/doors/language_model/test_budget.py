"""A share of the tickets, money a day: neither is exceeded, and a restart forgets nothing."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.doors.language_model.budget import MOST_SAVED, Share, Spending
from ticketstream.schemas.errors import SettingError

TODAY = date(2026, 11, 23)


def spending(tmp_path: Path, most: float = 1.0, day: date = TODAY) -> Spending:
    made = Spending(tmp_path / "room" / "spent", most, lambda: day)
    made.open()
    return made


@given(st.lists(st.tuples(st.integers(1, 64), st.integers(0, 64)), max_size=50))
def test_never_more_than_the_share_of_what_was_seen_and_one_to_begin_with(
    slices: list[tuple[int, int]],
) -> None:
    share, seen, taken = Share(0.2), 0, 0
    for came, wanted in slices:
        seen += came
        taken += share.take(came, min(wanted, came))
        assert taken <= 1 + 0.2 * seen + 1e-6


def test_the_whole_share_is_used_where_it_is_wanted() -> None:
    share = Share(0.1)
    assert sum(share.take(1, 1) for _ in range(1_000)) == 101
    everybody = Share(1.0)
    assert everybody.take(64, 64) == 64


def test_quiet_hours_save_up_only_so_much() -> None:
    share = Share(0.5)
    for _ in range(1_000):
        share.take(10, 0)
    assert share.take(2, 64) == MOST_SAVED + 1


def test_no_share_is_nobody() -> None:
    assert Share(0.0).take(100, 100) == 0


def test_what_was_not_asked_about_is_given_back() -> None:
    share = Share(0.5)
    assert share.take(20, 5) == 5
    share.give_back(5)
    assert share.take(2, 20) == 12


def test_money_is_taken_before_the_call_and_corrected_after_it(tmp_path: Path) -> None:
    money = spending(tmp_path, 1.0)
    assert money.reserve(0.6)
    assert not money.reserve(0.6)
    money.correct(0.6, 0.1)
    assert money.reserve(0.6)
    assert money.spent() == pytest.approx(0.7)


def test_a_restart_finds_what_was_spent_today_and_a_new_day_is_new(tmp_path: Path) -> None:
    assert spending(tmp_path).reserve(0.9)
    assert not spending(tmp_path).reserve(0.2)
    assert spending(tmp_path, day=date(2026, 11, 24)).reserve(0.9)


def test_what_costs_nothing_is_never_refused(tmp_path: Path) -> None:
    assert spending(tmp_path, 0.0).reserve(0.0)
    assert not spending(tmp_path, 0.0).reserve(0.01)


def test_a_damaged_file_has_spent_everything(tmp_path: Path) -> None:
    money = spending(tmp_path)
    money.file.write_text(f"{TODAY.isoformat()} damaged")
    assert not money.reserve(0.01)


def test_a_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "room").write_text("a file")
    with pytest.raises(SettingError, match="cannot be written"):
        spending(tmp_path)


def test_workers_of_one_host_share_the_day(tmp_path: Path) -> None:
    """Each opens the file anew, as another process does: the lock is the open file's."""

    def spend() -> int:
        money = spending(tmp_path, 1.0)
        return sum(money.reserve(0.01) for _ in range(100))

    with ThreadPoolExecutor(4) as pool:
        taken = [pool.submit(spend) for _ in range(4)]
    assert sum(t.result() for t in taken) == 100
