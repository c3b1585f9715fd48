"""Dead letters are attributed by ticket, by whole address, and as one's own only by the sender."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.burial import LARGEST, letter_of
from ticketstream.doors.intake.door import Door
from ticketstream.doors.person.letters import KEPT, Letter, addresses_in, letters, senders_of
from ticketstream.schemas.dead import Dead
from ticketstream.stream.reading import Read

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
LENA, LOOKALIKES = "lena@mail.example", ("xlena@mail.example", "lena@mail.example.org")
MAIL = b"From: Lena <Lena@Mail.example>\r\nTo: shop@kestrel-birch.example\r\n\r\n\x00"
BY_ANOTHER = b"From: ben@mail.example\n\nI saw what lena@mail.example wrote."


@pytest.fixture
def door(tmp_path: Path) -> Door:
    return Door("kestrel", b"k" * 32, AttachmentStore(tmp_path / "attachments"), AT)


def buried(data: bytes, door: Door, key: bytes | None = None) -> Read:
    letter = letter_of(data, Dead("unreadable", "no mail"), door)
    headers = tuple((n, v.encode() if isinstance(v, str) else v or b"") for n, v in letter.headers)
    return Read(
        "intake.dead", 0, 0, int(AT.timestamp() * 1000), key or letter.key, letter.value, headers
    )


def found(door: Door, *records: Read) -> list[tuple[int, Letter]]:
    return list(letters(records, {"t1": 1}, {LENA: 1}, door.attachments))


def test_a_mail_from_the_person_is_their_own_and_is_told_with_its_reason(door: Door) -> None:
    ((who, letter),) = found(door, buried(MAIL, door))
    assert (who, letter.own, letter.data) == (1, True, MAIL)
    assert letter.header("reason") == "unreadable"
    assert letter.expires == AT + KEPT
    assert timedelta(days=7) == KEPT


def test_who_is_only_named_in_a_letter_does_not_own_it(door: Door) -> None:
    ((who, letter),) = found(door, buried(BY_ANOTHER, door))
    assert (who, letter.own) == (1, False)


def test_a_letter_of_a_ticket_is_the_persons_by_its_key(door: Door) -> None:
    ((who, letter),) = found(door, buried(b"\x00 no address", door, key=b"t1"))
    assert (who, letter.own) == (1, False)


def test_a_large_letter_is_looked_for_in_the_store(door: Door) -> None:
    ((_, letter),) = found(door, buried(MAIL + b"x" * LARGEST, door))
    assert letter.own
    assert letter.stored is not None
    assert letter.data.startswith(MAIL)
    door.attachments.forget(letter.stored.id)
    assert found(door, letter.record) == []


@pytest.mark.parametrize("other", LOOKALIKES)
def test_a_longer_address_is_somebody_elses(door: Door, other: str) -> None:
    assert found(door, buried(f"From: {other}\n\nhello".encode(), door)) == []


def test_many_people_are_looked_for_in_one_pass() -> None:
    people = [f"p{n}@mail.example" for n in range(500)]
    data = b"to P7@mail.example, <p77@MAIL.example>;p499@mail.example."
    assert addresses_in(data, people) == {
        "p7@mail.example",
        "p77@mail.example",
        "p499@mail.example",
    }
    assert addresses_in(data, []) == frozenset()


@pytest.mark.parametrize(
    ("data", "senders"),
    [
        (
            b"From: A <a@x.example>\nReply-To: b@x.example\n\nc@x.example",
            {"a@x.example", "b@x.example"},
        ),
        (b"To: a@x.example\n\nhello", set()),
        (b'{"sender": {"address": "a@x.example"}}', set()),
        (b"\xff\xfe\x00", set()),
        (b"From: =?utf-8?q?a=40x.example?= <b@x.example>\n\n", {"b@x.example"}),
        (b"", set()),
    ],
)
def test_the_sender_is_who_the_head_of_a_mail_says(data: bytes, senders: set[str]) -> None:
    assert senders_of(data) == senders
