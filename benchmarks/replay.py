"""A million stored classifications decided again, from the topic and from the archive.

    python benchmarks/replay.py [--quick]

Invented classifications with sealed text and identity of usual size (700 and 400 random bytes) and
their decisions, on a real single-node Kafka on this machine and in an archive that is written from
it. Peers in the same run: a plain confluent-kafka loop that only consumes `ticket.classified` and
looks at nothing, and a DuckDB query over the archive's files that counts by route and band. Each
replay is a fresh process, timed from its first line of work (start of Python and imports are told
apart); repetitions are interleaved. Both cores are shared with the broker.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import duckdb
from confluent_kafka import Consumer, TopicPartition
from confluent_kafka import Producer as KafkaProducer
from figures import spread, table, verdict
from machine import Surroundings, machine
from replay_tickets import NEW, OLD, classified

from ticketstream.doors.settings import load
from ticketstream.learning.replay.compare import compare, redecide
from ticketstream.learning.replay.costs import shipped_costs
from ticketstream.learning.replay.sources import Log, from_archive, from_topics
from ticketstream.learning.replay.stored import Wanted
from ticketstream.processors.decision.draws import keyed
from ticketstream.processors.route import RouteResources, route
from ticketstream.projections.archive import Archive
from ticketstream.projections.purge import nobody
from ticketstream.schemas.codec import Codec
from ticketstream.stream.archiving import archive_to_end
from ticketstream.stream.local import broker
from ticketstream.stream.topics import create

KEY = b"the key of the benchmark's draws"
PARTITIONS = 4
RESULTS = Path(__file__).with_name("results") / "replay.json"
MILLION = 1_000_000
ARCHIVE_SECONDS = 5.0
TOPIC_RATE = 100_000
NAMES = {
    "archive": "replay from the archive",
    "topic": "replay from the topics",
    "consume": "confluent-kafka, consume only",
    "duckdb": "DuckDB, count over the Parquet",
}
Row = dict[str, Any]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--run", nargs=4, metavar=("KIND", "BROKERS", "HOME", "COUNT"))
    arguments = parser.parse_args()
    if arguments.run:
        kind, brokers, home, count = arguments.run
        print(json.dumps(run(kind, brokers, Path(home), int(count))))
        return
    count, rounds = (50_000, 1) if arguments.quick else (MILLION, 3)
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        with broker.start(home / "kafka", load().cache, die_with_parent=True) as kafka:
            create(kafka.bootstrap, PARTITIONS)
            size = fill(kafka.bootstrap, count)
            archived = archive(kafka.bootstrap, home)
            around = Surroundings(kafka.pid)
            rows = [
                apart(kind, kafka.bootstrap, home, count) for _ in range(rounds) for kind in NAMES
            ]
            surroundings = around.answer()
    result = {
        "machine": machine(),
        "surroundings": surroundings,
        "classifications": count,
        "bytes": size,
        "archive": archived,
        "summary": summary(rows, count),
    }
    show(result)
    if not arguments.quick:
        RESULTS.write_text(json.dumps({**result, "runs": rows}, indent=1) + "\n")


def fill(brokers: str, count: int) -> dict[str, int]:
    """Publish classifications and decisions; the mean size of a record by topic."""
    producer = KafkaProducer(
        {
            "bootstrap.servers": brokers,
            "linger.ms": 50,
            "batch.size": 1 << 20,
            "queue.buffering.max.kbytes": 1 << 18,
        }
    )
    codec, resources = Codec(), RouteResources.of(OLD, KEY, "0.1.0")
    sizes = {"ticket.classified": 0, "ticket.routed": 0}
    for start in range(0, count, 4_000):
        tickets = [classified(n) for n in range(start, min(start + 4_000, count))]
        for topic, events in (
            ("ticket.classified", tickets),
            ("ticket.routed", route(tickets, resources)),
        ):
            for event in events:
                value = codec.encode(event)
                sizes[topic] += len(value)
                _produce(producer, topic, value, event.ticket_id.encode())
        print(f"published {start + len(tickets):,}", file=sys.stderr)
    producer.flush(60)
    return {topic: size // count for topic, size in sizes.items()}


def archive(brokers: str, home: Path) -> Row:
    """Write the archive; how long that took, and its size."""
    began = time.monotonic()
    done = archive_to_end(brokers, Archive(home / "archive"), Codec())
    seconds = time.monotonic() - began
    files = list((home / "archive").rglob("*.parquet"))
    return {
        "rows_read": done.rows,
        "seconds": round(seconds, 1),
        "files": len(files),
        "bytes": sum(f.stat().st_size for f in files),
    }


def apart(kind: str, brokers: str, home: Path, count: int) -> Row:
    """One run in a process of its own."""
    program = [sys.executable, __file__, "--run", kind, brokers, str(home), str(count)]
    began = time.monotonic()
    done = subprocess.run(program, check=True, stdout=subprocess.PIPE)
    row: Row = json.loads(done.stdout)
    return row | {"whole_process": round(time.monotonic() - began, 2)}


def run(kind: str, brokers: str, home: Path, count: int) -> Row:
    """Do it and check it: a run that did not see everything is no figure."""
    began, cpu = time.monotonic(), sum(os.times()[:4])
    seen = KINDS[kind](brokers, home)
    row = {"kind": kind, "seconds": round(time.monotonic() - began, 3)}
    if seen != count:
        raise RuntimeError(f"{kind} saw {seen} of {count}")
    return row | {"cpu_seconds": round(sum(os.times()[:4]) - cpu, 2)}


def _from_archive(_brokers: str, home: Path) -> int:
    return _decided(from_archive(Archive(home / "archive"), Wanted(), lambda _: None))


def _from_topic(brokers: str, _home: Path) -> int:
    log = Log(brokers, Codec())
    return _decided(from_topics(log, nobody, Wanted(), lambda _: None))


def _decided(rows: Any) -> int:
    draws = keyed(KEY)
    return compare(rows, NEW, redecide(rows, NEW, draws), shipped_costs(), draws).compared


def _consume(brokers: str, _home: Path) -> int:
    reader = Consumer(
        {"bootstrap.servers": brokers, "group.id": "peer", "enable.auto.commit": False}
    )
    reader.assign([TopicPartition("ticket.classified", p, 0) for p in range(PARTITIONS)])
    ends = [
        reader.get_watermark_offsets(TopicPartition("ticket.classified", p))[1]
        for p in range(PARTITIONS)
    ]
    seen, size = 0, 0
    while seen < sum(ends):
        for message in reader.consume(10_000, 0.5):
            size += len(message.value() or b"")
            seen += 1
    reader.close()
    return seen


def _query(_brokers: str, home: Path) -> int:
    files = f"{home}/archive/decisions/*/*.parquet"
    counted = duckdb.sql(
        "SELECT route, confidence >= 0.6, count(*) FROM read_parquet(?) GROUP BY ALL",
        params=[files],
    )
    assert counted is not None  # it is a query
    return sum(int(n) for _, _, n in counted.fetchall())


KINDS = {"archive": _from_archive, "topic": _from_topic, "consume": _consume, "duckdb": _query}


def summary(rows: list[Row], count: int) -> dict[str, Row]:
    """By kind: seconds, rate, CPU."""
    return {
        kind: {
            "seconds": asdict(spread([r["seconds"] for r in rows if r["kind"] == kind])),
            "rate": asdict(spread([count / r["seconds"] for r in rows if r["kind"] == kind])),
            "cpu": asdict(spread([r["cpu_seconds"] for r in rows if r["kind"] == kind])),
        }
        for kind in NAMES
    }


def show(result: Row) -> None:
    around, told = result["surroundings"], result["summary"]
    here = result["machine"]
    print(f"\n{here['date']}, {here['cores']} cores of {here['cpu']}; {around}")
    print(f"{result['classifications']:,} classifications, bytes a record {result['bytes']}")
    print(f"archive written: {result['archive']}\n")
    head = ["", "seconds", "classifications/s", "CPU s"]
    lines = [
        [
            name,
            *(
                f"{told[kind][what]['median']:,.{digits}f} "
                f"({told[kind][what]['min']:,.{digits}f} to {told[kind][what]['max']:,.{digits}f})"
                for what, digits in (("seconds", 2), ("rate", 0), ("cpu", 1))
            ),
        ]
        for kind, name in NAMES.items()
    ]
    print(table(head, lines))
    print()
    seconds, rate = told["archive"]["seconds"]["median"], told["topic"]["rate"]["median"]
    print(verdict("archive, seconds", seconds, ARCHIVE_SECONDS, at_least=False, digits=2))
    print(verdict("topic, classifications/s", rate, TOPIC_RATE, at_least=True))


def _produce(producer: KafkaProducer, topic: str, value: bytes, key: bytes) -> None:
    while True:
        try:
            producer.produce(topic, value, key)
        except BufferError:
            producer.poll(0.2)
        else:
            producer.poll(0)
            return


if __name__ == "__main__":
    main()
