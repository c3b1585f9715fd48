"""What asking a language model costs the classifier: time, share, and what an outage does.

    python benchmarks/second_opinion.py

Against a MADE-UP endpoint on this machine: its waiting times are drawn (log-normal, median 450 ms,
as hosted models are said to take), three answers in a hundred are broken, and what it says means
nothing. So these figures are about our side only. Quality is measured where
TICKETSTREAM_LANGUAGE_MODEL names a real endpoint: every ticket of the project's own test set that
the classifier is unsure of is asked about, which costs what it costs. Without one it is not run.
"""

import argparse
import json
import math
import os
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from statistics import NormalDist
from tempfile import TemporaryDirectory
from typing import Any

from fake_endpoint import Answer, Asked, labels, message_of, serving
from figures import percentiles, table
from machine import machine

from ticketstream.doors import equip
from ticketstream.doors.language_model.second_opinion import connect, connect_patiently
from ticketstream.doors.settings import ROOT, Settings, load
from ticketstream.learning.examples import Example
from ticketstream.learning.opinions import ticket_of
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.classify import ClassifyResources, classify
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.masked import TicketMasked

TESTSET = ROOT / "knowledge" / "testset" / "own.jsonl"
MEDIAN, SPREAD = 0.45, 0.5  # seconds, and the deviation of the logarithm
BROKEN = 0.01  # of each kind: cut off, outside the taxonomy, server error
RESULT = Path(__file__).parent / "results" / "second_opinion.json"
DOCUMENT = """[endpoint]
base_url = "{url}"
model = "made-up"
[budget]
share = {share}
[breaker]
seconds = {breaker}
"""


@dataclass(frozen=True, slots=True)
class Run:
    """Events of tickets that were judged in slices, and the seconds that each slice took."""

    events: Sequence[TicketClassified]
    seconds: Sequence[float]

    @property
    def outcomes(self) -> dict[str, int]:
        opinions = (e.second_opinion for e in self.events)
        told = Counter(f"{o.status} {o.reason}".strip() if o else "not wanted" for o in opinions)
        return dict(told.most_common())

    @property
    def asked(self) -> float:
        return sum(bool(e.second_opinion and e.second_opinion.attempts) for e in self.events) / len(
            self.events
        )


def judged(tickets: Sequence[TicketMasked], resources: ClassifyResources, size: int) -> Run:
    """All tickets, in slices of one size."""
    events: list[TicketClassified] = []
    seconds = []
    for at in range(0, len(tickets), size):
        began = time.perf_counter()
        events += classify(tickets[at : at + size], resources)
        seconds.append(time.perf_counter() - began)
    return Run(events, seconds)


def drawn(asked: Asked) -> Answer:
    """The same question waits as long in every run, whoever asks beside it."""
    dice = random.Random(sha256(message_of(asked).encode()).digest())  # noqa: S311  (no secret)
    seconds = math.exp(NormalDist(math.log(MEDIAN), SPREAD).inv_cdf(dice.random()))
    kind = dice.random()
    if kind < BROKEN:
        return Answer('{"sub_cat', seconds, finish="length")
    if kind < 2 * BROKEN:
        return Answer(labels("weather", "small_talk"), seconds)
    if kind < 3 * BROKEN:
        return Answer(status=500, seconds=seconds)
    return Answer(labels("eta", "ask_status"), seconds)


@contextmanager
def against(
    says: Callable[[Asked], Answer],
    alone: ClassifyResources,
    *,
    share: float,
    breaker: float = 60.0,
) -> Iterator[ClassifyResources]:
    """The resources that ask a made-up endpoint, as long as the block runs."""
    with TemporaryDirectory() as folder, serving(says) as fake:
        file = Path(folder) / "model.toml"
        file.write_text(DOCUMENT.format(url=fake.url, share=share, breaker=breaker))
        asking = connect(load(home=Path(folder), language_model=file))
        with closing(asking.model):
            yield asking.join(alone, 0.5)


def waiting(tickets: Sequence[TicketMasked], alone: ClassifyResources) -> dict[str, Any]:
    """Slices without and with a language model, of one ticket and of 64."""
    rows, told = [], {}
    for size, share in ((1, 1.0), (64, 1.0), (64, 0.2)):
        part = tickets[:150] if size == 1 else tickets
        before = judged(part, alone, size)
        with against(drawn, alone, share=share) as resources:
            after = judged(part, resources, size)
        added = [(b - a) * 1000 for a, b in zip(before.seconds, after.seconds, strict=True)]
        asked = [x for x, e in zip(added, after.events, strict=False) if _was_asked(e)]
        figures = percentiles(asked if size == 1 else added)
        rate = len(part) / sum(after.seconds)
        told[f"slice {size}, share {share}"] = {
            "added_ms": figures,
            "asked": after.asked,
            "tickets_per_s": rate,
            "tickets_per_s_alone": len(part) / sum(before.seconds),
            "outcomes": after.outcomes,
        }
        rows.append(
            [
                f"slices of {size}, share {share}",
                f"{figures['p50']:,.0f} / {figures['p95']:,.0f} / {figures['max']:,.0f}",
                f"{after.asked:.0%}",
                f"{rate:,.1f} ({len(part) / sum(before.seconds):,.1f})",
            ]
        )
    head = ["made-up endpoint", "added ms p50/p95/max", "asked", "tickets/s (alone)"]
    print(table(head, rows))
    print("  added: to a ticket that was asked about (slices of 1), to a slice (64)")
    for name, values in told.items():
        print(f"  {name}: {values['outcomes']}")
    return told


def outage(tickets: Sequence[TicketMasked], alone: ClassifyResources) -> dict[str, Any]:
    """An endpoint that hangs, and comes back: how long does each slice of 16 take?"""
    hangs = [False]

    def says(asked: Asked) -> Answer:
        return Answer(seconds=20.0) if hangs[0] else drawn(asked)

    rows = []
    with against(says, alone, share=1.0, breaker=3.0) as resources:
        began = time.monotonic()
        for at in range(0, 16 * 14, 16):
            hangs[0] = 16 * 3 <= at < 16 * 9
            if at == 16 * 9:
                time.sleep(3.0)  # it is back, and the circuit may be tried
            run = judged(tickets[at : at + 16], resources, 16)
            opinions = [e.second_opinion for e in run.events if e.second_opinion]
            rows.append(
                {
                    "at_s": round(time.monotonic() - began, 1),
                    "hangs": hangs[0],
                    "took_ms": round(run.seconds[0] * 1000),
                    "answered": sum(bool(o.label) for o in opinions),
                    "failed": sum(o.status == "failed" for o in opinions),
                    "circuit_open": sum(o.status == "circuit_open" for o in opinions),
                    "judged": len(run.events),
                }
            )
    print("\nan endpoint that hangs from the 4th slice of 16 to the 9th (breaker: 5 failures, 3 s)")
    print(table([*rows[0]], [[str(v) for v in row.values()] for row in rows]))
    return {"slices": rows}


def quality(examples: Sequence[Example], alone: ClassifyResources, settings: Settings) -> Any:
    """The real endpoint about what is unsure, beside the classifier alone and both together."""
    if settings.language_model is None:
        print("\nquality against a real endpoint: NOT RUN, TICKETSTREAM_LANGUAGE_MODEL is not set")
        return "not run: TICKETSTREAM_LANGUAGE_MODEL is not set"
    asking = connect_patiently(settings)
    tickets = [ticket_of(e, n) for n, e in enumerate(examples, 1)]
    with closing(asking.model):
        hybrid = judged(tickets, asking.join(alone, 0.5), 16)
    told = {"model": asking.model.name, "outcomes": hybrid.outcomes} | _rights(examples, hybrid)
    print(f"\n{json.dumps(told, indent=1)}")
    return told


def _rights(examples: Sequence[Example], run: Run) -> dict[str, Any]:
    """Shares of right pairs: of those asked about alone and answered, and of all together."""
    truth = [(e.sub_category, e.intent) for e in examples]
    both = list(zip(run.events, truth, strict=True))
    opinions = [(e.second_opinion, t) for e, t in both if e.second_opinion]
    answered = [(o, t) for o, t in opinions if o.label]
    return {
        "answered": len(answered),
        "answers_right": _share([(o.label, o.intent) == t for o, t in answered]),
        "own_right_on_the_same": _share([(o.own_label, o.own_intent) == t for o, t in answered]),
        "both_together_right_on_all": _share([(e.sub_category, e.intent) == t for e, t in both]),
        "cost_eur": sum(o.cost for o, _ in opinions),
        "latency_ms": percentiles([o.latency_ms for o, _ in answered]) if len(answered) > 1 else {},
    }


def _share(found: Sequence[bool]) -> float | None:
    return sum(found) / len(found) if found else None


def _was_asked(event: TicketClassified) -> bool:
    return bool(event.second_opinion and event.second_opinion.attempts)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--out", type=Path, default=RESULT)
    out = parser.parse_args().out
    settings = load()
    alone: Any = equip.classify_resources(settings.model_copy(update={"language_model": None}))
    examples = read_seeds(TESTSET, shipped_labels())
    tickets = [ticket_of(e, n) for n, e in enumerate(examples, 1)]
    random.Random(1).shuffle(tickets)  # noqa: S311  (one order for all runs)
    judged(tickets[:16], alone, 16)  # what is built once is not counted
    about = "a made-up endpoint on this machine; only our side is measured"
    told = {"machine": machine(), "load_before": os.getloadavg(), "endpoint": about}
    told["waiting"] = waiting(tickets, alone)
    told["outage"] = outage(tickets, alone)
    told["quality"] = quality(examples, alone, settings)
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(told, indent=1) + "\n")


if __name__ == "__main__":
    main()
