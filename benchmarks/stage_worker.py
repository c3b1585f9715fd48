"""One process of benchmarks/stage.py: the loop, or the peer, over a preloaded topic.

Arguments: one JSON object: brokers, source, target, kind (noop, seal, peer), slice, state, count.
Prints one JSON line: records of each transaction, and the client CPU seconds (rusage of this
process, all threads) from the first commit to the last.
"""

import json
import os
import resource
import sys
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer as By
from ticketstream.schemas.envelope import answering
from ticketstream.schemas.masked import TicketMasked
from ticketstream.stream.by_policy import always
from ticketstream.stream.loop import LoopSettings
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.record import Incoming, Outgoing
from ticketstream.stream.stage import run_stage
from ticketstream.stream.work import Stage, Work
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import load_master_keys
from ticketstream.vault.store import Vault, sqlite_engine


@dataclass(slots=True)
class Meter:
    """Counts commits; ends the process with its figures when all records are committed."""

    wanted: int
    slices: list[int] = field(default_factory=list)
    began: float = 0.0

    def committed(self, records: int) -> None:
        """Note one transaction that was just committed."""
        self.slices.append(records)
        if len(self.slices) == 1:
            self.began = _cpu()
        if sum(self.slices) >= self.wanted:
            print(json.dumps({"slices": self.slices, "cpu": _cpu() - self.began}), flush=True)
            os._exit(0)  # what follows, leaving the group in order, is no part of the measure


class MeteredMetrics(Metrics):
    """The loop's metrics; the loop calls `slice_done` right after every commit."""

    def __init__(self, meter: Meter) -> None:
        super().__init__("bench")
        self._meter = meter

    def slice_done(self, records: int, outputs: Sequence[Outgoing]) -> None:
        super().slice_done(records, outputs)
        self._meter.committed(records)


@dataclass(frozen=True, slots=True)
class Again:
    """Resources of a stage that opens a ticket and seals it again."""

    producer: By


def again(events: Sequence[TicketMasked], resources: Again) -> list[TicketMasked]:
    """Every event answered by itself, under a new id: what codec and sealing cost."""
    return [replace(e, **answering(e, resources.producer)) for e in events]


def main() -> None:
    options = json.loads(sys.argv[1])
    meter = Meter(options["count"])
    if options["kind"] == "peer":
        peer(options, meter)
    else:
        loop(options, meter)


def loop(options: dict[str, Any], meter: Meter) -> None:
    """The project's loop."""
    state = Path(options["state"])
    target = options["target"]

    def noop(records: Sequence[Incoming]) -> list[Outgoing]:
        return [Outgoing(target, r.key, r.value or b"", []) for r in records]

    settings = LoopSettings(
        brokers=options["brokers"],
        group=f"g-{target}",
        source=options["source"],
        worker="0",
        state=state / target,
        slice_size=options["slice"],
        fetch=max(1_000, options["slice"]),
    )
    transform = _work(state, target) if options["kind"] == "seal" else noop
    run_stage(settings, transform, noop, MeteredMetrics(meter))


def _work(state: Path, target: str) -> Work:
    vault = Vault(sqlite_engine(state / "vault.db"), load_master_keys(state / "keys"), NoShop())
    both = frozenset({"text", "identity"})
    stage = Stage("again", "ticket.masked", target, again, both)
    return Work(stage, always(Again(By("again", "1"))), Codec(), vault, {target: 10_000_000})


def peer(options: dict[str, Any], meter: Meter) -> None:
    """A plain confluent-kafka loop: consume, produce, offsets in the transaction."""
    consumer = Consumer(
        {
            "bootstrap.servers": options["brokers"],
            "group.id": f"g-{options['target']}",
            "auto.offset.reset": "earliest",
            "enable.auto.commit": False,
            "isolation.level": "read_committed",
        }
    )
    consumer.subscribe([options["source"]])
    producer = Producer(
        {
            "bootstrap.servers": options["brokers"],
            "transactional.id": f"x-{options['target']}",
            "partitioner": "murmur2_random",
            "linger.ms": 1,
            "queue.buffering.max.messages": 200_000,
        }
    )
    producer.init_transactions(30)
    while True:
        messages = consumer.consume(options["slice"], 0.5)
        if not messages:
            continue
        producer.begin_transaction()
        for number, m in enumerate(messages):
            producer.produce(options["target"], m.value(), m.key())
            if number % 1000 == 0:
                producer.poll(0)
        positions = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
        producer.commit_transaction(30)
        meter.committed(len(messages))


def _cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


if __name__ == "__main__":
    main()
