"""Recall, precision and speed of maskers on tickets they have never seen, side by side.

    python benchmarks/masking.py [--data DIR] [--peers PYTHON] [--development] [--quick]

Texts: the project's own test set (English and German, frozen by hash, written by hand by somebody
who knew neither detectors nor training tickets), and presidio_research's synth_dataset_v2 from
DIR; with --development the sets that thresholds and rules were chosen on, which prove nothing.
Maskers: ours as mask reads a ticket, without what the From line tells, and without the model;
Presidio and argus-redact with the same small English model, run by PYTHON (a Python that has
`benchmarks/peers.txt`). All on one thread. How is counted: `masking_score.py`.
"""

import argparse
import json
import os
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import parseaddr
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID

from figures import table
from machine import machine
from masking_score import Found, scored
from masking_sets import BETWEEN, Text, own, presidio_research

from ticketstream.doors.equip import masker_of
from ticketstream.doors.settings import ROOT, load
from ticketstream.processors.detectors.entities import nothing
from ticketstream.processors.mask import read
from ticketstream.processors.masker import Masker
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.received import Sender, TicketReceived

RESULTS = Path(__file__).with_name("results") / "masking.json"
TESTSET = ROOT / "knowledge" / "testset"
DEVELOPMENT = ROOT / "knowledge" / "masking"
OWN = frozenset((TESTSET / "masking.own.txt").read_text("utf-8").splitlines())
PEERS = ("presidio", "argus-redact")
SLOW = frozenset({"argus-redact"})  # asked about our own sets only
ID = UUID(int=1)
Answer = tuple[list[Found], list[float]]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--development", action="store_true")
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    rows: dict[str, dict[str, Any]] = defaultdict(dict)
    for name, texts in _sets(options).items():
        some = texts[:40] if options.quick else texts
        for masker, answer in _answers(some, options.peers, name).items():
            rows[name][masker] = _judged(some, *answer)
    result = {"machine": machine(), "sets": rows}
    _print(result)
    if not options.quick and not options.development:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")


def _sets(options: argparse.Namespace) -> dict[str, list[Text]]:
    folder, start = (DEVELOPMENT, "dev") if options.development else (TESTSET, "masking")
    sets = {name: own(folder / f"{start}.{name}.txt") for name in ("en", "de")}
    if options.data:
        sets["presidio_research"] = presidio_research(options.data, odd=not options.development)
    return sets


def _answers(texts: Sequence[Text], peers: Path | None, name: str) -> dict[str, Answer]:
    masker = replace(masker_of(load(), b"benchmark"), readable=OWN)
    rules = replace(masker, entities=nothing)
    maskers: dict[str, Callable[[Text], Found]] = {
        "ours": lambda t: _ours(t, masker),
        "ours, no From line": lambda t: _ours(t, masker, told=False),
        "ours, rules only": lambda t: _ours(t, rules, told=False),
    }
    found = {masker: _timed(find, texts) for masker, find in maskers.items()}
    if peers:
        language = "de" if name == "de" else "en"
        asked = [peer for peer in PEERS if name in ("en", "de") or peer not in SLOW]
        found |= {peer: _peer(peer, peers, texts, language) for peer in asked}
    return found


def _ours(text: Text, masker: Masker, *, told: bool = True) -> Found:
    """What mask finds in subject and body, in offsets of both as one text."""
    reading = read(_ticket(text, told=told), masker)
    shift = len(text.subject + BETWEEN) if text.subject else 0
    places = zip((0, shift), reading.spans[:2], strict=True)
    return [(s.start + by, s.end + by, s.type) for by, spans in places for s in spans]


def _ticket(text: Text, *, told: bool) -> TicketReceived:
    name, address = parseaddr(text.sender) if told else ("", "")
    return TicketReceived(
        event_id=ID,
        ticket_id=str(ID),
        case_id=str(ID),
        cause_id=None,
        occurred_at=datetime(2026, 1, 1, tzinfo=UTC),
        shop="kestrel",
        producer=Producer("benchmark", "1"),
        subject=text.subject,
        text=text.body,
        sender=Sender(name, address),
    )


def _timed(find: Callable[[Text], Found], texts: Sequence[Text]) -> Answer:
    for text in texts[:5]:
        find(text)
    found, seconds = [], []
    for text in texts:
        began = time.perf_counter()
        found.append(find(text))
        seconds.append(time.perf_counter() - began)
    return found, seconds


def _peer(name: str, python: Path, texts: Sequence[Text], language: str) -> Answer:
    with tempfile.TemporaryDirectory() as folder:
        given, answer = Path(folder) / "texts.json", Path(folder) / "found.json"
        asked = {"masker": name, "language": language, "texts": [t.whole for t in texts]}
        given.write_text(json.dumps(asked))
        script = Path(__file__).with_name("masking_peer.py")
        one_thread = {**os.environ, "OMP_NUM_THREADS": "1"}
        command = [str(python), str(script), str(given), str(answer)]
        subprocess.run(command, check=True, env=one_thread)
        told = json.loads(answer.read_text())
    return [[(a, b, k) for a, b, k in spans] for spans in told["found"]], told["seconds"]


def _judged(texts: Sequence[Text], found: Sequence[Found], seconds: Sequence[float]) -> Any:
    whole, by_type = scored(texts, found)
    cuts = quantiles(seconds, n=100, method="inclusive")
    return {
        "texts": len(texts),
        **whole.figures(),
        "p50_ms": cuts[49] * 1000,
        "p95_ms": cuts[94] * 1000,
        "texts_a_second": len(texts) / sum(seconds),
        "by_type": {k: s.figures() for k, s in sorted(by_type.items())},
    }


def _print(result: dict[str, Any]) -> None:
    print(f"\n{json.dumps(result['machine'])}\n")
    for name, maskers in result["sets"].items():
        _print_all(name, maskers)
    for name, maskers in result["sets"].items():
        _print_types(name, maskers)


def _print_all(name: str, maskers: dict[str, Any]) -> None:
    shares = ("typed", "precision", "f2", "leaked", "harmless_masked")
    rows = [
        [
            masker,
            f"{row['recall']:.1%} ({row['recall_95'][0]:.0%} to {row['recall_95'][1]:.0%})",
            *(f"{row[s]:.1%}" for s in shares),
            f"{row['p50_ms']:.1f}",
            f"{row['p95_ms']:.1f}",
            f"{row['texts_a_second']:,.0f}",
        ]
        for masker, row in maskers.items()
    ]
    texts = next(iter(maskers.values()))["texts"]
    head = [f"{name}, {texts} texts", "recall (95 %)", *shares, "p50 ms", "p95 ms", "texts/s"]
    print(table(head, rows) + "\n")


def _print_types(name: str, maskers: dict[str, Any]) -> None:
    """Ours by type in full, of the others the values found whole."""
    ours = next(iter(maskers.values()))["by_type"]
    others = [masker for masker in maskers if masker != "ours"]
    rows = []
    for kind, row in ours.items():
        shares = (f"{row[s]:.0%}" for s in ("recall", "precision", "f2", "leaked"))
        known = [maskers[other]["by_type"].get(kind, {}).get("found", 0) for other in others]
        rows.append([kind, f"{row['found']}/{row['marked']}", *shares, *map(str, known)])
    head = [f"{name}: by type", "found whole", "recall", "precision", "f2", "leaked", *others]
    print(table(head, rows) + "\n")


if __name__ == "__main__":
    main()
