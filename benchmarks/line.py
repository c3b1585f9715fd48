"""The whole line on this machine: tickets a second, latency, and who uses the CPU.

    python benchmarks/line.py [--quick]

1. plumbing: four stages in one process with models and detectors stubbed; codec, sealing, vault and
   dead-letter paths are the real ones. CPU milliseconds a ticket.
2. drain: tickets wait in ticket.received, then all stages start as `ticketstream run` starts them.
   Tickets a second from the first masked to the last drafted; CPU seconds by process.
3. latency: 10 tickets a second for a minute; received -> routed and -> drafted, from the records'
   own timestamps.

Tickets are the sample mailbox again and again, each with ids and a sender of its own.
"""

import argparse
import json
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from statistics import quantiles
from typing import Any
from uuid import UUID, uuid4

from figures import spread
from machine import cpu_seconds, machine

from ticketstream.doors import intake_door
from ticketstream.doors.children import supervisor_of
from ticketstream.doors.settings import Settings, load
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream import broker, topics
from ticketstream.stream.census import census, header, settled
from ticketstream.stream.log import configure
from ticketstream.stream.memory import MemoryRecord
from ticketstream.stream.pipeline import LINE
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all
from ticketstream.stream.record import Outgoing
from ticketstream.stream.work import Stage, Work, each
from ticketstream.vault.facts import NoShop, load_sample_shop
from ticketstream.vault.keys import create_master_keys, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

RESULTS = Path(__file__).with_name("results") / "line.json"


class Stub:
    """Resources of a stage whose thinking is left out."""

    def __init__(self, name: str, vault: Vault) -> None:
        self.producer = Producer(name, "stub")
        self.vault = vault


def mask_stub(tickets: Sequence[TicketReceived], stub: Stub) -> list[TicketMasked]:
    arrivals = [
        Arrival(
            t.ticket_id, t.shop, t.occurred_at, t.case_id, Identifiers(address=t.sender.address)
        )
        for t in tickets
    ]
    admitted = [a for a in stub.vault.admit(arrivals) if isinstance(a, Admission)]
    return [
        TicketMasked(
            **answering(t, stub.producer) | {"case_id": a.case_id},
            text=TicketText(subject=t.subject, text=t.text, quoted=t.quoted),
            identity=Identity(sender=t.sender, message=t.message),
            person=a.person,
            facts=a.facts,
        )
        for t, a in zip(tickets, admitted, strict=True)
    ]


def classify_stub(ticket: TicketMasked, stub: Stub) -> TicketClassified:
    return TicketClassified(
        **answering(ticket, stub.producer),
        text=ticket.text,
        identity=ticket.identity,
        person=ticket.person,
        facts=ticket.facts,
        category="delivery",
        sub_category="eta",
        intent="ask_status",
        confidence=0.8,
        scores=b"\0" * 332,
        intent_scores=b"\0" * 60,
    )


def draft_stub(ticket: TicketRouted, stub: Stub) -> DraftCreated:
    return DraftCreated(
        **answering(ticket, stub.producer),
        identity=ticket.identity,
        person=ticket.person,
        route=ticket.route,
        status="drafted",
        text=DraftText(answer="A sentence of the knowledge base. " * 10),
    )


def plumbing(tickets: list[TicketReceived], home: Path) -> dict[str, float]:
    """CPU milliseconds a ticket, by stage, models and detectors left out."""
    create_master_keys(home / "keys")
    vault = Vault(sqlite_engine(home / "vault.db"), load_master_keys(home / "keys"), NoShop())
    codec = Codec()
    routing = RouteResources.of(default_policy(), b"key", "bench")
    thinking: dict[str, tuple[Any, Any]] = {
        "mask": (mask_stub, Stub("mask", vault)),
        "classify": (each(classify_stub), Stub("classify", vault)),
        "route": (each(route), routing),
        "draft": (each(draft_stub), Stub("draft", vault)),
    }
    limits = {stage.target: 16_000_000 for stage in LINE}
    records = [
        MemoryRecord("ticket.received", 0, n, t.ticket_id.encode(), codec.encode(t))
        for n, t in enumerate(tickets)
    ]
    cost = {}
    for stage in LINE:
        process, resources = thinking[stage.name]
        stubbed: Stage = replace(stage, process=process)
        work = Work(stubbed, resources, codec, vault, limits)
        began = time.process_time()
        outputs: list[Outgoing] = []
        for start in range(0, len(records), stage.largest_batch):
            outputs += work(records[start : start + stage.largest_batch])
        cost[stage.name] = (time.process_time() - began) * 1000 / len(records)
        records = [
            MemoryRecord(o.topic, 0, n, o.key, o.value) for n, o in enumerate(outputs) if not o.dead
        ]
    if len(records) != len(tickets):
        raise RuntimeError("the plumbing lost tickets")
    return cost | {"all": sum(cost.values())}


def sample(settings: Settings, count: int) -> list[TicketReceived]:
    """The mailbox's tickets over and over, each somebody else's."""
    key = intake_door.throwaway_key()
    base, _ = intake_door.read_all([settings.knowledge / "mailbox"], settings, key)
    return [_other(base[n % len(base)], n) for n in range(count)]


def _other(ticket: TicketReceived, number: int) -> TicketReceived:
    event_id: UUID = uuid4()
    sender = replace(ticket.sender, address=f"person{number}@mail.example")
    names: dict[str, Any] = {
        "event_id": event_id,
        "ticket_id": str(event_id),
        "case_id": str(event_id),
    }
    return replace(ticket, **names, sender=sender)


@contextmanager
def line(settings: Settings, names: Sequence[str]) -> Iterator[dict[str, int]]:
    """The stages' worker processes; gives their pids."""
    supervisor = supervisor_of(settings, settings.brokers, names)
    supervisor.start()
    try:
        yield {c.name: c.process.pid for c in supervisor.children if c.process}
    finally:
        supervisor.end()


def drain(
    settings: Settings, tickets: list[TicketReceived], pids: dict[str, int]
) -> dict[str, Any]:
    """Publish, start all stages, wait until every ticket has its draft."""
    with Publisher(settings.brokers, Codec()) as publisher:
        for ticket in tickets:
            publisher.send(ticket)
    with line(settings, [s.name for s in LINE]) as workers:
        _until_settled(settings.brokers, len(tickets))
        cpu = {name: cpu_seconds(pid) for name, pid in {**workers, **pids}.items()}
    masked = [r.timestamp for r in read_all(settings.brokers, ["ticket.masked"])]
    drafted = [r.timestamp for r in read_all(settings.brokers, ["draft.created"])]
    seconds = (max(drafted) - min(masked)) / 1000
    return {"tickets": len(tickets), "rate": len(tickets) / seconds, "cpu_seconds": cpu}


def latency(settings: Settings, tickets: list[TicketReceived], rate: float) -> dict[str, Any]:
    """Publish at a steady rate to a line that runs; percentiles in milliseconds."""
    with line(settings, [s.name for s in LINE]):
        before = len(list(read_all(settings.brokers, ["ticket.received"])))
        with Publisher(settings.brokers, Codec()) as publisher:
            for ticket in tickets[:20]:  # until models are loaded and warm
                publisher.send(ticket)
            publisher.flush()
            _until_settled(settings.brokers, before + 20)
            began = time.monotonic()
            for number, ticket in enumerate(tickets[20:]):
                time.sleep(max(0.0, began + number / rate - time.monotonic()))
                publisher.send(ticket)
        _until_settled(settings.brokers, before + len(tickets))
    wanted = {t.ticket_id for t in tickets[20:]}
    times = {
        topic: {header(r, "ce_subject"): r.timestamp for r in read_all(settings.brokers, [topic])}
        for topic in ("ticket.received", "ticket.routed", "draft.created")
    }
    return {
        topic: _percentiles([times[topic][t] - times["ticket.received"][t] for t in wanted])
        for topic in ("ticket.routed", "draft.created")
    }


def _percentiles(values: list[int]) -> dict[str, float]:
    cuts = quantiles(values, n=100)
    return {"p50": cuts[49], "p95": cuts[94], "max": max(values), "n": len(values)}


def _until_settled(brokers: str, count: int) -> None:
    while True:
        tallies = census(brokers)
        if tallies[0].came_in == count and settled(tallies):
            return
        time.sleep(1)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    configure(json=False, level="error")
    count, seconds, rounds = (200, 10, 1) if quick else (2_000, 60, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with broker.start(home / "kafka", load().cache) as kafka:
            settings = load(
                home=home, brokers=kafka.bootstrap, shop_db=home / "shop.db", log_level="error"
            )
            tickets = sample(settings, count)
            costs = [plumbing(tickets[:1_000], home / f"plumbing{n}") for n in range(rounds)]
            print(f"plumbing, CPU ms a ticket: {spread([c['all'] for c in costs]).text(2)}")
            create_master_keys(settings.key_folder)
            load_sample_shop(settings.knowledge / "shop", home / "shop.db")
            topics.create(kafka.bootstrap, settings.partitions)
            intake_door.ensure_knowledge(settings)
            before = cpu_seconds(kafka.pid)
            drained = drain(settings, tickets, {"kafka": kafka.pid})
            drained["cpu_seconds"]["kafka"] -= before
            print(f"drain: {drained['rate']:.1f} tickets/s; CPU seconds {drained['cpu_seconds']}")
            steady = latency(settings, sample(settings, 20 + 10 * seconds), 10.0)
            print(f"latency in ms at 10 tickets/s: {steady}")
    result = {"machine": machine(), "plumbing": costs, "drain": drained, "latency_ms": steady}
    print(json.dumps(machine()))
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps(result, indent=1) + "\n")


if __name__ == "__main__":
    main()
