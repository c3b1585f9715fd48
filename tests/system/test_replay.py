"""Decisions again on a real broker: topic and archive agree, and nothing live is touched."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient, ConfigResource, ResourceType
from tests.unit.learning.replayed import NEW, OLD, TICKETS
from tests.unit.projections.archived import outcomes, rows

from ticketstream import __version__
from ticketstream.learning.replay.emit import replay_topic
from ticketstream.learning.replay.sources import Log, from_topics
from ticketstream.learning.replay.stored import Wanted
from ticketstream.learning.toml_text import toml
from ticketstream.processors.policy import version_of
from ticketstream.processors.route import RouteResources, route
from ticketstream.projections.archive import Archive
from ticketstream.projections.purge import nobody
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.stream.bulk import spans
from ticketstream.stream.local import broker
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import TRIAL, create
from ticketstream.vault.keys import create_master_keys, load_key

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]
CODEC = Codec()
UNDECIDED = 7


@dataclass(frozen=True)
class Shop:
    """A broker with decisions on it, and a home."""

    brokers: str
    home: Path
    key: bytes

    def run(self, *arguments: str) -> str:
        environment = os.environ | {
            "TICKETSTREAM_BROKERS": self.brokers,
            "TICKETSTREAM_HOME": str(self.home),
        }
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environment, check=True, stdout=subprocess.PIPE, text=True
        )
        return done.stdout

    def replay(self, *arguments: str) -> dict[str, Any]:
        policy = self.home / "new.toml"
        policy.write_text(toml(to_plain(Policy)(NEW)), "utf-8")
        told: dict[str, Any] = json.loads(
            self.run("replay", "route", "--policy", str(policy), "--json", *arguments)
        )
        return told


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("home")
    create_master_keys(home / "keys")
    key = load_key(home / "keys", "draws")
    with broker.start(home / "kafka", cache, die_with_parent=True) as kafka:
        create(kafka.bootstrap, 3)
        publish(kafka.bootstrap, key)
        yield Shop(kafka.bootstrap, home, key)


def publish(brokers: str, key: bytes) -> None:
    """Tickets with decisions, a few twice, a few undecided, one broken, some aborted."""
    decided = route(TICKETS[UNDECIDED:], RouteResources.of(OLD, key, "0.1.0"))
    events = [*TICKETS, *decided, *TICKETS[:20], *decided[:20], *outcomes(TICKETS[0])]
    producer = Producer({"bootstrap.servers": brokers, "transactional.id": "test-replay"})
    producer.init_transactions(30)
    for events_of_one, keep in ((events[:50], False), (events, True)):
        producer.begin_transaction()
        for event in events_of_one:
            producer.produce(TOPIC_OF[type(event)], CODEC.encode(event), event.ticket_id.encode())
        if keep:
            producer.produce("ticket.classified", b"broken", b"t0")
            producer.commit_transaction(30)
        else:
            producer.flush(30)
            producer.abort_transaction(30)


def test_topic_and_archive_give_the_same_answer(shop: Shop) -> None:
    topic = shop.replay()
    assert (topic["compared"], topic["undecided"], topic["unreadable"]) == (
        len(TICKETS) - UNDECIDED, UNDECIDED, 1,
    )  # fmt: skip
    assert sum(m["tickets"] for m in topic["matrix"] if m["before"] != m["after"]) > 20
    shop.run("project", "--once")
    archive = shop.replay("--from", "archive")
    assert archive == topic | {"unreadable": 0}
    cut = ("--since", "2026-11-24", "--shop", "birch", "--limit", "40")
    assert shop.replay(*cut, "--from", "archive") == shop.replay(*cut) | {"unreadable": 0}
    kept = rows(Archive(shop.home / "archive"))
    assert [len(kept[model]) for model in ("decisions", "outcomes")] == [len(TICKETS), 3]
    shop.run("project", "--once")
    assert rows(Archive(shop.home / "archive")) == kept
    shop.run("project", "--once", "--rebuild")
    assert rows(Archive(shop.home / "archive")) == kept


def test_several_processes_read_what_one_reads(shop: Shop) -> None:
    log = Log(shop.brokers, CODEC)
    one, three = (
        from_topics(log, nobody, Wanted(), lambda _: None, processes) for processes in (1, 3)
    )
    assert sorted(one.ticket_id.to_pylist()) == sorted(three.ticket_id.to_pylist())
    assert len(one) == len(three) == len(TICKETS) - UNDECIDED


def test_whole_decisions_go_to_a_topic_of_their_own_and_the_live_one_stays(shop: Shop) -> None:
    before = spans(shop.brokers, ["ticket.routed", "ticket.classified"])
    told = shop.replay("--emit")
    policy = version_of(NEW)
    assert told["topic"] == replay_topic(policy)
    assert told["topic"].startswith("ticket.routed.replay.")
    records = list(read_all(shop.brokers, [told["topic"]]))
    events = by_id(records)
    expected = route(TICKETS, RouteResources.of(NEW, shop.key, __version__))
    assert events == {e.event_id: e for e in expected}
    assert {e.policy for e in events.values()} == {policy}
    assert {r.key for r in records} == {t.ticket_id.encode() for t in TICKETS}
    assert spans(shop.brokers, ["ticket.routed", "ticket.classified"]) == before
    there = AdminClient({"bootstrap.servers": shop.brokers})
    resource = ConfigResource(ResourceType.TOPIC, told["topic"])
    settings = there.describe_configs([resource])[resource].result(20)
    assert {name: settings[name].value for name in TRIAL} == TRIAL
    assert len(there.list_topics(timeout=20).topics[told["topic"]].partitions) == 3
    again = shop.replay("--emit")
    assert again["topic"] == told["topic"]
    assert by_id(list(read_all(shop.brokers, [again["topic"]]))) == events


def by_id(records: Sequence[Read]) -> dict[UUID, TicketRouted]:
    decoded = [CODEC.decode(TicketRouted, r.value or b"") for r in records]
    return {event.event_id: event for event in decoded}


def test_an_order_that_cannot_be_carried_out_says_what_to_do(shop: Shop) -> None:
    with pytest.raises(subprocess.CalledProcessError) as failed:
        shop.replay("--emit", "--from", "archive")
    assert failed.value.returncode == 2
