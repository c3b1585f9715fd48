"""The whole line on this machine: tickets a second, latency, and who uses the CPU.

    python benchmarks/line.py [--quick]

1. plumbing: four stages in one process with models and detectors stubbed; codec, sealing, vault and
   dead-letter paths are the real ones. CPU milliseconds a ticket. The same tickets with the real
   resources give what models and detectors cost, as the difference.
2. drain: all stages run, warm, as `ticketstream run` starts them; then many tickets come at once.
   Tickets a second from the first received to the last drafted; CPU by process in that time.
3. latency: 10 tickets a second for a minute; received -> routed and -> drafted, from the records'
   own timestamps (when each was produced; its transaction commits within milliseconds after).

Tickets are the sample mailbox and the seeds in turn, each with ids and a sender of its own.
"""

import argparse
import json
import tempfile
from dataclasses import asdict
from pathlib import Path
from statistics import median
from typing import Any

from figures import Spread, parts, percentiles, shares, spread, table, verdict
from machine import Surroundings, machine
from plumbing import cost, real, stubbed
from running import Line, running
from tickets import sample

from ticketstream.doors import intake_door
from ticketstream.doors.settings import Settings, load
from ticketstream.stream import topics
from ticketstream.stream.local import broker
from ticketstream.stream.log import configure
from ticketstream.stream.pipeline import LINE
from ticketstream.vault.facts import load_sample_shop
from ticketstream.vault.keys import create_master_keys

RESULTS = Path(__file__).with_name("results") / "line.json"
PLUMBING_MS, ROUTED_MS = 2.0, 500.0  # targets: CPU ms a ticket; p95 received -> routed
WARM = 40  # tickets before the clock starts
RATE = 10.0  # tickets a second of the latency run
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    configure(json=False, level="error")
    count, seconds, rounds = (200, 10, 1) if quick else (2_000, 60, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with broker.start(home / "kafka", load().cache, die_with_parent=True) as kafka:
            settings = _prepared(home, kafka.bootstrap)
            around = Surroundings(kafka.pid)
            alone = [_alone(settings, home / f"alone{n}", count // 2) for n in range(rounds)]
            with running(settings, kafka.pid, sample(settings, WARM)) as line:
                drained = [drain(line, count) for _ in range(rounds)]
                steady = latency(line, int(RATE * seconds))
            surroundings = around.answer()
    result = {
        "machine": machine(),
        "surroundings": surroundings,
        "summary": {
            "tickets_a_second": asdict(spread([d["rate"] for d in drained])),
            "plumbing_ms": asdict(spread([a["plumbing"]["all"] for a in alone])),
        },
        "alone": alone,
        "drain": drained,
        "cpu_ms_a_ticket": _who(alone, drained),
        "latency_ms": steady,
    }
    _print(result)
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")


def _prepared(home: Path, brokers: str) -> Settings:
    """Keys, sample shop, topics and knowledge base in a folder of their own."""
    settings = load(home=home, brokers=brokers, shop_db=home / "shop.db", log_level="error")
    create_master_keys(settings.key_folder)
    load_sample_shop(settings.knowledge / "shop", home / "shop.db")
    topics.create(brokers, settings.partitions)
    intake_door.ensure_knowledge(settings)
    return settings


def _alone(settings: Settings, home: Path, count: int) -> Row:
    """CPU milliseconds a ticket in one process: stubbed, and with the real resources."""
    tickets = sample(settings, count)
    plumbing, whole = cost(stubbed(home), tickets), cost(real(settings), tickets)
    print(
        f"  in one process: plumbing {plumbing['all']:.2f}, all {whole['all']:.2f} CPU ms a ticket"
    )
    return {"plumbing": plumbing, "with_models": whole}


def drain(line: Line, count: int) -> Row:
    """Many tickets at once; how fast they are drafted and what each process used."""
    tickets = sample(line.settings, count)
    before = line.cpu()
    line.publish(tickets)
    line.await_answers()
    cpu = {name: used - before[name] for name, used in line.cpu().items()}
    keys = {t.ticket_id.encode() for t in tickets}
    received = [at for key, at in line.stamps("ticket.received").items() if key in keys]
    drafted = [at for key, at in line.stamps("draft.created").items() if key in keys]
    if len(drafted) != count:
        raise RuntimeError(f"{len(drafted)} drafts of {count} tickets: the rest is dead letters")
    rate = count * 1000 / (max(drafted) - min(received))
    print(f"  drain: {rate:.1f} tickets/s", flush=True)
    return {"tickets": count, "rate": rate, "cpu_seconds": cpu}


def latency(line: Line, count: int) -> Row:
    """Tickets at a steady rate; percentiles in milliseconds by answering topic."""
    tickets = sample(line.settings, count)
    line.publish(tickets, RATE)
    line.await_answers()
    came = line.stamps("ticket.received")
    answer = {}
    for topic in ("ticket.routed", "draft.created"):
        at = line.stamps(topic)
        keys = [t.ticket_id.encode() for t in tickets]
        answer[topic] = percentiles([float(at[key] - came[key]) for key in keys])
    return answer


def _who(alone: list[Row], drained: list[Row]) -> Row:
    """Median CPU milliseconds a ticket while draining, by process and by what they went to."""
    spent = {
        name: median(d["cpu_seconds"][name] * 1000 / d["tickets"] for d in drained)
        for name in drained[0]["cpu_seconds"]
    }
    plumbing = median(a["plumbing"]["all"] for a in alone)
    whole = median(a["with_models"]["all"] for a in alone)
    found = parts(spent, [stage.name for stage in LINE], plumbing, whole)
    return {"processes": spent, "parts": found, "shares": shares(found)}


def _print(result: Row) -> None:
    print(f"\n{json.dumps(result['machine'])}\n{json.dumps(result['surroundings'])}\n")
    alone, who = result["alone"], result["cpu_ms_a_ticket"]
    lines = [
        [
            name,
            *(f"{median(a[kind][name] for a in alone):.2f}" for kind in alone[0]),
            f"{who['processes'][name]:.2f}" if name in who["processes"] else "",
        ]
        for name in alone[0]["plumbing"]
    ]
    print(table(["CPU ms a ticket", "plumbing", "with models", "worker in the line"], lines))
    split = [[n, f"{ms:.2f}", f"{who['shares'][n]:.0%}"] for n, ms in who["parts"].items()]
    print(f"\n{table(['draining, by what', 'CPU ms a ticket', 'share'], split)}")
    rows = [
        [f"received -> {topic}", *(f"{ms[p]:,.0f}" for p in ("p50", "p95", "max"))]
        for topic, ms in result["latency_ms"].items()
    ]
    print(f"\n{table([f'ms at {RATE:.0f} tickets/s', 'p50', 'p95', 'max'], rows)}\n")
    _verdicts(result)


def _verdicts(result: Row) -> None:
    rates, plumbing = (Spread(**result["summary"][n]) for n in ("tickets_a_second", "plumbing_ms"))
    routed = result["latency_ms"]["ticket.routed"]["p95"]
    print(f"tickets/s, received -> drafted: {rates.text(1)}")
    print(f"plumbing, CPU ms a ticket: {plumbing.text(2)}")
    print(verdict("plumbing, CPU ms", plumbing.median, PLUMBING_MS, at_least=False, digits=2))
    print(verdict("p95 received -> routed, ms", routed, ROUTED_MS, at_least=False))


if __name__ == "__main__":
    main()
