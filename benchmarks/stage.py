"""The loop against a plain confluent-kafka transactional loop, in one run.

    python benchmarks/stage.py [--quick]

No-op on 1 KB records, and decode, open, seal and encode of a real masked ticket (1,000 characters),
each as one worker process on a real single-node Kafka on this machine. The rate is taken from the
outputs' timestamps, first to last, so starting up is not counted; the repetitions are interleaved.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka import Producer as KafkaProducer
from confluent_kafka.admin import AdminClient, NewTopic
from machine import machine, spread

from ticketstream.doors.settings import load
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText, TokenValue
from ticketstream.schemas.record import Erased
from ticketstream.stream import broker
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

PARTITIONS = 4
RESULTS = Path(__file__).with_name("results") / "stage.json"
PLAIN = [("noop", 4_000), ("noop", 1_000), ("peer", 4_000), ("peer", 1_000)]
SEALED = [("seal", 64), ("seal", 1_000)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    plain, sealed, rounds = (20_000, 2_000, 1) if quick else (200_000, 20_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with broker.start(home / "kafka", load().cache) as kafka:
            rows = list(_runs(kafka.bootstrap, home, plain, sealed, rounds))
    _print(rows)
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({"machine": machine(), "runs": rows}, indent=1) + "\n")


def _runs(
    brokers: str, home: Path, plain: int, sealed: int, rounds: int
) -> Iterator[dict[str, Any]]:
    _create(brokers, "plain")
    _create(brokers, "ticket.masked")
    _load(brokers, "plain", ((b"k%d" % (n % 500), b"x" * 1024) for n in range(plain)))
    _load(brokers, "ticket.masked", _tickets(home, sealed))
    for number in range(rounds):
        for kind, size in PLAIN:
            yield _run(brokers, home, kind, size, source=("plain", plain), number=number)
        for kind, size in SEALED:
            yield _run(brokers, home, kind, size, source=("ticket.masked", sealed), number=number)


def _run(
    brokers: str, home: Path, kind: str, size: int, *, source: tuple[str, int], number: int
) -> dict[str, Any]:
    target = f"{kind}-{size}-{number}"
    _create(brokers, target)
    options = {
        "brokers": brokers,
        "source": source[0],
        "target": target,
        "kind": kind,
        "slice": size,
        "state": str(home),
        "count": source[1],
    }
    worker = Path(__file__).with_name("stage_worker.py")
    done = subprocess.run(
        [sys.executable, str(worker), json.dumps(options)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
        timeout=300,
    )
    cpu = json.loads(done.stdout.splitlines()[-1])["cpu"]
    seconds, count = _span(brokers, target)
    if count != source[1]:
        raise RuntimeError(f"{target}: {count} outputs of {source[1]} inputs")
    rate = count / seconds
    print(
        f"  {target:16} {rate:10,.0f} msg/s  {count / cpu:10,.0f} msg a client CPU second",
        flush=True,
    )
    return {"kind": kind, "slice": size, "rate": rate, "per_cpu_second": count / cpu}


def _span(brokers: str, topic: str) -> tuple[float, int]:
    reader = Consumer(
        {
            "bootstrap.servers": brokers,
            "group.id": f"v-{topic}",
            "isolation.level": "read_committed",
        }
    )
    reader.assign([TopicPartition(topic, p, 0) for p in range(PARTITIONS)])
    stamps: list[int] = []
    while messages := reader.consume(10_000, 2.0):
        stamps += [m.timestamp()[1] for m in messages]
    reader.close()
    return (max(stamps) - min(stamps)) / 1000, len(stamps)


def _tickets(home: Path, count: int) -> Iterator[tuple[bytes, bytes]]:
    """Sealed masked tickets of 500 invented people."""
    create_master_keys(home / "keys")
    vault = Vault(sqlite_engine(home / "vault.db"), load_master_keys(home / "keys"), NoShop())
    at = datetime(2026, 11, 1, tzinfo=UTC)
    arrivals = [
        Arrival(f"t{n}", "kestrel", at, f"t{n}", Identifiers(address=f"p{n % 500}@mail.example"))
        for n in range(count)
    ]
    people = [a for a in vault.admit(arrivals) if isinstance(a, Admission)]
    words = "Where is order [ORDER_1]? It should have been here on Monday. " * 16
    events = [
        TicketMasked(
            event_id=UUID(int=n),
            ticket_id=f"t{n}",
            case_id=f"t{n}",
            cause_id=None,
            occurred_at=at,
            shop="kestrel",
            producer=Producer("mask", "1"),
            person=person.person,
            text=TicketText(subject="order", text=words[:1000]),
            identity=Identity(tokens=(TokenValue("[ORDER_1]", "KB-4821973"),)),
            facts=person.facts,
        )
        for n, person in enumerate(people)
    ]
    codec = Codec()
    for sealed in vault.seal_all(events):
        if not isinstance(sealed, Erased):
            yield sealed.ticket_id.encode(), codec.encode(sealed)
    vault.engine.dispose()


def _load(brokers: str, topic: str, records: Iterator[tuple[bytes, bytes]]) -> None:
    producer = KafkaProducer(
        {
            "bootstrap.servers": brokers,
            "enable.idempotence": True,
            "partitioner": "murmur2_random",
            "queue.buffering.max.messages": 500_000,
        }
    )
    for number, (key, value) in enumerate(records):
        producer.produce(topic, value, key)
        if number % 10_000 == 0:
            producer.flush()
    producer.flush()


def _create(brokers: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.create_topics([NewTopic(topic, PARTITIONS, 1)])[topic].result(20)


def _print(rows: list[dict[str, Any]]) -> None:
    names = {
        "noop": "this loop, no-op, 1 KB",
        "peer": "confluent-kafka loop, no-op, 1 KB",
        "seal": "this loop, decode + open + seal + encode",
    }
    print(f"\n{json.dumps(machine())}\n")
    for kind, size in [*PLAIN, *SEALED]:
        mine = [r for r in rows if (r["kind"], r["slice"]) == (kind, size)]
        print(
            f"{names[kind]:42} slices of {size:5,}: {spread([r['rate'] for r in mine])} msg/s, "
            f"{spread([r['per_cpu_second'] for r in mine])} msg a client CPU second"
        )


if __name__ == "__main__":
    main()
