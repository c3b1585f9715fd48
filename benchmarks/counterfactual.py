"""Does the interval hold the truth? A simulated shop, the real rules, 500 logs of each kind.

    python benchmarks/counterfactual.py [--runs 500]

For each log: what would have become of its tickets under a lower threshold, estimated by the naive
mean of those whose route agrees, by inverse propensity (IPS), self-normalised (SNIPS), and doubly
robust with the interval that the reports use; beside it the usual intervals over the same scores.
The truth is the realised one: every ticket has an outcome for every route.
"""

import argparse
import json
import time
from collections import defaultdict
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict
from math import sqrt
from pathlib import Path
from typing import Any

import numpy as np
from counterfactual_shop import CASES, Case, Year, year
from figures import table, verdict
from machine import machine

from ticketstream.learning.counterfactual.bounds import (
    betting,
    bootstrap,
    empirical_bernstein,
    normal,
)
from ticketstream.learning.counterfactual.estimate import value
from ticketstream.learning.counterfactual.scores import answer_rates
from ticketstream.learning.replay.intervals import Estimate, Z
from ticketstream.processors.decision.columns import Floats

TARGET = 0.95
ROOT = Path(__file__).parent
OURS = "doubly robust, betting"
WAYS = {
    OURS: betting,
    "doubly robust, normal": normal,
    "doubly robust, bootstrap": bootstrap,
    "doubly robust, empirical Bernstein": empirical_bernstein,
}
Row = dict[str, float]


def naive(made: Year) -> Estimate:
    """The mean of tickets that went where the new policy sends them, as a dashboard shows it."""
    return _around(made.log.outcome[made.log.telling])


def ips(made: Year) -> Estimate:
    return _around(_weights(made) * np.nan_to_num(made.log.outcome))


def snips(made: Year) -> Estimate:
    """Self-normalised, with the delta method's interval."""
    weights, outcome = _weights(made), np.nan_to_num(made.log.outcome)
    mean = float(weights @ outcome / weights.sum())
    half = Z * sqrt(float((weights**2) @ (outcome - mean) ** 2)) / float(weights.sum())
    return Estimate(mean, mean - half, mean + half)


SIMPLE: Mapping[str, Callable[[Year], Estimate]] = {
    "naive mean": naive,
    "IPS, normal": ips,
    "SNIPS, normal": snips,
}


def one(case: Case, seed: int) -> dict[str, Row]:
    """Every estimator on one log: error, width and whether the truth lies inside."""
    made = year(case, seed)
    told = {name: _scored(way(made), made.after) for name, way in SIMPLE.items()}
    for name, bounds in WAYS.items():
        found = value(made.log, bounds)
        told[name] = _scored(found.after, made.after)
        told[f"difference: {name}"] = _scored(found.gain, made.after - made.before)
        told["tickets"] = {
            "supported": float(len(made.log)),
            "moved": float(found.moved),
            "telling": float(found.telling),
            "effective": found.effective,
        }
    return told


def measure(case: Case, runs: int, pool: ProcessPoolExecutor) -> dict[str, Any]:
    """All logs of one kind."""
    began, collected = time.monotonic(), defaultdict(list)
    for told in pool.map(one, [case] * runs, range(runs), chunksize=10):
        for name, row in told.items():
            collected[name].append(row)
    return {
        "case": asdict(case),
        "seconds": round(time.monotonic() - began, 1),
        "tickets": _ranges(collected.pop("tickets")),
        "estimators": {name: _summed(rows) for name, rows in collected.items()},
    }


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--runs", type=int, default=500)
    arguments.add_argument("--out", type=Path, default=ROOT / "results" / "counterfactual.json")
    given = arguments.parse_args()
    with ProcessPoolExecutor(2) as pool:
        found = [measure(case, given.runs, pool) for case in CASES]
    for each in found:
        show(each)
    least = min(
        each["estimators"][name]["coverage"]
        for each in found
        for name in (OURS, f"difference: {OURS}")
    )
    print(verdict("least coverage in %", 100 * least, 100 * TARGET, at_least=True, digits=1))
    answer = {"machine": machine(), "runs": given.runs, "cases": found}
    given.out.write_text(json.dumps(answer, indent=2) + "\n")


def show(found: dict[str, Any]) -> None:
    case, some = found["case"], found["tickets"]
    print(f"\n{case['name']}: {case['tickets']:,} tickets, {case['exploration']:.0%} explored")
    print(
        f"moved {some['moved']['median']:.0f}, telling {some['telling']['median']:.0f} "
        f"({some['telling']['min']:.0f} to {some['telling']['max']:.0f}); {found['seconds']} s"
    )
    rows = [
        [
            name,
            f"{e['coverage']:.1%}",
            f"{e['width']:.3f} ({e['width_p5']:.3f} to {e['width_p95']:.3f})",
            f"{e['bias']:+.4f} +- {e['bias_error']:.4f}",
            f"{e['rmse']:.4f}",
        ]
        for name, e in found["estimators"].items()
    ]
    print(table(["", "holds the truth", "width (5 to 95 %)", "bias", "rmse"], rows))


def _weights(made: Year) -> Floats:
    log = made.log
    return np.where(log.telling, 1 / (log.chance * answer_rates(log, log.target)), 0.0)


def _around(values: Floats) -> Estimate:
    mean, half = float(values.mean()), Z * float(values.std(ddof=1)) / sqrt(len(values))
    return Estimate(mean, mean - half, mean + half)


def _scored(found: Estimate, truth: float) -> Row:
    inside = found.low - 1e-9 <= truth <= found.high + 1e-9
    return {"error": found.value - truth, "width": found.high - found.low, "inside": float(inside)}


def _summed(rows: list[Row]) -> Row:
    error, width, inside = (np.array([r[n] for r in rows]) for n in ("error", "width", "inside"))
    return {
        "coverage": float(inside.mean()),
        "width": round(float(width.mean()), 4),
        "width_p5": round(float(np.quantile(width, 0.05)), 4),
        "width_p95": round(float(np.quantile(width, 0.95)), 4),
        "bias": round(float(error.mean()), 5),
        "bias_error": round(1.96 * float(error.std()) / sqrt(len(error)), 5),
        "rmse": round(sqrt(float((error**2).mean())), 5),
    }


def _ranges(rows: list[Row]) -> dict[str, Row]:
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {
        name: {
            "median": float(np.median(values)),
            "min": float(values.min()),
            "max": float(values.max()),
        }
        for name, values in columns.items()
    }


if __name__ == "__main__":
    main()
