"""Recall, precision and speed of maskers on tickets they have never seen, side by side.

    python benchmarks/masking.py [--data DIR] [--peers PYTHON] [--quick]

Texts: the project's own test set (English and German, frozen by hash, written by hand by somebody
who knew neither detectors nor training templates), and presidio_research's synth_dataset_v2 from
DIR. Maskers: ours with and without what the ticket's From line tells, ours without the model, and
Presidio with its default English model, run by PYTHON (a Python that has `benchmarks/peers.txt`).

A marked value counts as found when every letter and digit of it is covered, by spans of any type;
`typed` asks for the right type too. A span is right when it touches a marked value. Harmless
strings are marked too: they count as masked when any letter or digit of them is covered.
"""

import argparse
import json
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from email.utils import parseaddr
from pathlib import Path
from statistics import quantiles
from typing import Any

from figures import table
from machine import machine
from masking_sets import HARMLESS, IGNORED, Text, own, presidio_research

from ticketstream.doors.equip import entities_of
from ticketstream.doors.settings import ROOT, load
from ticketstream.processors.detectors import detect
from ticketstream.processors.detectors.known import Known, finder
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.masking import resolve
from ticketstream.processors.readable import without_own

RESULTS = Path(__file__).with_name("results") / "masking.json"
TESTSET = ROOT / "knowledge" / "testset"
OWN = frozenset((TESTSET / "masking.own.txt").read_text("utf-8").splitlines())
Found = list[tuple[int, int, str]]
Masker = Callable[[Text], Found]


@dataclass
class Score:
    """Counts of one masker on one set."""

    marked: int = 0
    whole: int = 0
    typed: int = 0
    letters: int = 0
    leaked: int = 0
    spans: int = 0
    right: int = 0
    harmless: int = 0
    harmed: int = 0

    def figures(self) -> dict[str, float]:
        recall = self.whole / max(1, self.marked)
        precision = self.right / max(1, self.spans)
        f2 = 5 * precision * recall / max(1e-9, 4 * precision + recall)
        return {
            "recall": recall,
            "typed": self.typed / max(1, self.marked),
            "precision": precision,
            "f2": f2,
            "leaked": self.leaked / max(1, self.letters),
            "harmless_masked": self.harmed / max(1, self.harmless),
        }


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    sets = {name: own(TESTSET / f"masking.{name}.txt") for name in ("en", "de")}
    if options.data:
        sets["presidio_research"] = presidio_research(options.data)
    if options.quick:
        sets = {name: texts[:40] for name, texts in sets.items()}
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, texts in sets.items():
        for masker, answer in _answers(texts, options.peers, name).items():
            rows[name][masker] = _judged(texts, *answer)
    result = {"machine": machine(), "sets": rows}
    _print(result)
    if not options.quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")


def _answers(
    texts: Sequence[Text], peers: Path | None, name: str
) -> dict[str, tuple[list[Found], list[float]]]:
    entities = entities_of(load()).find
    maskers: dict[str, Masker] = {
        "ours": lambda t: _ours(t, [*detect(t.text), *entities(t.text), *_told(t)]),
        "ours, no From line": lambda t: _ours(t, [*detect(t.text), *entities(t.text)]),
        "ours, rules only": lambda t: _ours(t, detect(t.text)),
    }
    found = {masker: _timed(find, texts) for masker, find in maskers.items()}
    if peers:
        found["presidio"] = _presidio(peers, texts, "de" if name == "de" else "en")
    return found


def _ours(text: Text, spans: Sequence[Span]) -> Found:
    kept = resolve(text.text, without_own(text.text, spans, OWN))
    return [(s.start, s.end, s.type) for s in kept]


def _told(text: Text) -> list[Span]:
    name, address = parseaddr(text.sender)
    known = Known(names=(name,) if name else (), addresses=(address,) if address else ())
    return finder(known)(text.text) if text.sender else []


def _timed(find: Masker, texts: Sequence[Text]) -> tuple[list[Found], list[float]]:
    for text in texts[:5]:
        find(text)
    found, seconds = [], []
    for text in texts:
        began = time.perf_counter()
        found.append(find(text))
        seconds.append(time.perf_counter() - began)
    return found, seconds


def _presidio(
    python: Path, texts: Sequence[Text], language: str
) -> tuple[list[Found], list[float]]:
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "texts.json", Path(folder) / "found.json"
        given.write_text(json.dumps({"language": language, "texts": [t.text for t in texts]}))
        script = Path(__file__).with_name("masking_peer.py")
        subprocess.run([str(python), str(script), str(given), str(answer)], check=True)
        told = json.loads(answer.read_text())
    return [[(a, b, k) for a, b, k in spans] for spans in told["found"]], told["seconds"]


def _judged(texts: Sequence[Text], found: Sequence[Found], seconds: Sequence[float]) -> Any:
    whole = Score()
    by_type: dict[str, Score] = defaultdict(Score)
    for text, spans in zip(texts, found, strict=True):
        _count(text, spans, whole, by_type)
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {
        "texts": len(texts),
        **whole.figures(),
        "p50_ms": cuts[49] * 1000,
        "p95_ms": cuts[94] * 1000,
        "texts_a_second": len(texts) / sum(seconds),
        "recall_by_type": {k: [s.whole, s.marked] for k, s in sorted(by_type.items())},
    }


def _count(text: Text, spans: Found, whole: Score, by_type: dict[str, Score]) -> None:
    covered: dict[int, str] = {i: k for a, b, k in spans for i in range(a, b)}
    meant = set()
    for start, end, kind in text.marks:
        places = [i for i in range(start, end) if text.text[i].isalnum()]
        open_ones = [i for i in places if i not in covered]
        if kind == HARMLESS:
            whole.harmless += 1
            whole.harmed += len(open_ones) < len(places)
            continue
        meant |= {*range(start, end)}
        if kind == IGNORED:
            continue
        for score in (whole, by_type[kind]):
            score.marked += 1
            score.whole += not open_ones
            score.typed += not open_ones and {covered[i] for i in places} == {kind}
            score.letters += len(places)
            score.leaked += len(open_ones)
    whole.spans += len(spans)
    whole.right += sum(any(i in meant for i in range(a, b)) for a, b, _ in spans)


def _print(result: dict[str, Any]) -> None:
    print(f"\n{json.dumps(result['machine'])}\n")
    shares = ("recall", "typed", "precision", "f2", "leaked", "harmless_masked")
    for name, maskers in result["sets"].items():
        rows = [
            [
                masker,
                *(f"{row[s]:.1%}" for s in shares),
                f"{row['p50_ms']:.1f}",
                f"{row['p95_ms']:.1f}",
                f"{row['texts_a_second']:,.0f}",
            ]
            for masker, row in maskers.items()
        ]
        texts = next(iter(maskers.values()))["texts"]
        print(table([f"{name}, {texts} texts", *shares, "p50 ms", "p95 ms", "texts/s"], rows))
        print()
    for name, maskers in result["sets"].items():
        kinds = sorted({k for row in maskers.values() for k in row["recall_by_type"]})
        rows = [
            [kind, *(_part(row["recall_by_type"].get(kind)) for row in maskers.values())]
            for kind in kinds
        ]
        print(table([f"{name}: whole values found", *maskers], rows))
        print()


def _part(counts: list[int] | None) -> str:
    return f"{counts[0]}/{counts[1]}" if counts else ""


if __name__ == "__main__":
    main()
