"""The open doors as processes: HTTP and IMAP in front, a real broker behind, death in between."""

import imaplib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from email.message import EmailMessage
from importlib.util import find_spec
from pathlib import Path
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from confluent_kafka import KafkaException

from ticketstream.doors import intake_live
from ticketstream.doors.settings import PREFIX, Settings
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import BrokerError, SettingError
from ticketstream.schemas.received import TicketReceived
from ticketstream.stream import topics
from ticketstream.stream.census import header
from ticketstream.stream.local import broker
from ticketstream.stream.reading import Read, read_all
from ticketstream.vault.keys import create_master_keys

pytestmark = [pytest.mark.system, pytest.mark.long, pytest.mark.timeout(180)]
PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]
PASSWORD = "a password of the tests"


class Place:
    """A home with keys, on a broker of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.log = settings.home / "door.log"
        known = read_all(settings.brokers, ["ticket.received", "intake.dead"])
        self.old = {(r.topic, r.partition, r.offset) for r in known}

    def environment(self, **more: str) -> dict[str, str]:
        return os.environ | self.settings.environment() | more

    def command(self, *arguments: str, status: int = 0, **more: str) -> str:
        environment = self.environment(**more)
        done = subprocess.run(
            [*PROGRAM, *arguments], env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    def with_settings(self, more: dict[str, str]) -> Settings:
        """The settings that a process with these variables has."""
        named = {k.removeprefix(PREFIX).lower(): v for k, v in more.items()}
        return Settings(**{**self.settings.model_dump(), **named})

    @contextmanager
    def running(self, *arguments: str, **more: str) -> Iterator[subprocess.Popen[str]]:
        """A command that goes on."""
        with self.log.open("ab") as log:
            process = subprocess.Popen(
                [*PROGRAM, *arguments],
                env=self.environment(**more),
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )
        with process:
            try:
                yield process
            finally:
                process.kill()

    def received(self) -> list[TicketReceived]:
        return [Codec().decode(TicketReceived, r.value or b"") for r in self.new("ticket.received")]

    def dead(self) -> list[Read]:
        return self.new("intake.dead")

    def new(self, topic: str) -> list[Read]:
        """The records that came during this test."""
        records = read_all(self.settings.brokers, [topic])
        return [r for r in records if (r.topic, r.partition, r.offset) not in self.old]


@pytest.fixture(scope="module")
def kafka(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    with broker.start(tmp_path_factory.mktemp("k"), cache, die_with_parent=True) as started:
        topics.create(started.bootstrap, 4)
        until(lambda: readable(started.bootstrap))
        yield started.bootstrap


@pytest.fixture
def place(tmp_path: Path, cache: Path, kafka: str) -> Place:
    settings = Settings(home=tmp_path / "home", cache=cache, brokers=kafka)
    settings.home.mkdir()
    create_master_keys(settings.key_folder)
    return Place(settings)


def test_forms_are_taken_over_http_once_each_even_when_the_door_is_killed(place: Place) -> None:
    port = str(free_port())
    with place.running("intake", "serve", TICKETSTREAM_INTAKE_PORT=port) as process:
        assert process.stdout
        assert f":{port}/tickets" in process.stdout.readline()
        first = post(port, "k1", {"text": "Wo ist mein Paket?", "subject": "Paket"})
        assert first[0] == 202
        assert post(port, "k1", {"subject": "Paket", "text": "Wo ist mein Paket?"}) == first
        assert post(port, "k1", {"text": "Etwas anderes"})[0] == 409
        assert post(port, "k2", {"text": 7.5})[0] == 400
        with ThreadPoolExecutor(8) as threads:
            raced = list(threads.map(lambda n: post(port, "k4", {"text": f"Nr. {n}"}), range(8)))
        assert sorted(status for status, _ in raced) == [202, *[409] * 7]
        process.send_signal(signal.SIGKILL)
        process.wait(20)
    with place.running("intake", "serve", TICKETSTREAM_INTAKE_PORT=port) as process:
        assert process.stdout
        process.stdout.readline()
        assert post(port, "k1", {"text": "Wo ist mein Paket?", "subject": "Paket"}) == first
        assert post(port, "k1", {"text": "Etwas anderes"})[0] == 409
        again = [post(port, "k4", {"text": f"Nr. {n}"}) for n in range(8)]
        assert sorted(again) == sorted(raced)
        assert post(port, "k3", {"channel": "chat", "transcript": [{"text": "Hallo"}]})[0] == 202
        process.send_signal(signal.SIGINT)
        assert process.wait(20) in {0, 130, -signal.SIGINT}
    received = place.received()
    assert sorted(t.channel for t in received) == ["chat", "form", "form"]
    assert {t.ticket_id for t in received} >= {json.loads(first[1])["ticket_id"]}
    assert "Paket" not in place.log.read_text()


def test_a_door_that_others_reach_asks_for_a_token(place: Place) -> None:
    reached = place.settings.model_copy(update={"intake_host": "0.0.0.0"})
    with pytest.raises(SettingError, match="TICKETSTREAM_INTAKE_TOKEN"):
        intake_live.http_server(reached, reached.brokers)


class Server:
    """A real IMAP server with one user, and one client that looks into it: a login is slow."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.client = imaplib.IMAP4("127.0.0.1", port, timeout=60)
        self.client.login("shop", PASSWORD)

    def url(self) -> str:
        return f"imap://shop@127.0.0.1:{self.port}/INBOX"

    def deliver(self, *mails: bytes) -> None:
        for mail in mails:
            assert self.client.append("INBOX", "", "", mail)[0] == "OK"

    def unseen(self) -> int:
        return self._status("INBOX", "UNSEEN")

    def count(self, folder: str) -> int:
        return self._status(folder, "MESSAGES")

    def empty(self) -> None:
        self.client.select("INBOX")
        if self.count("INBOX"):
            self.client.store("1:*", "+FLAGS.SILENT", "(\\Deleted)")
            self.client.expunge()
        self.client.close()
        self.client.delete("Taken")

    def _status(self, folder: str, what: str) -> int:
        answer = self.client.status(folder, f"({what})")[1][0]
        return int(answer.rpartition(b" ")[2].rstrip(b")"))


@pytest.fixture(scope="module")
def mail_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    if find_spec("pymap") is None:
        pytest.skip("polling a mailbox could not be tried: no pymap")
    port = free_port()
    arguments = ["--host", "127.0.0.1", "--port", str(port), "--no-tls", "dict"]
    user = ["--demo-user", "shop", "--demo-password", PASSWORD]
    program = "from pymap.main import main; main()"
    with (tmp_path_factory.mktemp("imap") / "imap.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments, *user], stdout=log, stderr=log
        )
    try:
        wait_for(port)
        server = Server(port)
        yield server
        server.client.logout()
    finally:
        process.kill()
        process.wait(20)


@pytest.fixture
def server(mail_server: Server) -> Server:
    mail_server.empty()
    return mail_server


@pytest.fixture
def imap(place: Place, server: Server, tmp_path: Path) -> dict[str, str]:
    """The settings of the mailbox."""
    (tmp_path / "password").write_text(PASSWORD + "\n")
    return {
        "TICKETSTREAM_IMAP": server.url(),
        "TICKETSTREAM_IMAP_PASSWORD": str(tmp_path / "password"),
        "TICKETSTREAM_IMAP_SECONDS": "0.5",
    }


def test_a_mailbox_is_polled_and_marked_only_when_the_broker_has_the_mails(
    place: Place, server: Server, imap: dict[str, str]
) -> None:
    server.deliver(*(mail(n) for n in range(25)), b"\0no mail at all")
    settings = place.with_settings(imap)
    with pytest.raises(BrokerError):
        intake_live.poll_once(settings, f"127.0.0.1:{free_port()}", None)
    assert server.unseen() == 26
    told = json.loads(place.command("intake", "imap", "--once", "--json", **imap).splitlines()[0])
    assert told == {"tickets": 25, "dead": 1, "loops": 0, "left": 0}
    assert server.unseen() == 0
    again = intake_live.poll_once(settings, settings.brokers, None)
    assert again == {"tickets": 0, "dead": 0, "loops": 0, "left": 0}
    assert len({t.ticket_id for t in place.received()}) == len(place.received()) == 25
    (letter,) = place.dead()
    assert letter.value
    assert letter.value.strip() == b"\0no mail at all"


def test_a_door_killed_while_polling_loses_no_mail_and_makes_no_second_ticket(
    place: Place, server: Server, imap: dict[str, str]
) -> None:
    server.deliver(*(mail(n) for n in range(45)))
    for _ in range(20):
        with place.running("intake", "imap", **imap) as process:
            end = time.monotonic() + 30
            before = server.unseen()
            while server.unseen() == before and time.monotonic() < end:
                time.sleep(0.05)
            process.send_signal(signal.SIGKILL)
        if server.unseen() == 0:
            break
    assert server.unseen() == 0
    received = place.received()
    assert len({t.ticket_id for t in received}) == 45
    by_ticket: dict[str, set[bytes]] = {}
    for record in place.new("ticket.received"):
        by_ticket.setdefault((record.key or b"").decode(), set()).add(record.value or b"")
    assert all(len(values) == 1 for values in by_ticket.values())


def test_a_running_door_takes_what_comes_moves_it_and_stops_a_loop(
    place: Place, server: Server, imap: dict[str, str]
) -> None:
    server.client.create("Taken")
    port = str(free_port())
    settings = imap | {"TICKETSTREAM_IMAP_DONE": "Taken", "TICKETSTREAM_LOOP_MATTER": "3"}
    with place.running("intake", "imap", **settings, TICKETSTREAM_METRICS_PORT=port) as process:
        server.deliver(mail(1))
        until(lambda: server.count("Taken") == 1)
        server.deliver(*(mail(n, "Re: Danke") for n in range(2, 8)))
        until(lambda: server.count("Taken") == 7)
        with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=20) as answer:
            metrics = answer.read().decode()
        assert 'ticketstream_intake_loops_total{door="imap"} 3.0' in metrics
        assert 'ticketstream_intake_dead_total{door="imap",reason="loop"} 3.0' in metrics
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
    assert server.count("INBOX") == 0
    assert len(place.received()) == 4
    assert [header(r, "reason") for r in place.dead()] == ["loop"] * 3
    assert all(b"Danke" in (r.value or b"") for r in place.dead())
    log = place.log.read_text()
    assert log.count("mail_loop_stopped") == 1
    assert "brandt" not in log


def test_a_wrong_password_and_a_missing_folder_are_told_and_nothing_is_taken(
    place: Place, server: Server, imap: dict[str, str], tmp_path: Path
) -> None:
    server.deliver(mail(1))
    wrong = tmp_path / "wrong"
    wrong.write_text("wrong")
    for setting, value, told in (
        ("TICKETSTREAM_IMAP", server.url().replace("INBOX", "Nowhere"), "no such folder"),
        ("TICKETSTREAM_IMAP_DONE", "Nowhere", "TICKETSTREAM_IMAP_DONE"),
        ("TICKETSTREAM_IMAP_PASSWORD", str(wrong), "refuses user or password"),
    ):
        settings = place.with_settings(imap | {setting: value})
        with pytest.raises(SettingError, match=told):
            intake_live.poll_once(settings, settings.brokers, None)
    assert server.unseen() == 1
    assert place.received() == []


def mail(number: int, subject: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "Jana Brandt <jana@brandt.example>"
    message["Subject"] = subject or f"Lampe {'abcdefghijklmnopqrstuvwxyz'[number % 26] * 3}"
    message["Message-ID"] = f"<{number}@brandt.example>"
    message.set_content("Sie flackert.")
    message.add_attachment(b"\x89PNG\r\n\x1a\n%d" % number, maintype="image", subtype="png")
    return message.as_bytes()


def post(port: str, key: str, body: object) -> tuple[int, bytes]:
    request = Request(
        f"http://127.0.0.1:{port}/tickets",
        json.dumps(body).encode(),
        {"Content-Type": "application/json", "Idempotency-Key": key},
    )
    try:
        with urlopen(request, timeout=30) as answer:
            return answer.status, answer.read()
    except HTTPError as error:
        return error.code, error.read()


def readable(brokers: str) -> bool:
    """Whether new topics have their leaders."""
    try:
        return not list(read_all(brokers, ["ticket.received", "intake.dead"]))
    except KafkaException:
        return False


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def wait_for(port: int) -> None:
    def answers() -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", port)) == 0

    until(answers)


def until(done: Callable[[], bool], seconds: float = 40) -> None:
    end = time.monotonic() + seconds
    while not done():
        assert time.monotonic() < end, "it did not happen in time"
        time.sleep(0.1)
