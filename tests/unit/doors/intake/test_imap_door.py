import json
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import TracebackType

import pytest
from structlog.testing import capture_logs

from ticketstream.doors.intake.burial import LARGEST
from ticketstream.doors.intake.counts import DoorCounts
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.imap import Fetched
from ticketstream.doors.intake.imap_door import ImapDoor, Publisher
from ticketstream.doors.intake.imap_login import Mailbox, mailbox_of
from ticketstream.doors.intake.loops import Rates
from ticketstream.doors.intake.notes import Notes
from ticketstream.schemas.codec import encode_record
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import BrokerError, SettingError
from ticketstream.schemas.json import from_json
from ticketstream.schemas.received import Attachment

CAME = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Log(AbstractContextManager[Publisher]):
    """A broker that is a list; one that is away takes nothing."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.letters: list[tuple[bytes | None, bytes | None, dict[str, object]]] = []
        self.away = False

    def send(self, event: Event) -> None:
        self.events.append(event)

    def send_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, str | bytes | None]] = (),
    ) -> None:
        assert topic == "intake.dead"
        self.letters.append((key, value, dict(headers)))

    def __exit__(
        self, kind: type[BaseException] | None, _value: object, _trace: TracebackType | None
    ) -> None:
        if self.away:
            raise BrokerError("not delivered")


@pytest.fixture
def log() -> Log:
    return Log()


@pytest.fixture
def imap(door: Door, tmp_path: Path, log: Log) -> ImapDoor:
    notes = Notes(tmp_path / "notes" / "intake.db")
    return ImapDoor(lambda: door, lambda: log, notes, Rates(2, 9), DoorCounts("imap"))


def mail(number: int, at: datetime | None = CAME) -> Fetched:
    head = f"From: jana@brandt.example\r\nSubject: Lampe\r\nMessage-ID: <{number}@b.example>"
    return Fetched(number, f"{head}\r\n\r\nHallo {number}".encode(), at)


def test_mails_become_tickets_at_the_time_of_the_servers_receipt(
    imap: ImapDoor, log: Log, door: Door
) -> None:
    imap.take([mail(1), mail(2, at=None)])
    assert [e.occurred_at for e in log.events] == [CAME, door.received_at]
    assert imap.told == {"tickets": 2, "dead": 0, "loops": 0}


def test_a_mail_that_comes_again_later_is_the_same_event(
    imap: ImapDoor, log: Log, door: Door
) -> None:
    imap.take([mail(1)])
    later = replace(door, received_at=door.received_at + timedelta(days=2))
    replace(imap, door=lambda: later).take([mail(1)])
    assert len({encode_record(event) for event in log.events}) == 1


def test_what_is_no_mail_is_buried_with_its_bytes(imap: ImapDoor, log: Log) -> None:
    imap.take([Fetched(1, b"\0no mail", CAME)])
    ((key, value, headers),) = log.letters
    assert value == b"\0no mail"
    assert headers["reason"] == "unreadable"
    assert key
    assert str(headers["source"]).startswith("intake/")
    assert imap.told["dead"] == 1


def test_what_no_letter_can_hold_lies_in_the_store_and_the_letter_says_where(
    imap: ImapDoor, log: Log, door: Door
) -> None:
    data = b"\0" * (LARGEST + 1)
    imap.take([Fetched(1, data, CAME)])
    ((_, value, headers),) = log.letters
    assert headers["stored"] == "yes"
    assert value
    assert len(value) < 1_000
    assert door.attachments.get(from_json(Attachment, json.loads(value))) == data


def test_a_loop_is_stopped_loudly_once_and_loses_no_mail(imap: ImapDoor, log: Log) -> None:
    mails = [mail(n) for n in range(5)]
    with capture_logs() as lines:
        imap.take(mails)
    assert len(log.events) == 2
    assert [value for _, value, _ in log.letters] == [m.data for m in mails[2:]]
    assert {str(h["reason"]) for _, _, h in log.letters} == {"loop"}
    assert [(x["event"], x["log_level"]) for x in lines] == [("mail_loop_stopped", "error")]
    assert "jana" not in str(lines) + str([h for _, _, h in log.letters])
    value = imap.counts.registry.get_sample_value
    assert value("ticketstream_intake_loops_total", {"door": "imap"}) == 3
    dead = {"door": "imap", "reason": "loop"}
    assert value("ticketstream_intake_dead_total", dead) == 3
    assert value("ticketstream_intake_tickets_total", {"door": "imap"}) == 2


def test_a_broker_that_did_not_take_all_is_no_success(imap: ImapDoor, log: Log) -> None:
    log.away = True
    with pytest.raises(BrokerError):
        imap.take([mail(1)])
    assert imap.told["tickets"] == 0


def test_mails_that_come_again_after_a_failure_are_no_loop(imap: ImapDoor, log: Log) -> None:
    log.away = True
    for _ in range(5):
        with pytest.raises(BrokerError):
            imap.take([mail(1), mail(2)])
    log.away = False
    log.events.clear()
    imap.take([mail(1), mail(2)])
    assert len(log.events) == 2
    assert not log.letters


@pytest.mark.parametrize(
    ("url", "mailbox"),
    [
        (
            "imaps://support%40kestrel-birch.example@mail.example",
            Mailbox(
                "mail.example",
                993,
                encrypted=True,
                user="support@kestrel-birch.example",
                password="pw",
            ),
        ),
        (
            "imap://shop@localhost:1143/Eingang/Neu%20da",
            Mailbox(
                "localhost",
                1143,
                encrypted=False,
                user="shop",
                password="pw",
                folder="Eingang/Neu da",
            ),
        ),
    ],
)
def test_a_mailbox_is_named_by_a_url(url: str, mailbox: Mailbox) -> None:
    assert mailbox_of(url, "pw") == mailbox
    assert "pw" not in repr(mailbox)


@pytest.mark.parametrize(
    "url",
    [
        "",
        "mail.example",
        "imaps://mail.example",
        "pop3://a@b",
        "imaps://a:secret@b",
        "imap://a@b:x",
    ],
)
def test_a_url_that_names_no_mailbox_is_refused_without_being_shown(url: str) -> None:
    with pytest.raises(SettingError, match="TICKETSTREAM_IMAP must be") as caught:
        mailbox_of(url, "")
    assert "secret" not in str(caught.value)
