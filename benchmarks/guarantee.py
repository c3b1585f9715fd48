"""Does the guarantee of `calibrate` hold, and what does it gain over a fixed threshold?

    python benchmarks/guarantee.py --data ../shared/data

The pool: every in-scope text of CLINC150's training part (15,000, 150 intents, 10 domains), with
the confidence and the answer of logistic regression on the shipped encoder's vectors, each text
judged by a model that did not see it (five folds). Whatever is drawn from the pool, its true error
rate at a threshold is known: that of the pool. Four ways choose a threshold for "at most alpha
wrong": Learn then Test (ours), the same exact test at every threshold with Bonferroni's correction
(what general packages do), the lowest threshold whose error rate looks small enough (naive), and
fixed 0.85.

- resamples: calibration sets drawn from the pool, judged by the pool
- time (simulated: no public set has dates): the mix of domains drifts over a year; chosen on its
  first half, judged on its second
- domains: chosen on nine, judged on the tenth. Nothing guarantees this: so certificates expire
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from ticketstream.doors.settings import load
from ticketstream.learning.calibrate import best_temperature
from ticketstream.learning.certify.tail import at_most
from ticketstream.learning.certify.thresholds import (
    GRID,
    Bools,
    Floats,
    Level,
    find_threshold,
)
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.encoder import Encoder

RESULTS = Path(__file__).parent / "results" / "guarantee.json"
SIZES = (500, 1000, 3000)
DRIFT = 0.5  # of the log weights of domains, over the year


@dataclass(frozen=True, slots=True)
class Pool:
    """Texts that were judged by a model that had not seen them."""

    confidence: Floats
    right: Bools
    domain: np.ndarray

    def at(self, places: np.ndarray) -> "Pool":
        return Pool(self.confidence[places], self.right[places], self.domain[places])

    def risk(self, threshold: float) -> tuple[float, float]:
        """Error rate above a threshold, and the share of texts above it."""
        above = self.confidence >= threshold
        wrong = float((~self.right[above]).mean()) if above.any() else 0.0
        return wrong, float(above.mean())


Chooses = Callable[[Pool, Level], float | None]


def ours(pool: Pool, level: Level) -> float | None:
    found = find_threshold(pool.confidence, pool.right, level)
    return found.threshold if found.verdict == "certified" else None


def bonferroni(pool: Pool, level: Level) -> float | None:
    counts = [(t, pool.confidence >= t) for t in GRID]
    shown = [
        t
        for t, above in counts
        if at_most(int((above & ~pool.right).sum()), int(above.sum()), level.alpha)
        <= level.delta / len(GRID)
    ]
    return min(shown, default=None)


def naive(pool: Pool, level: Level) -> float | None:
    return min((t for t in GRID if pool.risk(t)[0] <= level.alpha), default=None)


def fixed(_pool: Pool, _level: Level) -> float | None:
    return 0.85


WAYS: dict[str, Chooses] = {
    "ours (Learn then Test)": ours,
    "exact test, Bonferroni": bonferroni,
    "naive": naive,
    "fixed 0.85": fixed,
}


def main() -> None:
    """Print the tables and write the figures."""
    asked = _arguments()
    level = Level(asked.alpha, asked.delta)
    pool = pool_of(asked.data)
    told = {
        "machine": machine(),
        "alpha": level.alpha,
        "delta": level.delta,
        "runs": asked.runs,
        "pool": {
            "texts": len(pool.right),
            "accuracy": float(pool.right.mean()),
            "sure at 0.85": pool.risk(0.85)[1],
            "wrong of these": pool.risk(0.85)[0],
        },
        "splits": {
            name: table(name, [*draws], level)
            for name, draws in (
                *((f"resamples of {n}", resamples(pool, n, asked.runs)) for n in SIZES),
                ("time, simulated", seasons(pool, asked.runs)),
                ("domains", domains(pool, asked.runs)),
            )
        },
    }
    RESULTS.write_text(json.dumps(told, indent=1) + "\n", "utf-8")
    print(f"\n{json.dumps(told['machine'])}\nwrote {RESULTS.name}")


def pool_of(data: Path) -> Pool:
    """CLINC150's training texts, judged out of fold, with a temperature that fits the folds."""
    rows = json.loads((data / "clinc150/data_full.json").read_text("utf-8"))["train"]
    groups = json.loads((data / "clinc150/domains.json").read_text("utf-8"))
    domain_of = {label: name for name, labels in groups.items() for label in labels}
    encoder = Encoder.load(load().models / "encoder")
    vectors = encoder.embed([text for text, _ in rows])
    vectors = vectors - vectors.mean(axis=0)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    labels = np.array([label for _, label in rows])
    names, truth = np.unique(labels, return_inverse=True)
    folds = StratifiedKFold(5, shuffle=True, random_state=0)
    model = LogisticRegression(C=30, max_iter=200)
    logits = cross_val_predict(model, vectors, truth, cv=folds, method="decision_function")
    shares = probabilities(logits, best_temperature(logits, truth))
    domain = np.array([domain_of[name] for name in names])[truth]
    return Pool(shares.max(axis=1), logits.argmax(axis=1) == truth, domain)


Draw = tuple[Pool, Pool]  # to choose on, to judge by


def resamples(pool: Pool, size: int, runs: int) -> Iterator[Draw]:
    """Calibration sets of the pool, with replacement; the pool is the truth."""
    for run in range(runs):
        dice = np.random.default_rng(run)
        yield pool.at(dice.integers(0, len(pool.right), size)), pool


def seasons(pool: Pool, runs: int, size: int = 3000) -> Iterator[Draw]:
    """Half a year to choose on, the next half, with another mix of domains, to judge by."""
    names, codes = np.unique(pool.domain, return_inverse=True)
    for run in range(runs):
        dice = np.random.default_rng(run)
        slope = dice.normal(0.0, DRIFT, len(names))
        halves = [pool.at(_drawn(dice, codes, slope * when, size)) for when in (0.25, 0.75)]
        yield halves[0], halves[1]


def _drawn(dice: np.random.Generator, codes: np.ndarray, logs: Floats, size: int) -> np.ndarray:
    weights = np.exp(logs)[codes]
    return dice.choice(len(codes), size, p=weights / weights.sum())


def domains(pool: Pool, runs: int, size: int = 3000) -> Iterator[Draw]:
    """Nine domains to choose on, the tenth to judge by, each in its turn."""
    names = np.unique(pool.domain)
    for run in range(runs):
        name = names[run % len(names)]
        rest, own = np.flatnonzero(pool.domain != name), np.flatnonzero(pool.domain == name)
        yield pool.at(np.random.default_rng(run).choice(rest, size)), pool.at(own)


def table(name: str, draws: list[Draw], level: Level) -> dict[str, Any]:
    """One table: how often each way kept its word, and how much it would answer."""
    print(f"\n{name}: {len(draws)} runs, at most {level.alpha:.0%} wrong")
    print(f"  {'':24}{'chose':>8}{'kept':>8}{'wrong, mean':>13}{'p95':>8}{'answered':>10}")
    found = {}
    for way, choose in WAYS.items():
        chosen = [(judge, t) for pool, judge in draws if (t := choose(pool, level)) is not None]
        risks = [judge.risk(t) for judge, t in chosen]
        wrong = np.array([r for r, _ in risks] or [0.0])
        answered = sum(share for _, share in risks) / len(draws)  # who abstains answers nothing
        kept = 1.0 - sum(r > level.alpha for r, _ in risks) / len(draws)
        found[way] = {
            "chose": len(chosen) / len(draws),
            "kept": kept,
            "wrong_mean": float(wrong.mean()),
            "wrong_p95": float(np.quantile(wrong, 0.95)),
            "answered": answered,
        }
        print(
            f"  {way:24}{len(chosen) / len(draws):8.1%}{kept:8.1%}{wrong.mean():13.2%}"
            f"{np.quantile(wrong, 0.95):8.2%}{answered:10.1%}"
        )
    return found


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--data", type=Path, required=True, help="the folder of public sets")
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--alpha", type=float, default=0.02)
    parser.add_argument("--delta", type=float, default=0.05)
    return parser.parse_args()


if __name__ == "__main__":
    main()
