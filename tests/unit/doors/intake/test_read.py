"""Whatever comes in: a ticket that can be encoded, or a dead letter. Never anything else."""

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.lines import CHAT, ORDER, SENDER, SHORT, TURN
from ticketstream.doors.intake.read import read
from ticketstream.doors.intake.tnef import SIGNATURE
from ticketstream.schemas.codec import decode_record, encode_record
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.received import TicketReceived

FUZZ = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=150,
    deadline=None,
)
TYPES = st.sampled_from(
    b"text/plain|text/html|multipart/mixed; boundary=b|multipart/alternative; boundary=b|"
    b"message/rfc822|multipart/report; report-type=delivery-status; boundary=b|"
    b"message/delivery-status|"
    b"text/plain; charset=utf-7; format=flowed; delsp=yes|text/csv; name*0*=utf-8''%C3|text|"
    b'application/pdf; name="=?utf-8?q?=FF?="|multipart/digest; boundary=b|message/partial|'
    b"application/ms-tnef; name=winmail.dat|text/rfc822-headers|text/html; name=a.html|"
    b"text/plain; charset*=us-ascii'en'idna|image/png; name*=x'y'%ZZ|application/pkcs7-mime".split(
        b"|"
    )
)
HEADER = st.one_of(
    TYPES.map(lambda kind: b"Content-Type: " + kind),
    st.sampled_from([b"base64", b"quoted-printable", b"x-uuencode", b"8bit", b"odd"]).map(
        lambda name: b"Content-Transfer-Encoding: " + name
    ),
    st.tuples(
        st.sampled_from(
            b"From To Subject Date Message-ID References Reply-To Return-Path Auto-Submitted "
            b"Content-Disposition Content-Language List-Id Precedence".split()
        ),
        st.one_of(
            st.binary(max_size=30),
            st.sampled_from(
                [
                    b"=?x?b?A?=",
                    b"=?utf-8?q?=E?= =?a?",
                    b"<a@b>",
                    b'"',
                    b"a@b@c <",
                    b"attachment; filename=",
                    b"attachment; filename*1*=x; filename*0=y",
                    b"Fri, 99 Foo 99999 99:99",
                    b"(((",
                    b"\xc3\xa4 <\xff@x>",
                ]
            ),
        ),
    ).map(lambda pair: pair[0] + b": " + pair[1]),
)
CHUNK = st.one_of(
    HEADER,
    st.sampled_from(
        [b"", b"--b", b"--b--", b"", b"<p style='display:none'>x", b"begin 644 x", b"> q"]
    ),
    st.binary(max_size=60).map(lambda data: SIGNATURE + b"\0\0" + data),
    st.binary(max_size=40),
)


def never_crashes(raw: Raw, door: Door) -> None:
    found = read(raw, door)
    assert read(raw, door) == found, "what comes again must be the same event"
    if isinstance(found, Dead):
        assert found.reason == "unreadable"
        assert "\n" not in found.message
    else:
        assert decode_record(TicketReceived, encode_record(found)) == found
        assert all(len(door.attachments.get(a)) == a.size for a in found.attachments)


@given(st.binary(max_size=400))
@FUZZ
def test_any_bytes_give_a_ticket_or_a_dead_letter(door: Door, data: bytes) -> None:
    never_crashes(Raw("mail", data, "a.eml"), door)


@given(st.lists(CHUNK, max_size=25))
@FUZZ
def test_any_broken_mail_gives_a_ticket_or_a_dead_letter(door: Door, chunks: list[bytes]) -> None:
    never_crashes(Raw("mail", b"From: a@b.example\n" + b"\n".join(chunks), "a.eml"), door)


KEYS = st.sampled_from((*CHAT, *SHORT, *SENDER, *ORDER, *TURN, "nonsense"))
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["form", "chat", "mail", "customer", "2026-11-23", "9999-12-31T23:59-23:59"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=5),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, JSON, max_size=8))
@FUZZ
def test_any_object_gives_a_ticket_or_a_dead_letter(door: Door, value: dict[str, object]) -> None:
    never_crashes(Raw("line", json.dumps(value).encode(), "a.jsonl:3"), door)


@given(st.binary(max_size=60))
@FUZZ
def test_any_line_gives_a_ticket_or_a_dead_letter(door: Door, data: bytes) -> None:
    never_crashes(Raw("line", data, "a.jsonl:3"), door)


def test_a_dead_letter_names_the_line_but_neither_file_nor_person(door: Door) -> None:
    dead = read(Raw("line", b'{"text": "Jana", "x": 1}', "jana-brandt.jsonl:3"), door)
    assert isinstance(dead, Dead)
    assert dead.message.startswith("line 3: unknown key 'x'")
    assert "jana" not in dead.message.lower()


def test_a_store_that_cannot_be_written_stops_intake_and_buries_nothing(door: Door) -> None:
    Path(door.attachments.folder / "block").write_text("a file where a folder should be")
    blocked = Door(
        door.shop,
        door.id_key,
        type(door.attachments)(door.attachments.folder / "block"),
        door.received_at,
    )
    data = b"From: a@b.example\nContent-Type: image/png; name=a.png\n\npixels"
    with pytest.raises(NotADirectoryError):
        read(Raw("mail", data, "a.eml"), blocked)
