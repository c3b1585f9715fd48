"""A person is found, handed what is held, and forgotten, on a real broker and through kill -9."""

import hmac
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, redirect_stderr, redirect_stdout
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from hashlib import sha256
from io import StringIO
from pathlib import Path
from typing import Any
from unittest.mock import patch
from uuid import NAMESPACE_URL, UUID, uuid5

import pytest
from sqlalchemy import select
from tests.system.lying import files_with, unnamed

from ticketstream.doors.intake.burial import LARGEST, letter_of
from ticketstream.doors.intake.loops import sender_kind
from ticketstream.doors.main import main
from ticketstream.doors.person.erase import RECEIPTS, STEPS
from ticketstream.doors.person.place import Place, place_of
from ticketstream.doors.reading_room import keep_up, rebuild_all
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.projections.timeline import timeline
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import External, Producer, answering
from ticketstream.schemas.masked import (
    AttachmentKey,
    Identity,
    TicketMasked,
    TicketText,
    TokenValue,
)
from ticketstream.schemas.outcome import AgentReplied
from ticketstream.schemas.received import Message, Sender, TicketReceived
from ticketstream.schemas.topics import CLEAR_TOPICS
from ticketstream.stream import topics
from ticketstream.stream.by_policy import always
from ticketstream.stream.local import broker
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import Read, read_all
from ticketstream.stream.topics import topics as all_topics
from ticketstream.stream.work import Stage, Work, each
from ticketstream.vault.keys import create_master_keys
from ticketstream.vault.ports import Arrival, Identifiers
from ticketstream.vault.receipts import create_receipt_key

pytestmark = [pytest.mark.system, pytest.mark.timeout(300)]
PROGRAM = [sys.executable, "-m", "ticketstream.doors.main"]
NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
NAMES = ("ada", "ben", "cem", "dua", "eva", "fon", "ida")


@dataclass
class Stub:
    """Thinking is left out: what is under test is where everything lies."""

    producer: Producer
    place: Place


def mask(tickets: Sequence[TicketReceived], stub: Stub) -> list[Any]:
    arrivals = [
        Arrival(
            t.ticket_id, t.shop, t.occurred_at, t.case_id,
            Identifiers(
                t.sender.address,
                t.sender.customer_id,
                claimed_customer_id=t.text.partition("customer ")[2],
            ),
            t.message.message_id,
        )
        for t in tickets
    ]  # fmt: skip
    from ticketstream.processors.mask import ERASED as DEAD
    from ticketstream.schemas.record import Erased

    return [
        DEAD
        if isinstance(a, Erased)
        else TicketMasked(
            **answering(t, stub.producer) | {"case_id": a.case_id},
            external=t.external,
            text=TicketText(subject=t.subject, text=t.text.replace(canary(t), "[NAME_1]")),
            identity=Identity(
                tokens=(TokenValue("[NAME_1]", canary(t)),),
                sender=t.sender,
                message=t.message,
                attachment_keys=tuple(AttachmentKey(x.id, x.key) for x in t.attachments),
            ),
            person=a.person,
            facts=a.facts,
        )
        for t, a in zip(tickets, stub.place.vault.admit(arrivals), strict=True)
    ]


def classify(ticket: TicketMasked, stub: Stub) -> TicketClassified:
    return TicketClassified(
        **answering(ticket, stub.producer), text=ticket.text, identity=ticket.identity,
        person=ticket.person, facts=ticket.facts, category="delivery", sub_category="eta",
        intent="ask_status", confidence=0.8, external=ticket.external,
    )  # fmt: skip


def draft(ticket: Any, stub: Stub) -> DraftCreated:
    return DraftCreated(
        **answering(ticket, stub.producer), identity=ticket.identity, person=ticket.person,
        route=ticket.route, status="drafted", text=DraftText(answer="Dear [NAME_1], soon."),
    )  # fmt: skip


STAGES = (
    Stage("mask", "ticket.received", "ticket.masked", mask),
    Stage("classify", "ticket.masked", "ticket.classified", each(classify), frozenset({"text"})),
    Stage("route", "ticket.classified", "ticket.routed", route),
    Stage("draft", "ticket.routed", "draft.created", each(draft), frozenset({"text"})),
)


def canary(ticket: TicketReceived) -> str:
    """The name that nobody else has; it stands in subject, text, address, file and reply."""
    return ticket.sender.name


def person(name: str) -> str:
    return f"{name.capitalize()} Canary{name}"


def address(name: str) -> str:
    return f"{name}.canary{name}@mail.example"


def identity_of(name: str, number: int = 1) -> UUID:
    return uuid5(NAMESPACE_URL, f"{name}/{number}")


def photo(name: str) -> bytes:
    return f"photo of {person(name)}".encode()


def ticket(place: Place, name: str, number: int = 1, text: str = "") -> TicketReceived:
    """A ticket, whose photo is stored with it."""
    identity = identity_of(name, number)
    attached = place.attachments.put(photo(name), f"{name}.txt", "", secret=identity.bytes)
    return TicketReceived(
        event_id=identity, ticket_id=str(identity), case_id=str(identity), cause_id=None,
        occurred_at=NOON, shop="kestrel", producer=Producer("intake", "1"),
        external=External("crm", f"W-{name}-{number}"), subject="Where is it?",
        text=text or f"{person(name)} asks: where is my lamp?",
        sender=Sender(person(name), address(name)),
        message=Message(f"<{name}.{number}@mail.example>"), attachments=(attached,),
    )  # fmt: skip


class Line:
    """A shop on a broker of its own, with stages that are called by hand."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.place = place_of(settings, settings.brokers)
        self.done: dict[str, int] = {}

    def publish(self, *events: Any) -> None:
        with Publisher(self.settings.brokers, self.place.codec) as publisher:
            for event in events:
                publisher.send(event)

    def answer(self) -> None:
        """Everything that is new goes through all stages, and into the read models."""
        limits = {name: t.largest for name, t in all_topics().items()}
        for stage in STAGES:
            stub: Any = Stub(Producer(stage.name, "1"), self.place)
            if stage.name == "route":
                stub = RouteResources.of(default_policy(), b"k" * 64, "1")
            work = Work(stage, always(stub), self.place.codec, self.place.vault, limits)
            new = [r for r in self.records(stage.source) if self._is_new(stage, r)]
            with Publisher(self.settings.brokers, self.place.codec) as publisher:
                for out in work(new):
                    publisher.send_raw(out.topic, out.key, out.value, out.headers)
        keep_up(self.settings, self.settings.brokers, once=True)

    def _is_new(self, stage: Stage, record: Read) -> bool:
        mark = f"{stage.name}/{record.partition}"
        new = record.offset >= self.done.get(mark, 0)
        self.done[mark] = max(self.done.get(mark, 0), record.offset + 1)
        return new

    def records(self, topic: str) -> list[Read]:
        return list(read_all(self.settings.brokers, [topic]))

    def reply(self, name: str) -> None:
        drafts = {r.key: r.value for r in self.records("draft.created")}
        mine = ticket(self.place, name)
        self.publish(
            AgentReplied(
                event_id=uuid5(NAMESPACE_URL, f"reply/{name}"), ticket_id=mine.ticket_id,
                case_id=mine.case_id, cause_id=None, occurred_at=NOON, shop="kestrel",
                producer=Producer("crm", "1"), draft=drafts[mine.ticket_id.encode()] or b"",
                actions=("edited",), final_text=f"Dear {person(name)}, tomorrow.", agent="a7",
            )
        )  # fmt: skip

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """The program as a process, to be killed."""
        environment = os.environ | self.settings.environment()
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        return subprocess.Popen(
            [*PROGRAM, *arguments],
            # compiled once for all of them
            env=environment | {"PYTHONPYCACHEPREFIX": str(self.settings.cache / "pyc")},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def command(self, *arguments: str, status: int = 0) -> str:
        """The program in this process, which has imported everything already."""
        out, error = StringIO(), StringIO()
        before = os.umask(0o077)
        with ExitStack() as stack:
            stack.callback(os.umask, before)
            stack.enter_context(patch.dict(os.environ, self.settings.environment()))
            stack.enter_context(patch.object(sys, "argv", ["ticketstream", *arguments]))
            stack.enter_context(redirect_stdout(out))
            stack.enter_context(redirect_stderr(error))
            with pytest.raises(SystemExit) as ended:
                main()
        assert (ended.value.code or 0) == status, error.getvalue()
        return out.getvalue() + (error.getvalue() if status else "")

    def killed(self, word: str, *arguments: str) -> None:
        """The program, killed as soon as it says that it begins with this."""
        process = self.start(*arguments)
        assert process.stderr is not None
        said = []
        assert any(said.append(line) or line.startswith(word) for line in process.stderr), said  # type: ignore[func-returns-value]
        process.send_signal(signal.SIGKILL)
        process.communicate()

    def bytes_of(self, *names: str) -> dict[str, dict[str, int]]:
        """Where canaries can be read: topics as anybody reads them, and every file."""
        secrets = {name: f"Canary{name}".lower().encode() for name in names}
        files = files_with(self.settings.home, list(secrets.values()))
        found = dict(zip(names, files, strict=True))
        for record in read_all(self.settings.brokers, list(all_topics())):
            whole = b"".join(
                (record.key or b"", record.value or b"", *(v for _, v in record.headers))
            ).lower()
            for name, secret in secrets.items():
                if secret in whole:
                    found[name][record.topic] = found[name].get(record.topic, 0) + 1
        return found

    def rows(self, ticket: str) -> list[Any]:
        with self.place.models.connect() as connection:
            mine = select(timeline).where(timeline.c.ticket_id == ticket)
            return list(connection.execute(mine))


@pytest.fixture(scope="module")
def line(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Line]:
    home = tmp_path_factory.mktemp("rights")
    with broker.start(home / "kafka", cache, die_with_parent=True) as kafka:
        settings = Settings(home=home, cache=cache, brokers=kafka.bootstrap, log_level="error")
        create_master_keys(settings.key_folder)
        create_receipt_key(settings.key_folder)
        topics.create(kafka.bootstrap, settings.partitions)
        running = Line(settings)
        running.publish(*(ticket(running.place, name) for name in NAMES))
        running.answer()
        for name in NAMES[:4]:
            running.reply(name)
        keep_up(settings, settings.brokers, once=True)
        yield running
        running.place.vault.engine.dispose()
        running.place.models.dispose()


def test_find_counts_every_place_and_shows_nothing_of_the_person(line: Line) -> None:
    told = line.command("person", "find", f" {address('ada').upper()} ", "--json")
    found = json.loads(told)
    assert found["tickets"] == 1
    assert found["records"] == {
        "ticket.received": 1, "ticket.masked": 1, "ticket.classified": 1, "ticket.routed": 1,
        "draft.created": 1, "agent.replied": 1,
    }  # fmt: skip
    assert found["attachments"] == 1
    assert found["upstream_systems"] == {"crm": 1}
    assert found["read_model_rows"]["timeline"] == 6
    assert "canary" not in told.lower()


def test_an_export_holds_what_was_written_decided_and_answered_and_nobody_else(
    line: Line, tmp_path: Path
) -> None:
    folder = tmp_path / "export"
    line.command("person", "export", address("ada"), "--out", str(folder), "--language", "de")
    told = json.loads((folder / "export.json").read_text())
    (mine,) = told["tickets"]
    by_topic = {e["topic"]: e for e in mine["events"]}
    assert f"{person('ada')} asks" in by_topic["ticket.masked"]["text"]["text"]
    assert by_topic["draft.created"]["text"]["answer"] == f"Dear {person('ada')}, soon."
    assert by_topic["agent.replied"]["final_text"].startswith(f"Dear {person('ada')}")
    assert mine["decisions"][0]["reasons"]
    (file,) = told["attachments"]
    assert (folder / file["file"]).read_text() == f"photo of {person('ada')}"
    page = (folder / "export.html").read_text()
    assert person("ada") in page
    assert "Wie entschieden wurde, wer antwortet" in page
    assert "Aufsichtsbehörde" in page
    whole = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file()).lower()
    assert not any(f"canary{other}".encode() in whole for other in NAMES[1:])
    assert (folder / "export.json").stat().st_mode & 0o077 == 0


def test_an_erasure_that_is_killed_at_every_turn_ends_as_one_that_is_not(
    line: Line, tmp_path: Path
) -> None:
    found = line.bytes_of("ada", "ben", "cem", "dua")
    assert all({"ticket.received", "agent.replied"} <= set(places) for places in found.values())
    kept = {name: found[name] for name in ("cem", "dua")}
    wrapped = _wrapped_keys(line)
    people = tmp_path / "people.txt"
    people.write_text(f"{address('ada')}\n\n  {address('ben').upper()}\n{address('ada')}\n")
    arguments = ("person", "erase", "--file", str(people), "--yes", "--json")
    for word in (*(what for what, _ in STEPS), RECEIPTS):
        line.killed(word, *arguments)
    underway = json.loads(line.command("person", "receipt", "list", "--json"))["underway"]
    assert len(underway) == 2
    told = json.loads(line.command(*arguments))
    assert {each["id"] for each in told} == set(underway)
    assert len(list((line.settings.home / "receipts").glob("*.json"))) == 2
    _nothing_is_left(line, "ada", "ben")
    assert line.bytes_of("cem", "dua") == kept
    gone = [w for w in wrapped if w not in _wrapped_keys(line)]
    assert len(gone) == 4
    assert not any(files_with(line.settings.home, [key.lower() for key in gone]))
    assert topics.check(line.settings.brokers) == []


def test_the_read_models_made_anew_know_nothing_of_the_erased(line: Line) -> None:
    before, kept = (line.rows(str(identity_of(name))) for name in ("ada", "cem"))
    assert {row.person for row in before} == {""}
    rebuild_all(line.settings)
    keep_up(line.settings, line.settings.brokers, once=True)
    after = line.rows(str(identity_of("ada")))
    assert {row.topic for row in after} == {row.topic for row in before} - set(CLEAR_TOPICS)
    assert {(row.person, row.text or b"") for row in after} == {("", b"")}
    assert {bool(row.person) for row in kept if row.topic == "ticket.masked"} == {True}
    assert line.rows(str(identity_of("cem"))) == kept


def test_the_receipt_names_nobody_and_anybody_can_check_it(line: Line, tmp_path: Path) -> None:
    receipt = _receipt(line)
    assert receipt.stat().st_mode & 0o077 == 0
    public = tmp_path / "receipt.pub"
    shutil.copy(line.settings.key_folder / "receipt.pub", public)
    said = line.command("person", "receipt", "verify", str(receipt), "--key", str(public))
    assert said.startswith("genuine")
    text = receipt.read_text()
    assert "canary" not in text.lower()
    told = json.loads(text)["receipt"]
    counts = {d["where"]: d for d in told["destroyed"]}
    assert counts["ticket.received"]["count"] == 1
    assert counts["ticket.received"]["compaction_proven_at"]
    assert counts["attachments"]["count"] == 1
    assert told["upstream"]["tickets"] == {"crm": 1}
    assert told["language_models"]["asked"] == []
    forged = tmp_path / "forged.json"
    forged.write_text(text.replace('"persons": 1', '"persons": 2'))
    assert "NOT genuine" in line.command(
        "person", "receipt", "verify", str(forged), "--key", str(public), status=1
    )


def test_who_is_erased_is_not_found_again_and_erasing_twice_says_so(line: Line) -> None:
    assert json.loads(line.command("person", "find", address("ada"), "--json"))["tickets"] == 0
    assert "nothing is held" in line.command("person", "erase", address("ada"), "--yes")


def test_a_late_redelivery_is_buried_unread_and_retention_takes_it_out(line: Line) -> None:
    line.publish(ticket(line.place, "ada"))
    line.answer()
    dead = line.records("ticket.received.dead")
    assert [r.value for r in dead] == [b""]
    assert line.bytes_of("ada")["ada"]
    done = json.loads(line.command("retention", "apply", "--json"))
    assert done["tombstones"] == 1
    again = json.loads(line.command("retention", "apply", "--json"))
    assert again["tombstones"] == 0
    assert unnamed(line.settings) == []


def test_a_ticket_that_was_never_masked_is_found_by_its_sender_and_goes_too(line: Line) -> None:
    line.publish(ticket(line.place, "gil"))
    found = json.loads(line.command("person", "find", address("gil"), "--json"))
    assert found["records"] == {"ticket.received": 1}
    line.command("person", "erase", address("gil"), "--yes")
    _nothing_is_left(line, "gil")
    line.answer()
    with line.place.vault.reading():
        assert line.place.vault.person_of("kestrel", address("gil")) is None


def test_several_addresses_of_one_person_are_found_and_go_together(line: Line) -> None:
    other = "ida@work.example"
    second = replace(
        ticket(line.place, "ida", 2), sender=Sender(person("ida"), other), attachments=()
    )
    kind = sender_kind(line.place.door, other)
    line.publish(second)
    line.place.notes.arrivals(kind, second.ticket_id, NOON, timedelta(hours=1))
    line.answer()
    found = json.loads(line.command("person", "find", address("ida"), other, "--json"))
    assert found["tickets"] == 2
    (told,) = json.loads(line.command("person", "erase", address("ida"), other, "--yes", "--json"))
    assert told["tickets"] == 2
    _nothing_is_left(line, "ida")
    receipt = json.loads(Path(told["file"]).read_text())["receipt"]
    counts = {(d["where"], d["what"]): d for d in receipt["destroyed"]}
    assert counts["vault", "text key and identity key"]["persons"] == 2
    assert counts["doors", "keyed hashes of submissions"]["count"] == 1
    assert kind not in (line.settings.home / "intake.db").read_bytes()


def test_a_large_unreadable_mail_is_handed_out_and_destroyed(line: Line, tmp_path: Path) -> None:
    mail = EmailMessage()
    mail["From"] = f"{person('jun')} <{address('jun')}>"
    mail.set_content(f"{person('jun')} " + "x" * LARGEST, cte="8bit")
    by_another = f"From: x@mail.example\n\n{address('jun')} ".encode() + b"y" * LARGEST
    with Publisher(line.settings.brokers, line.place.codec) as publisher:
        for data in (mail.as_bytes(), by_another):
            letter = letter_of(data, Dead("unreadable", "not readable"), line.place.door)
            publisher.send_raw("intake.dead", *letter)
    found = json.loads(line.command("person", "find", address("jun"), "--json"))
    assert found["dead_letters"] == {"intake.dead": 2}
    folder = tmp_path / "export"
    said = line.command("person", "export", address("jun"), "--out", str(folder))
    assert "0 tickets, 0 events, 1 files" in said
    assert (folder / "letters" / "001.eml").read_bytes() == mail.as_bytes()
    (told,) = json.loads(line.command("person", "erase", address("jun"), "--yes", "--json"))
    receipt = json.loads(Path(told["file"]).read_text())["receipt"]
    assert {d["count"] for d in receipt["destroyed"] if d["where"] == "attachments"} == {1}
    assert receipt["expires"]["dead_letters"] == {"intake.dead": 2}
    assert "nothing is held" in line.command("person", "erase", address("jun"), "--yes")
    left = json.loads(line.command("person", "find", address("jun"), "--json"))
    assert left["dead_letters"] == {"intake.dead": 1}


def test_nobody_goes_or_is_shown_because_a_stranger_typed_a_customer_number(
    line: Line, tmp_path: Path
) -> None:
    owner = replace(
        ticket(line.place, "cem", 2), sender=Sender(person("cem"), address("cem"), "C-104233")
    )
    stranger = ticket(line.place, "hal", 1, f"{person('hal')}, I am customer C-104233")
    line.publish(owner)
    line.answer()
    line.publish(stranger)
    line.answer()
    folder = tmp_path / "export"
    line.command("person", "export", "C-104233", "--out", str(folder))
    whole = b"".join(p.read_bytes() for p in folder.rglob("*") if p.is_file()).lower()
    assert b"canarycem" in whole
    assert b"canaryhal" not in whole
    (told,) = json.loads(line.command("person", "erase", address("hal"), "--yes", "--json"))
    assert told["tickets"] == 1
    assert json.loads(line.command("person", "find", "C-104233", "--json"))["tickets"] == 2


def test_rotated_master_keys_open_what_the_old_ones_sealed(line: Line, tmp_path: Path) -> None:
    before = (line.settings.key_folder / "text.key").read_text()
    assert "anew" in line.command("vault", "rotate")
    assert (line.settings.key_folder / "text.key").read_text() != before
    folder = tmp_path / "export"
    line.command("person", "export", address("dua"), "--out", str(folder))
    (mine,) = json.loads((folder / "export.json").read_text())["tickets"]
    assert any(person("dua") in str(e.get("text")) for e in mine["events"])
    old = place_of(line.settings, line.settings.brokers)
    assert old.vault.keys != line.place.vault.keys
    old.vault.engine.dispose()
    old.models.dispose()


def test_a_restored_backup_of_the_vault_is_erased_again_by_its_receipts(line: Line) -> None:
    home = line.settings.home
    with sqlite3.connect(home / "vault.db") as source, sqlite3.connect(home / "b.db") as target:
        source.backup(target)
    line.command("person", "erase", address("eva"), "--yes")
    with sqlite3.connect(home / "b.db") as source, sqlite3.connect(home / "vault.db") as target:
        source.backup(target)
    (home / "b.db").unlink()
    assert json.loads(line.command("person", "find", address("eva"), "--json"))["tickets"] == 1
    done = json.loads(line.command("retention", "apply", "--json"))
    assert done["returned"] == 1
    assert json.loads(line.command("person", "find", address("eva"), "--json"))["tickets"] == 0
    forged = home / "receipts" / "forged.json"
    told = json.loads(_receipt(line).read_text())
    told["receipt"]["tickets"] = [str(identity_of("fon"))]
    forged.write_text(json.dumps(told))
    assert json.loads(line.command("retention", "apply", "--json"))["returned"] == 0
    assert json.loads(line.command("person", "find", address("fon"), "--json"))["tickets"] == 1
    forged.unlink()


def _receipt(line: Line) -> Path:
    return min((line.settings.home / "receipts").glob("*.json"))


def _wrapped_keys(line: Line) -> list[bytes]:
    with sqlite3.connect(line.settings.home / "vault.db") as raw:
        rows = raw.execute("select text_key, identity_key from person").fetchall()
    return [key for row in rows for key in row]


def _nothing_is_left(line: Line, *names: str) -> None:
    """The broker removes compacted files a second after the proof."""
    end = time.monotonic() + 20
    while any((left := line.bytes_of(*names)).values()) and time.monotonic() < end:
        time.sleep(0.5)
    assert not any(left.values()), left
    assert not any(_has_photo(line, name) for name in names)
    assert _has_photo(line, "cem")


def _has_photo(line: Line, name: str) -> bool:
    """Whether the encrypted file is there, under the name that it has for its ticket."""
    digest = hmac.digest(identity_of(name).bytes, sha256(photo(name)).digest(), "sha512")
    return any(line.place.attachments.folder.rglob(digest[:16].hex()))
