"""One process of benchmarks/stage.py: the loop, or the peer, over a preloaded topic.

Arguments: one JSON object: brokers, source, target, kind (noop, seal, peer), slice, state, count.
Prints one JSON line: client CPU seconds while records flowed.
"""

import json
import os
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from confluent_kafka import Consumer, Producer

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer as By
from ticketstream.schemas.envelope import answering
from ticketstream.schemas.masked import TicketMasked
from ticketstream.stream.loop import LoopSettings
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.record import Incoming, Outgoing
from ticketstream.stream.stage import run_stage
from ticketstream.stream.work import Stage, Work
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import load_master_keys
from ticketstream.vault.store import Vault, sqlite_engine


@dataclass(frozen=True, slots=True)
class Again:
    """Resources of a stage that opens a ticket and seals it again."""

    producer: By


def again(events: Sequence[TicketMasked], resources: Again) -> list[TicketMasked]:
    """Every event answered by itself, under a new id: what codec and sealing cost."""
    return [replace(e, **answering(e, resources.producer)) for e in events]


def main() -> None:
    options = json.loads(sys.argv[1])
    if options["kind"] == "peer":
        peer(options)
    else:
        loop(options)


def loop(options: dict[str, Any]) -> None:
    """The project's loop."""
    state = Path(options["state"])
    target = options["target"]

    def noop(records: Sequence[Incoming]) -> list[Outgoing]:
        return [Outgoing(target, r.key, r.value or b"", []) for r in records]

    transform: Any = noop
    if options["kind"] == "seal":
        vault = Vault(sqlite_engine(state / "vault.db"), load_master_keys(state / "keys"), NoShop())
        both = frozenset({"text", "identity"})
        stage = Stage("again", "ticket.masked", target, again, both)
        transform = Work(stage, Again(By("again", "1")), Codec(), vault, {target: 10_000_000})
    settings = LoopSettings(
        brokers=options["brokers"],
        group=f"g-{target}",
        source=options["source"],
        worker="0",
        state=state / target,
        slice_size=options["slice"],
        fetch=max(1_000, options["slice"]),
    )
    metrics = Metrics("bench")
    threading.Thread(target=_report, args=(metrics, options["count"]), daemon=True).start()
    run_stage(settings, transform, noop, metrics)


def _report(metrics: Metrics, count: int) -> None:
    name = "ticketstream_records_in_total"
    began = 0.0
    while True:
        done = metrics.registry.get_sample_value(name, {"stage": "bench"}) or 0
        began = began or (time.process_time() if done else 0.0)
        if done >= count:
            print(json.dumps({"cpu": time.process_time() - began}), flush=True)
            os._exit(0)
        time.sleep(0.005)


def peer(options: dict[str, Any]) -> None:
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
            "linger.ms": 1,
            "queue.buffering.max.messages": 200_000,
        }
    )
    producer.init_transactions(30)
    done, began = 0, 0.0
    while done < options["count"]:
        messages = consumer.consume(options["slice"], 0.5)
        if not messages:
            continue
        began = began or time.process_time()
        producer.begin_transaction()
        for number, m in enumerate(messages):
            producer.produce(options["target"], m.value(), m.key())
            if number % 1000 == 0:
                producer.poll(0)
        positions = consumer.position(consumer.assignment())
        producer.send_offsets_to_transaction(positions, consumer.consumer_group_metadata(), 30)
        producer.commit_transaction(30)
        done += len(messages)
    print(json.dumps({"cpu": time.process_time() - began}), flush=True)
    consumer.close()


if __name__ == "__main__":
    main()
