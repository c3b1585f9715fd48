"""A language model that comes, goes and comes back while tickets flow through real processes."""

import json
import re
import signal
import time
import urllib.request
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from benchmarks.fake_endpoint import Answer, Asked, FakeEndpoint, labels, serving
from tests.system.lying import unnamed
from tests.system.test_line import Line

from ticketstream.doors import intake_door
from ticketstream.doors.equip import key_source
from ticketstream.doors.settings import Settings
from ticketstream.schemas.classified import TicketClassified
from ticketstream.stream import topics
from ticketstream.stream.census import settled
from ticketstream.stream.local import broker

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
DOCUMENT = """[endpoint]
base_url = "{url}"
model = "made-up"
[ask]
below = 1.0
[budget]
share = 1.0
[breaker]
failures = 2
seconds = 1.0
"""
WAVE = 6


class Asking(Line):
    """A running line whose classifier asks about every ticket."""

    sent = 0

    def wave(self) -> list[TicketClassified]:
        """Some more tickets, and how they were judged."""
        rows = [
            {
                "id": f"t{n}",
                "channel": "form",
                "text": f"Lena Krüger here, KB-48219{n:02} came late, lena{n}@mail.example",
            }
            for n in range(self.sent, self.sent + WAVE)
        ]
        file = self.settings.home / "wave.jsonl"
        file.write_text("\n".join(map(json.dumps, rows)))
        self.command("publish", str(file))
        self.sent += WAVE
        tallies = self.wait(lambda t: t[0].came_in == self.sent and settled(t))
        assert all(t.dead == 0 for t in tallies)
        judged = {e.ticket_id: e for e in self.events("ticket.classified")}
        return [e for r in rows if isinstance(e := judged[r["id"]], TicketClassified)]

    def metrics(self) -> str:
        told = re.sub(r"\x1b\[\d*m", "", self.log.read_text())
        lines = [x for x in told.splitlines() if "worker_starts" in x and "stage=classify " in x]
        port = re.search(r"metrics_port=(\d+)", lines[-1])
        assert port
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/metrics", timeout=5) as page:
            return str(page.read().decode())


@pytest.fixture
def state() -> dict[str, bool]:
    return {"down": False}


@pytest.fixture
def fake(state: dict[str, bool]) -> Iterator[FakeEndpoint]:
    def says(_: Asked) -> Answer:
        return Answer(status=503) if state["down"] else Answer(labels("eta", "ask_status"))

    with serving(says) as endpoint:
        yield endpoint


@pytest.fixture
def line(fake: FakeEndpoint, tmp_path: Path, cache: Path) -> Iterator[Asking]:
    (tmp_path / "model.toml").write_text(DOCUMENT.format(url=fake.url))
    with broker.start(tmp_path / "kafka", cache, die_with_parent=True) as kafka:
        settings = Settings(
            home=tmp_path,
            cache=cache,
            brokers=kafka.bootstrap,
            language_model=tmp_path / "model.toml",
        )
        key_source(settings).create()
        topics.create(kafka.bootstrap, settings.partitions)
        intake_door.ensure_knowledge(settings)
        running = Asking(settings)
        yield running
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(40) == 0, running.log.read_text()


def statuses(events: list[TicketClassified]) -> Counter[str]:
    return Counter(e.second_opinion.status for e in events if e.second_opinion)


def test_the_line_goes_on_while_the_endpoint_is_down_and_asks_again_when_it_is_back(
    line: Asking, fake: FakeEndpoint, state: dict[str, bool]
) -> None:
    answered = line.wave()
    assert set(statuses(answered)) <= {"overruled", "kept"}
    assert statuses(answered).total() == WAVE
    for value in ("Krüger", "48219", "mail.example"):
        assert value not in fake.words
    state["down"] = True
    left_alone = line.wave()
    assert set(statuses(left_alone)) <= {"failed", "circuit_open"}
    assert statuses(left_alone).total() == WAVE
    assert "circuit_opened" in line.log.read_text()
    assert "ticketstream_language_model_circuit_open 1.0" in line.metrics()
    state["down"] = False
    time.sleep(1.5)
    assert statuses(line.wave())["failed"] == 0
    page = line.metrics()
    assert "ticketstream_language_model_circuit_open 0.0" in page
    assert 'ticketstream_records_in_total{stage="classify"}' in page
    spent = (line.settings.home / "language-model" / "spent").read_text()
    assert float(spent.split()[1]) == 0.0  # this endpoint has no price
    own = frozenset({line.log.name, "model.toml", "wave.jsonl"})
    assert unnamed(line.settings, own=own) == []
    assert "Krüger" not in line.log.read_text()
