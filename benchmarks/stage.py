"""The loop against a plain confluent-kafka transactional loop, in one run.

    python benchmarks/stage.py [--quick]

No-op on 1 KB records, and decode, open, seal and encode of a real masked ticket (1,000 characters),
each as one worker process on a real single-node Kafka on this machine. The rate is taken from the
outputs' timestamps and counts what follows the first slice, so starting up is not counted; the
repetitions are interleaved. Client CPU is the worker process's own, Kafka's is not in it.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import mean
from typing import Any
from uuid import UUID

from confluent_kafka import Consumer, TopicPartition
from confluent_kafka import Producer as KafkaProducer
from confluent_kafka.admin import AdminClient, NewTopic
from figures import spread, steady_rate, table, verdict
from machine import Surroundings, machine

from ticketstream.doors.settings import load
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText, TokenValue
from ticketstream.schemas.record import Erased
from ticketstream.stream.local import broker
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

PARTITIONS = 4
TARGET = 40_000  # records a second: the no-op loop
RESULTS = Path(__file__).with_name("results") / "stage.json"
NAMES = {
    "noop": "this loop, no-op, 1 KB",
    "peer": "confluent-kafka loop, no-op, 1 KB",
    "seal": "this loop, decode + open + seal + encode",
}
PLAIN = [("noop", 4_000), ("noop", 1_000), ("peer", 4_000), ("peer", 1_000)]
SEALED = [("seal", 64), ("seal", 1_000)]
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    plain, sealed, rounds = (40_000, 4_000, 1) if quick else (200_000, 20_000, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with broker.start(home / "kafka", load().cache, die_with_parent=True) as kafka:
            around = Surroundings(kafka.pid)
            rows = list(_runs(kafka.bootstrap, home, plain, sealed, rounds))
            surroundings = around.answer()
    result = {"machine": machine(), "surroundings": surroundings, "summary": _summary(rows)}
    _print(result)
    if not quick:
        RESULTS.parent.mkdir(exist_ok=True)
        RESULTS.write_text(json.dumps({**result, "runs": rows}, indent=1) + "\n")


def _runs(brokers: str, home: Path, plain: int, sealed: int, rounds: int) -> Iterator[Row]:
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
) -> Row:
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
    worker = _worker(options, home / f"{target}.log")
    stamps = _stamps(brokers, target)
    if len(stamps) != source[1]:
        raise RuntimeError(f"{target}: {len(stamps)} outputs of {source[1]} inputs")
    first = worker["slices"][0]
    row = {
        "kind": kind,
        "slice": size,
        "rate": steady_rate(stamps, first),
        "per_cpu_second": (len(stamps) - first) / worker["cpu"],
        "per_transaction": mean(worker["slices"]),
    }
    print(f"  {target:16} {row['rate']:10,.0f} msg/s", flush=True)
    _delete(brokers, target)
    return row


def _worker(options: Row, log: Path) -> Row:
    """Run one worker process to its end; what it says of itself.

    Raises:
        RuntimeError: it failed; with its last words.
    """
    script = Path(__file__).with_name("stage_worker.py")
    with log.open("wb") as errors:
        done = subprocess.run(
            [sys.executable, str(script), json.dumps(options)],
            stdout=subprocess.PIPE,
            stderr=errors,
            check=False,
            timeout=300,
        )
    if done.returncode:
        raise RuntimeError(f"a worker failed: {log.read_text(errors='replace')[-2000:]}")
    answer: Row = json.loads(done.stdout.splitlines()[-1])
    return answer


def _stamps(brokers: str, topic: str) -> list[int]:
    """When each committed record was produced, milliseconds since 1970."""
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
    return stamps


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


def _delete(brokers: str, topic: str) -> None:
    """Make room: what was measured is not needed again."""
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.delete_topics([topic])[topic].result(20)


def _summary(rows: list[Row]) -> list[Row]:
    """Median, minimum and maximum of each case."""
    measures = ("rate", "per_cpu_second", "per_transaction")
    cases = [
        (case, [r for r in rows if (r["kind"], r["slice"]) == case]) for case in [*PLAIN, *SEALED]
    ]
    return [
        {"kind": case[0], "slice": case[1]}
        | {name: asdict(spread([r[name] for r in mine])) for name in measures}
        for case, mine in cases
    ]


def _print(result: Row) -> None:
    head = ["median (min to max)", "slice", "records a transaction", "msg/s", "msg/client CPU s"]
    lines = [
        [NAMES[r["kind"]], f"{r['slice']:,}", f"{r['per_transaction']['median']:,.0f}"]
        + [_text(r[name]) for name in ("rate", "per_cpu_second")]
        for r in result["summary"]
    ]
    print(f"\n{json.dumps(result['machine'])}\n{json.dumps(result['surroundings'])}\n")
    print(table(head, lines))
    best = result["summary"][0]["rate"]["median"]
    print(verdict("\nno-op loop, slices of 4,000, msg/s", best, TARGET, at_least=True))


def _text(values: Row) -> str:
    return f"{values['median']:,.0f} ({values['min']:,.0f} to {values['max']:,.0f})"


if __name__ == "__main__":
    main()
