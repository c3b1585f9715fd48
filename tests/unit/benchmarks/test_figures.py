"""Values in, figures and lines out."""

import pytest
from benchmarks.figures import parts, percentiles, shares, spread, steady_rate, table, verdict


def test_a_spread_is_median_minimum_and_maximum_of_the_runs() -> None:
    found = spread([30.0, 10.0, 11.0])
    assert (found.median, found.min, found.max, found.runs) == (11.0, 10.0, 30.0, 3)


def test_a_spread_reads_as_median_and_range() -> None:
    assert spread([40_000.4, 35_000.0, 60_000.0]).text() == "40,000 (35,000 to 60,000)"
    assert spread([1.234]).text(2) == "1.23 (1.23 to 1.23)"


def test_a_rate_counts_only_what_follows_the_first_slice() -> None:
    """Two slices of two records, a second apart: two records a second, not four."""
    assert steady_rate([1_000, 1_000, 2_000, 2_000], first=2) == 2.0


def test_a_steady_stream_has_the_same_rate_however_large_its_first_slice() -> None:
    stamps = [10 * slice_number for slice_number in range(20) for _ in range(5)]
    assert steady_rate(stamps, 5) == steady_rate(stamps, 10) == 500.0


def test_a_rate_does_not_depend_on_the_order_in_which_partitions_are_read() -> None:
    assert steady_rate([2_000, 1_000, 2_000, 1_000], 2) == 2.0


@pytest.mark.parametrize(
    ("stamps", "first"), [([], 0), ([1, 2], 2), ([1, 2], 0), ([5, 5, 5], 1), ([1, 2], 3)]
)
def test_one_slice_gives_no_rate(stamps: list[int], first: int) -> None:
    with pytest.raises(ValueError, match="two slices"):
        steady_rate(stamps, first)


def test_percentiles_lie_within_what_was_measured() -> None:
    found = percentiles([float(n) for n in range(101)])
    assert found == {"p50": 50.0, "p95": 95.0, "max": 100.0, "n": 101}
    assert percentiles([1.0, 2.0])["p95"] <= 2.0


def test_shares_add_up_to_the_whole() -> None:
    assert shares({"broker": 1.0, "models": 3.0}) == {"broker": 0.25, "models": 0.75}


def test_the_parts_of_the_line_are_all_that_broker_and_workers_used() -> None:
    used = {"mask": 4.0, "draft": 16.0, "review": 9.0, "kafka": 3.0, "publisher": 7.0}
    found = parts(used, ["mask", "draft"], plumbing=1.0, with_models=15.0)
    assert found == {"broker": 3.0, "clients": 5.0, "plumbing": 1.0, "models_and_detectors": 14.0}
    assert sum(found.values()) == used["mask"] + used["draft"] + used["kafka"]


def test_a_table_aligns_names_left_and_numbers_right() -> None:
    assert table(["case", "msg/s"], [["no-op", "9"], ["a", "40,000"]]).splitlines() == [
        "case    msg/s",
        "no-op       9",
        "a      40,000",
    ]


def test_a_verdict_says_which_side_of_the_target_the_value_lies() -> None:
    low = verdict("rate", 39_999, 40_000, at_least=True)
    assert low == "rate: 39,999, target >= 40,000: NOT reached"
    assert verdict("rate", 40_000, 40_000, at_least=True).endswith(": reached")
    assert verdict("cost", 2.01, 2.0, at_least=False, digits=2).endswith("2.00: NOT reached")
    assert verdict("cost", 2.0, 2.0, at_least=False).endswith(": reached")
