"""The whole line as separate processes on a real broker, with strangers at both ends."""

import json
import os
import re
import signal
import subprocess
import sys
import tarfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from tests.system.lying import unnamed

from ticketstream.doors import intake_door
from ticketstream.doors.equip import key_source
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.outcome import AgentEdited, TicketClosed
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream import topics
from ticketstream.stream.census import Tally, census, header, settled
from ticketstream.stream.local import broker
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all
from ticketstream.vault.facts import load_sample_shop

pytestmark = [pytest.mark.system, pytest.mark.timeout(240)]
MAILBOX = ROOT / "knowledge" / "mailbox"
PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]


class Line:
    """A running line: `ticketstream run` on a broker of its own."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.codec = Codec()
        self.environment = os.environ | settings.environment()
        self.log = settings.home / "run.log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*PROGRAM, "run"], env=self.environment, stderr=log)

    def command(self, *arguments: str, status: int = 0) -> str:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stderr
        return done.stdout + done.stderr

    def wait(self, done: Callable[[list[Tally]], bool], seconds: float = 90) -> list[Tally]:
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            tallies = census(self.settings.brokers)
            if done(tallies):
                return tallies
            assert self.process.poll() is None, self.log.read_text()
            time.sleep(0.5)
        raise AssertionError(f"not settled: {census(self.settings.brokers)}")

    def events(self, topic: str) -> list[Event]:
        found = []
        for record in read_all(self.settings.brokers, [topic]):
            with suppress(UndecodableError):  # the junk that a test below sends
                found.append(self.codec.decode(EVENTS[topic], record.value or b""))
        return found


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Line]:
    home = tmp_path_factory.mktemp("line")
    with broker.start(home / "kafka", cache, die_with_parent=True) as kafka:
        settings = Settings(
            home=home,
            cache=cache,
            brokers=kafka.bootstrap,
            shop_db=home / "shop.db",
            policy=ROOT / "knowledge" / "policy.toml",
        )
        key_source(settings).create()
        load_sample_shop(ROOT / "knowledge" / "shop", home / "shop.db")
        topics.create(kafka.bootstrap, settings.partitions)
        intake_door.ensure_knowledge(settings)
        running = Line(settings)
        yield running
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(40) == 0, running.log.read_text()


@pytest.fixture(scope="module")
def mailbox(line: Line) -> list[Tally]:
    """The sample mailbox published and answered."""
    said = line.command("publish", str(MAILBOX), "--json")
    published = json.loads(said.splitlines()[0])
    assert published["tickets"] >= 60
    assert published["dead"] == 2
    return line.wait(lambda t: t[0].came_in == published["tickets"] and settled(t))


def test_every_stage_keeps_the_law_in_is_out_plus_dead_plus_tombstones(
    mailbox: list[Tally],
) -> None:
    for tally in mailbox[:4]:
        assert tally.came_in > 0
        assert (tally.waiting, tally.twice) == (0, 0)
        assert tally.dead == 0, tally.reasons
    assert mailbox[0].came_in == mailbox[3].out


def test_the_special_mails_of_the_mailbox_are_routed_as_its_list_expects(
    line: Line, mailbox: list[Tally]
) -> None:
    expected = json.loads((MAILBOX / "expected.json").read_text())
    key = key_source(line.settings).load("intake")
    by_file = {
        raw.place.rpartition("/")[2]: answer.ticket_id
        for raw, answer in intake_door.read_each([MAILBOX], line.settings, key)
        if isinstance(answer, TicketReceived)
    }
    routes = {e.ticket_id: e.route for e in line.events("ticket.routed")}  # type: ignore[attr-defined]
    wrong = {
        name: (routes[by_file[name]], want["route"])
        for name, want in expected.items()
        if name in by_file and routes[by_file[name]] != want["route"]
    }
    assert not wrong
    assert len(expected) >= 10


def test_no_address_of_a_sender_is_readable_in_any_topic_behind_the_mask(
    line: Line, mailbox: list[Tally]
) -> None:
    received = [e for e in line.events("ticket.received") if isinstance(e, TicketReceived)]
    secrets = {e.sender.address.encode() for e in received if e.sender.address}
    assert len(secrets) > 20
    behind = ["ticket.masked", "ticket.classified", "ticket.routed", "draft.created"]
    for record in read_all(line.settings.brokers, behind):
        whole = (record.value or b"") + b"".join(v for _, v in record.headers)
        assert not any(secret in whole for secret in secrets)


def test_no_text_of_a_customer_is_in_the_logs(line: Line, mailbox: list[Tally]) -> None:
    received = [e for e in line.events("ticket.received") if isinstance(e, TicketReceived)]
    log = line.log.read_text()
    assert "child_started" in log
    for ticket in received:
        assert ticket.sender.address == "" or ticket.sender.address not in log
        assert ticket.text[:40].strip() == "" or ticket.text[:40] not in log


def test_a_stranger_publishes_and_a_stranger_crm_answers_knowing_only_the_schemas(
    line: Line, mailbox: list[Tally], tmp_path: Path
) -> None:
    text = (ROOT / "docs" / "integrate.md").read_text()
    for name, code in re.findall(r"```python (\w+\.py)\n(.*?)```", text, re.DOTALL):
        (tmp_path / name).write_text(code)
    request = {
        "id": "W-17",
        "subject": "Where is my parcel?",
        "text": "Hello, my order KB-4821973 has not arrived. Regards, Ada Invented",
        "sender": {"name": "Ada Invented", "address": "ada@mail.example", "customer_id": ""},
    }
    arguments = [line.settings.brokers, str(ROOT / "schemas")]
    subprocess.run(
        [sys.executable, tmp_path / "upstream.py", *arguments],
        input=json.dumps(request),
        text=True,
        check=True,
    )
    before = mailbox[3].out
    line.wait(lambda t: t[3].out == before + 1 and settled(t))
    crm = subprocess.run(
        [sys.executable, tmp_path / "crm.py", *arguments, str(before + 1)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert crm.returncode == 0, crm.stderr
    assert re.search(r"^W-17 \w+ \w+$", crm.stdout, re.MULTILINE)
    assert len(crm.stdout.splitlines()) >= before + 1
    tallies = line.wait(lambda t: t[4].came_in == before + 1 and settled(t))
    assert tallies[4].dead == 0, tallies[4].reasons
    edited = [e for e in line.events("agent.edited") if isinstance(e, AgentEdited)]
    drafts = {str(e.event_id): e for e in line.events("draft.created")}
    assert len(edited) == before + 1
    assert all(e.draft_event_id in drafts for e in edited)
    ours = [e for e in edited if e.external and e.external.id == "W-17"]
    assert len(ours) == 1
    assert ours[0].agent
    assert ours[0].agent != "agent 7"
    closed = [e for e in line.events("ticket.closed") if isinstance(e, TicketClosed)]
    assert Counter(e.csat for e in closed) == {5: before + 1}


def test_junk_a_tombstone_and_a_stranger_key_are_counted_and_stop_nothing(
    line: Line, mailbox: list[Tally]
) -> None:
    before = census(line.settings.brokers)[0]
    with Publisher(line.settings.brokers, line.codec) as publisher:
        publisher.send_raw("ticket.received", b"junk", b"no avro at all")
        publisher.send_raw("ticket.received", b"gone", None)
        event = line.events("ticket.received")[0]
        publisher.send_raw("ticket.received", b"other key", line.codec.encode(event))
    after = line.wait(lambda t: t[0].came_in == before.came_in + 3 and settled(t))[0]
    assert after.dead == before.dead + 2
    assert after.tombstones == before.tombstones + 1
    listed = line.command("dead", "list")
    assert "undecodable" in listed
    assert "no avro" not in listed


def test_a_redelivered_ticket_gets_the_same_ids_so_that_projections_upsert(
    line: Line, mailbox: list[Tally]
) -> None:
    before = census(line.settings.brokers)
    event = line.events("ticket.received")[0]
    with Publisher(line.settings.brokers, line.codec) as publisher:
        publisher.send(event)
    line.wait(lambda t: t[0].came_in == before[0].came_in + 1 and settled(t))
    drafts = [e for e in line.events("draft.created") if e.ticket_id == event.ticket_id]
    assert len(drafts) >= 2
    assert len({e.event_id for e in drafts}) == 1
    assert len({line.codec.encode(e) for e in drafts}) == 1


def test_a_second_policy_is_replayed_and_moves_are_told(
    line: Line, mailbox: list[Tally], tmp_path: Path
) -> None:
    policy = tmp_path / "strict.toml"
    policy.write_text('id = "strict"\nthresholds = { suggestion = 0.85, auto_reply = 0.99 }\n')
    said = line.command("replay", "route", "--policy", str(policy), "--json")
    told = json.loads(said.splitlines()[0])  # what it is at stands on standard error
    decisions = [e for e in line.events("ticket.routed") if isinstance(e, TicketRouted)]
    assert len(decisions) >= mailbox[2].out
    assert told["compared"] == len({e.cause_id for e in decisions})  # a mail that came twice is one
    assert sum(row["tickets"] for row in told["matrix"]) == told["compared"]
    moved = [row for row in told["matrix"] if row["before"] != row["after"]]
    assert 0 < len(told["changed"]) <= sum(row["tickets"] for row in moved)
    routed = {e.ticket_id: e for e in decisions}
    for move in told["changed"]:
        assert routed[move["ticket_id"]].route == move["before"]
        assert (move["before"], move["after"]) == ("agent_suggestion", "manual_queue")


def test_tail_shows_every_draft_and_opens_its_text_only_when_asked(
    line: Line, mailbox: list[Tally]
) -> None:
    sealed = [
        json.loads(x) for x in line.command("tail", "draft.created").splitlines() if x[0] == "{"
    ]
    opened = [
        json.loads(x)
        for x in line.command("tail", "draft.created", "--text").splitlines()
        if x[0] == "{"
    ]
    assert len(sealed) >= mailbox[3].out
    assert all(isinstance(row["text"], str) for row in sealed)
    drafted = [row for row in opened if row["status"] == "drafted"]
    assert drafted
    assert all(row["text"]["answer"] for row in drafted)


def test_every_drafted_sentence_stands_in_the_knowledge_base_and_names_its_source(
    line: Line, mailbox: list[Tally]
) -> None:
    from ticketstream.processors.knowledge import chunks_of

    chunks = {c.chunk_id: c for c in chunks_of(ROOT / "knowledge")}
    rows = [
        json.loads(x)
        for x in line.command("tail", "draft.created", "--text").splitlines()
        if x[0] == "{"
    ]
    cited = [
        (sentence["text"], citation)
        for row in rows
        if row["status"] == "drafted"
        for sentence in row["text"]["sentences"]
        for citation in sentence["citations"]
    ]
    assert cited
    assert all(text in chunks[citation].text for text, citation in cited)


def test_doctor_finds_everything_in_order_and_its_count_keeps_the_law(
    line: Line, mailbox: list[Tally]
) -> None:
    told = line.command("doctor")
    assert "as they should be" in told
    assert "mask" in told


def test_two_drafts_are_never_made_for_one_delivery(line: Line, mailbox: list[Tally]) -> None:
    assert all(tally.twice == 0 for tally in census(line.settings.brokers))


def test_an_event_carries_the_draft_created_type_that_the_crm_expects(
    line: Line, mailbox: list[Tally]
) -> None:
    statuses = Counter(
        e.status for e in line.events("draft.created") if isinstance(e, DraftCreated)
    )
    assert {"drafted", "handover", "not_wanted"} <= set(statuses)


def test_everything_that_lies_there_stands_in_the_schedule(
    line: Line, mailbox: list[Tally]
) -> None:
    line.command("project", "--once")
    line.command("person", "find", "nobody@mail.example")
    found = {path.name for path in line.settings.home.iterdir()}
    assert {"vault.db", "read.db", "intake.db", "shop.db", "knowledge", "attachments"} <= found
    assert unnamed(line.settings, own=frozenset({line.log.name})) == []


@pytest.mark.long
@pytest.mark.data
def test_public_mails_go_through_the_whole_line_and_none_is_lost(
    line: Line, mailbox: list[Tally], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = ROOT.parent / "shared" / "data"
    if not data.is_dir():
        pytest.skip("public mails could not be sent through the line: no ../shared/data")
    folders = [data / name for name in ("mime_flanker", "mime_mikel_mail", "talon_fixtures")]
    count = _unpack(data / "spamassassin", tmp_path, 200)
    before = census(line.settings.brokers)
    paths = [str(f) for f in (*folders, tmp_path)]
    published = json.loads(line.command("publish", *paths, "--json").splitlines()[0])
    assert published["tickets"] > count
    wanted = before[0].came_in + published["tickets"]
    after = line.wait(lambda t: t[0].came_in == wanted and settled(t), seconds=150)
    reasons = Counter(
        header(r, "reason")
        for r in read_all(line.settings.brokers, [n for n in topics.topics() if "dead" in n])
    )
    with capsys.disabled():
        dead = ", ".join(f"{k} {n}" for k, n in reasons.items())
        print(f"\npublic mails: {published}, dead letters on the line by reason: {dead}")
    assert all((t.waiting, t.twice) == (0, 0) for t in after)
    assert sum(t.dead for t in after) - sum(t.dead for t in before) <= 0.02 * count


def _unpack(folder: Path, into: Path, most: int) -> int:
    archive = next(folder.glob("*.tar.gz"))
    with tarfile.open(archive) as tar:
        members = [m for m in tar if m.isfile() and m.size > 200]
        chosen = members[:: max(1, len(members) // most)][:most]
        for number, member in enumerate(chosen):
            file = tar.extractfile(member)
            assert file is not None
            (into / f"{number}.eml").write_bytes(file.read())
    return len(chosen)
