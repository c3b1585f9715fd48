"""An event that kills its worker without an exception is found and buried."""

from pathlib import Path

from ticketstream.stream.record import TopicPartition
from ticketstream.stream.suspects import Suspects

PLACE = TopicPartition("ticket.received", 2)


def start(folder: Path, committed: int, killer: int, slice_size: int) -> tuple[int, bool]:
    """One start of a worker that dies over `killer`; returns (committed offset, buried)."""
    suspects = Suspects(folder)
    mark = suspects.begin(PLACE, committed)
    if not suspects.single(mark):
        return (
            (committed + slice_size, False)
            if killer >= committed + slice_size
            else (
                committed,
                False,
            )
        )
    for offset in range(committed, committed + slice_size):
        if suspects.guilty(mark, offset):
            return offset + 1, True
        mark = suspects.trying(PLACE, mark, offset)
        if offset == killer:
            return offset, False
    return committed + slice_size, False


def test_the_killer_is_buried_after_a_few_starts_and_nobody_else(tmp_path: Path) -> None:
    committed, buried, starts = 0, False, 0
    while not buried and starts < 20:
        committed, buried = start(tmp_path, committed, killer=5, slice_size=10)
        starts += 1
    assert buried
    assert committed == 6
    assert starts == 5


def test_two_starts_at_one_offset_are_no_suspicion(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    assert not suspects.single(suspects.begin(PLACE, 7))
    assert not suspects.single(suspects.begin(PLACE, 7))
    assert suspects.single(suspects.begin(PLACE, 7))


def test_progress_between_starts_clears_the_count(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    for offset in (1, 2, 3, 4):
        assert not suspects.single(suspects.begin(PLACE, offset))


def test_a_death_by_exception_leaves_no_mark(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    for _ in range(5):
        assert not suspects.single(suspects.begin(PLACE, 7))
        suspects.clear(PLACE)


def test_a_torn_mark_is_no_evidence(tmp_path: Path) -> None:
    suspects = Suspects(tmp_path)
    suspects.begin(PLACE, 7)
    next(tmp_path.iterdir()).write_bytes(b'{"offset": 7, "sta')
    assert suspects.begin(PLACE, 7).starts == 1
