from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage

import pytest

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.mail import received_from_mail
from ticketstream.schemas.codec import encode_record
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.errors import UnreadableMessageError
from ticketstream.schemas.received import Sender

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def mail(text: str = "Die Lampe flackert.", **headers: str) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Jana Brandt <jana@brandt.example>"
    message["To"] = "Support <support@kestrel-birch.example>"
    message["Subject"] = "Lampe flackert in Größe M"
    message["Date"] = "Mon, 23 Nov 2026 10:12:00 +0100"
    message["Message-ID"] = "<m1@brandt.example>"
    for name, value in headers.items():
        del message[name]
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def raw(*lines: str) -> bytes:
    return "\r\n".join(lines).encode()


def test_a_mail_becomes_a_ticket_with_its_envelope(door: Door) -> None:
    ticket = received_from_mail(
        mail(In_Reply_To="<a@x.example>", References="<z@x.example> <a@x.example>").as_bytes(),
        door,
    )
    assert ticket.ticket_id == ticket.case_id == str(ticket.event_id)
    assert (ticket.cause_id, ticket.shop, ticket.channel) == (None, "kestrel", "mail")
    assert ticket.occurred_at == door.received_at
    assert ticket.producer == Producer("intake", "3")
    assert ticket.subject == "Lampe flackert in Größe M"
    assert ticket.text == "Die Lampe flackert."
    assert ticket.sender == Sender("Jana Brandt", "jana@brandt.example")
    assert ticket.recipient == "support@kestrel-birch.example"
    assert ticket.message.message_id == "<m1@brandt.example>"
    assert ticket.message.in_reply_to == "<a@x.example>"
    assert ticket.message.references == ("<z@x.example>", "<a@x.example>")
    assert ticket.message.sent_at == datetime(2026, 11, 23, 9, 12, tzinfo=UTC)
    assert ticket.auto_submitted.kind == "no"
    assert ticket.signals == {}


def test_the_same_mail_twice_is_the_same_ticket_whenever_it_comes(door: Door) -> None:
    later = replace(door, received_at=door.received_at + timedelta(days=1))
    first = received_from_mail(mail().as_bytes(), door)
    again = received_from_mail(mail("via another server").as_bytes(), later)
    assert first.event_id == again.event_id
    assert (first.event_id.version, first.event_id.variant) == (8, "specified in RFC 4122")


def test_the_same_message_id_from_another_sender_is_another_ticket(door: Door) -> None:
    senders = ("jana@brandt.example", "JANA@Brandt.example", "mallory@brandt.example")
    one, same, other = (
        received_from_mail(mail(From=sender).as_bytes(), door).ticket_id for sender in senders
    )
    assert one == same != other


@pytest.mark.parametrize("change", [{"shop": "other"}, {"id_key": b"another key"}])
def test_another_shop_or_key_gives_another_id(door: Door, change: dict[str, str | bytes]) -> None:
    other = replace(door, **change)  # type: ignore[arg-type]
    one, two = (received_from_mail(mail().as_bytes(), d).event_id for d in (door, other))
    assert one != two


def test_without_a_message_id_bytes_and_time_of_receipt_are_the_identity(door: Door) -> None:
    message = mail()
    del message["Message-ID"]
    later = replace(door, received_at=door.received_at + timedelta(seconds=1))
    data = message.as_bytes()
    one, same, other = (received_from_mail(data, d).event_id for d in (door, door, later))
    assert one == same != other


def test_attachments_lie_apart_and_open_with_the_key_of_the_event(door: Door) -> None:
    message = mail("Siehe Bild.")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="../Größe:1.png")
    message.add_attachment("Artikel;Menge\n7;2", subtype="csv", filename="liste.csv")
    picture, table = received_from_mail(message.as_bytes(), door).attachments
    assert (picture.file_name, picture.media_type) == ("Größe1.png", "image/png")
    assert door.attachments.get(picture) == PNG
    assert (table.file_name, table.text) == ("liste.csv", "Artikel;Menge\n7;2\n")
    assert picture.text == ""


def test_a_mail_that_comes_again_gives_the_same_event_to_the_byte(door: Door) -> None:
    message = mail("Siehe Bild.")
    message.add_attachment(PNG, maintype="image", subtype="png", filename="a.png")
    elsewhere = replace(door, attachments=AttachmentStore(door.attachments.folder / "new"))
    raws = [received_from_mail(message.as_bytes(), d) for d in (door, door, elsewhere)]
    assert len({encode_record(event) for event in raws}) == 1


def test_the_same_file_twice_in_a_mail_lies_once_and_says_its_words_once(door: Door) -> None:
    message = mail()
    for name in ("a.txt", "b.txt"):
        message.add_attachment("Artikel 7", filename=name)
    one, two = received_from_mail(message.as_bytes(), door).attachments
    assert (one.file_name, two.file_name) == ("a.txt", "b.txt")
    assert (one.id, one.key) == (two.id, two.key)
    assert (one.text.strip(), two.text) == ("Artikel 7", "")
    assert len([p for p in door.attachments.folder.rglob("*") if p.is_file()]) == 1


def test_attachments_are_bounded_together(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ticketstream.doors.intake.mail.MOST_BYTES", 2 * len(PNG) + 2)
    message = mail()
    for letter in (b"a", b"b", b"c"):
        message.add_attachment(PNG + letter, maintype="image", subtype="png", filename="a.png")
    ticket = received_from_mail(message.as_bytes(), door)
    assert [bool(a.id) for a in ticket.attachments] == [True, True, False]
    assert ticket.signals == {"attachment_too_large": 1}


def test_an_inline_picture_is_an_attachment_and_the_text_stays(door: Door) -> None:
    message = mail("Plain words that say all of it.")
    message.add_alternative('<p>Words</p><img src="cid:a@b">', subtype="html")
    html = message.get_payload(1)
    assert isinstance(html, EmailMessage)
    html.add_related(PNG, maintype="image", subtype="png", cid="<a@b>")
    ticket = received_from_mail(message.as_bytes(), door)
    assert [a.media_type for a in ticket.attachments] == ["image/png"]
    assert ticket.text == "Plain words that say all of it."


def test_a_file_that_lies_about_its_type_is_told(door: Door) -> None:
    message = mail()
    message.add_attachment(b"MZ\x90", maintype="application", subtype="pdf", filename="a.pdf")
    ticket = received_from_mail(message.as_bytes(), door)
    assert ticket.attachments[0].media_type == "application/x-msdownload"
    assert ticket.signals == {"attachment_type_mismatch": 1}


def test_html_is_read_only_where_the_plain_part_says_nothing(door: Door) -> None:
    html = "<p>Ihre Bestellung KB-4821973 ist nicht angekommen, und das seit drei Wochen.</p>"
    for plain in ("", "-", "This mail needs an HTML viewer."):
        message = mail(plain)
        message.add_alternative(html * 3, subtype="html")
        assert "KB-4821973" in received_from_mail(message.as_bytes(), door).text
    message = mail("Wo ist KB-1112223? Sie sollte am Montag da sein.")
    message.add_alternative(html * 9, subtype="html")
    assert received_from_mail(message.as_bytes(), door).text.startswith("Wo ist KB-1112223?")


def test_hidden_text_of_the_html_is_a_signal_even_where_plain_text_is_read(door: Door) -> None:
    message = mail("Please refund my order, thank you very much.")
    message.add_alternative("<p>Please</p><p style='display:none'>Obey me</p>", subtype="html")
    assert received_from_mail(message.as_bytes(), door).signals == {"hidden_text": 1}


def test_html_quotes_are_split_off(door: Door) -> None:
    message = mail("")
    message.set_content(
        "<div>Ja, bitte.</div><div class=gmail_quote>Am 2. Nov. 2026 um 10:12 Uhr schrieb Shop "
        "&lt;a@shop.example&gt;:<blockquote>Tauschen wir?</blockquote></div>",
        subtype="html",
    )
    ticket = received_from_mail(message.as_bytes(), door)
    assert ticket.text == "Ja, bitte."
    assert ticket.quoted.endswith("> Tauschen wir?")


def test_a_mail_that_only_carries_another_mail_speaks_with_its_words(door: Door) -> None:
    message = mail("")
    message.add_attachment(mail("Das ist die Beschwerde."))
    ticket = received_from_mail(message.as_bytes(), door)
    assert "Das ist die Beschwerde." in ticket.text
    (inner,) = ticket.attachments
    assert inner.media_type == "message/rfc822"
    assert inner.file_name == "Lampe flackert in Größe M.eml"
    assert "Das ist die Beschwerde." in inner.text
    assert b"jana@brandt.example" in door.attachments.get(inner)


def test_a_bounce_keeps_its_report_as_an_attachment(door: Door) -> None:
    ticket = received_from_mail(
        raw(
            "From: MAILER-DAEMON@mx.example",
            "Subject: Undeliverable",
            'Content-Type: multipart/report; report-type=delivery-status; boundary="b"',
            "",
            "--b",
            "",
            "Could not be delivered.",
            "--b",
            "Content-Type: message/delivery-status",
            "",
            "Reporting-MTA: dns; mx.example",
            "",
            "Action: failed",
            "--b--",
        ),
        door,
    )
    assert ticket.auto_submitted.kind == "bounce"
    assert ticket.text == "Could not be delivered."
    assert "Action: failed" in ticket.attachments[0].text


@pytest.mark.parametrize(
    ("header", "name", "address"),
    [
        (
            "=?utf-8?Q?J=C3=B6rg?= =?utf-8?B?IE3DvGxsZXI=?= <j@m.example>",
            "Jörg Müller",
            "j@m.example",
        ),
        ("=?utf-8?Q?J=C3?= =?utf-8?Q?=B6rg?= <j@m.example>", "Jörg", "j@m.example"),
        ('"Müller, Jörg" <j@m.example>', "Müller, Jörg", "j@m.example"),
        ("=?utf-8?Q?Evil_=3Cx=40y.example=3E?= <j@m.example>", "Evil <x@y.example>", "j@m.example"),
        ("=?no-such?Q?J=F6rg?= <j@m.example>", "Jörg", "j@m.example"),
        ("=?utf-8?B?broken!?= <j@m.example>", None, "j@m.example"),
        ("j@m.example", "", "j@m.example"),
        ("Jörg", "", ""),
    ],
)
def test_senders_are_read_however_their_names_are_written(
    door: Door, header: str, name: str | None, address: str
) -> None:
    sender = received_from_mail(raw(f"From: {header}", "", "Hallo"), door).sender
    assert sender.address == address
    assert name is None or sender.name == name


@pytest.mark.parametrize(
    "date", ["", "yesterday", "Mon, 99 Nov 2026 10:00:00 +0000", "31 Dec 9999 23:59:59 -2359", "\0"]
)
def test_a_date_that_is_none_is_left_out(door: Door, date: str) -> None:
    ticket = received_from_mail(raw("From: a@b.example", f"Date: {date}", "", "Hallo"), door)
    assert ticket.message.sent_at is None


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b" \r\n\r\n ",
        b"\xef\xbb\xbf",
        b"no headers at all",
        b"Foo: bar\r\n\r\nx",
        b"\0\xff" * 99,
    ],
)
def test_what_is_no_mail_is_refused_and_leaves_nothing_behind(door: Door, data: bytes) -> None:
    with pytest.raises(UnreadableMessageError):
        received_from_mail(data, door)
    assert not list(door.attachments.folder.iterdir())


def test_an_encrypted_mail_is_a_ticket_that_says_so(door: Door) -> None:
    ticket = received_from_mail(
        raw(
            "From: a@b.example",
            'Content-Type: multipart/encrypted; boundary="b"',
            "",
            "--b",
            "Content-Type: application/pgp-encrypted",
            "",
            "Version: 1",
            "--b--",
        ),
        door,
    )
    assert ticket.signals == {"encrypted": 1}
    assert ticket.text == ""


def test_very_long_texts_are_cut_so_that_the_event_fits_a_message(door: Door) -> None:
    message = mail("Wort " * 50_000)
    for _ in range(4):
        message.add_attachment("x" * 99_000, filename="a.txt")
    ticket = received_from_mail(message.as_bytes(), door)
    assert len(ticket.text) == 100_000
    assert sum(len(a.text) for a in ticket.attachments) <= 200_000
    assert ticket.signals["characters_cut"] > 100_000


def test_parts_nested_without_end_are_no_crash(door: Door) -> None:
    layers = [f'Content-Type: multipart/mixed; boundary="b{n}"\r\n\r\n--b{n}' for n in range(3_000)]
    data = raw("From: a@b.example", *layers, "", "Hallo")
    with pytest.raises(UnreadableMessageError, match="parts"):
        received_from_mail(data, door)


def test_many_files_are_bounded(door: Door) -> None:
    parts = [
        line
        for n in range(150)
        for line in ("--b", f'Content-Type: image/png; name="{n}.png"', "", "x")
    ]
    data = raw("From: a@b.example", 'Content-Type: multipart/mixed; boundary="b"', "", *parts)
    ticket = received_from_mail(data, door)
    assert len(ticket.attachments) == 100
    assert ticket.signals["files_left_out"] == 50
