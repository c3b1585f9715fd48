"""Measured values -> medians, rates, percentiles and a table to print; nothing is read here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles


@dataclass(frozen=True, slots=True)
class Spread:
    """What the repetitions of one measurement gave."""

    median: float
    min: float
    max: float
    runs: int

    def text(self, digits: int = 0) -> str:
        """`median (min to max)`."""
        low, middle, high = (f"{x:,.{digits}f}" for x in (self.min, self.median, self.max))
        return f"{middle} ({low} to {high})"


def spread(values: Sequence[float]) -> Spread:
    """Median and range of at least one value."""
    return Spread(median(values), min(values), max(values), len(values))


def steady_rate(stamps: Sequence[int], first: int) -> float:
    """Records a second after the first slice, from the outputs' timestamps in milliseconds.

    The first slice only starts the clock: its transform lies before the first timestamp, so
    counting its records would count work whose time is not counted.

    Args:
        stamps: one timestamp a record, in any order.
        first: records of the first slice.

    Raises:
        ValueError: nothing came after the first slice, or all in the same millisecond.
    """
    ordered = sorted(stamps)
    if not 0 < first < len(ordered) or ordered[-1] == ordered[first - 1]:
        raise ValueError("too few records for a rate: there must be two slices at least")
    return (len(ordered) - first) * 1000 / (ordered[-1] - ordered[first - 1])


def percentiles(values: Sequence[float]) -> dict[str, float]:
    """p50, p95, max and n of at least two values, interpolated between neighbours."""
    cuts = quantiles(values, n=100, method="inclusive")
    return {"p50": cuts[49], "p95": cuts[94], "max": max(values), "n": len(values)}


def shares(parts: Mapping[str, float]) -> dict[str, float]:
    """Each part as a fraction of their sum."""
    whole = sum(parts.values())
    return {name: part / whole for name, part in parts.items()}


def parts(
    processes: Mapping[str, float], workers: Sequence[str], plumbing: float, with_models: float
) -> dict[str, float]:
    """What the line's CPU goes to, in the unit of the arguments (CPU milliseconds a ticket).

    Models and detectors: what the same work costs more in one process than with them stubbed.
    Clients: what the workers use beyond that work: Faust, aiokafka, transactions.

    Args:
        processes: what each process used; `kafka` is the broker.
        workers: which of them are the workers.
        plumbing: the work in one process with models and detectors stubbed.
        with_models: the work in one process with the real ones.
    """
    return {
        "broker": processes["kafka"],
        "clients": sum(processes[name] for name in workers) - with_models,
        "plumbing": plumbing,
        "models_and_detectors": with_models - plumbing,
    }


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Lines with aligned columns: the first to the left, the others to the right."""
    lines = [list(head), *map(list, rows)]
    widths = [max(len(line[n]) for line in lines) for n in range(len(head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if n == 0 else cell.rjust(width)
            for n, (cell, width) in enumerate(zip(line, widths, strict=True))
        ).rstrip()
        for line in lines
    )


def verdict(name: str, value: float, target: float, *, at_least: bool, digits: int = 0) -> str:
    """One line: the target, what was measured, and whether that reaches it."""
    reached = value >= target if at_least else value <= target
    sign = ">=" if at_least else "<="
    answer = "reached" if reached else "NOT reached"
    return f"{name}: {value:,.{digits}f}, target {sign} {target:,.{digits}f}: {answer}"
