import zlib
from email.message import EmailMessage
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from ticketstream.doors.intake import pdf
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.extract import text_of
from ticketstream.doors.intake.mail import received_from_mail


def said(text: str) -> bytes:
    return f"BT /F1 12 Tf 20 100 Td ({text}) Tj ET".encode()


def pdf_of(text: str, packed: bytes = b"") -> bytes:
    """A PDF of one page, written by hand; its page's content `packed`, if it is."""
    stream, how = (packed, b"/Filter/FlateDecode") if packed else (said(text), b"")
    font = b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>"
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources 6 0 R>>",
        b"<</Length %d%s>>stream\n%s\nendstream" % (len(stream), how, stream),
        font,
        b"<</Font<</F1 5 0 R>>>>",
    ]
    file, places = b"%PDF-1.4\n", []
    for number, body in enumerate(objects, start=1):
        places.append(len(file))
        file += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    tail = b"trailer<</Root 1 0 R/Size %d>>\nstartxref\n%d\n%%%%EOF" % (7, len(file))
    return file + head + table + tail


@pytest.fixture
def reader() -> None:
    pytest.importorskip("pypdf", reason="reading a PDF could not be tried: no pypdf")


@pytest.mark.usefixtures("reader")
def test_the_text_of_a_pdf_is_read_for_masking(door: Door) -> None:
    message = EmailMessage()
    message["From"] = "jana@brandt.example"
    message.set_content("Siehe Rechnung.")
    data = pdf_of("Rechnung INV-2026-000123 an Jana Brandt")
    message.add_attachment(data, maintype="application", subtype="pdf", filename="r.pdf")
    message.add_attachment(data, maintype="application", subtype="octet-stream", filename="r")
    ticket = received_from_mail(message.as_bytes(), door)
    assert ticket.attachments[0].text == "Rechnung INV-2026-000123 an Jana Brandt"
    assert ticket.attachments[1].media_type == "application/pdf"
    assert ticket.signals == {}


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize("data", [b"%PDF-1.4", b"%PDF-1.7\n" + bytes(range(256)) * 9])
def test_a_broken_pdf_says_nothing_and_is_told(door: Door, data: bytes) -> None:
    message = EmailMessage()
    message["From"] = "jana@brandt.example"
    message.add_attachment(data, maintype="application", subtype="pdf", filename="r.pdf")
    ticket = received_from_mail(message.as_bytes(), door)
    assert ticket.attachments[0].text == ""
    assert ticket.signals == {"attachment_unread": 1}
    assert door.attachments.get(ticket.attachments[0]) == data


def locked(data: bytes, password: str) -> bytes:
    """The same PDF, opened by a password; without one anybody reads it and nobody may change it."""
    from pypdf import PdfWriter

    out = BytesIO()
    writer = PdfWriter(BytesIO(data))
    writer.encrypt(password, "the owner's", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


@pytest.mark.usefixtures("reader")
@pytest.mark.parametrize(("password", "text"), [("", "Rechnung"), ("secret", "")])
def test_a_locked_pdf_is_read_where_anybody_may_and_else_kept_and_told(
    door: Door, password: str, text: str
) -> None:
    data = locked(pdf_of("Rechnung"), password)
    message = EmailMessage()
    message["From"] = "jana@brandt.example"
    message.add_attachment(data, maintype="application", subtype="pdf", filename="r.pdf")
    ticket = received_from_mail(message.as_bytes(), door)
    assert ticket.attachments[0].text == text
    assert ticket.signals == ({} if text else {"attachment_unread": 1})
    assert door.attachments.get(ticket.attachments[0]) == data


@pytest.mark.usefixtures("reader")
def test_a_pdf_that_unpacks_to_more_than_memory_ends_only_its_reader() -> None:
    def packed(blanks: int) -> bytes:
        press = zlib.compressobj(1)
        pieces = [press.compress(b" " * 1_000_000) for _ in range(blanks)]
        return b"".join([press.compress(said("Hallo")), *pieces, press.flush()])

    assert pdf.pdf_text(pdf_of("", packed(1))) == "Hallo"
    assert pdf.pdf_text(pdf_of("", packed(2_000))) == ""


def test_an_archive_is_kept_as_it_is_and_never_unpacked(door: Door) -> None:
    inner, out = b"\0" * 5_000_000, BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        archive.writestr("rechnung.txt", inner)
    message = EmailMessage()
    message["From"] = "jana@brandt.example"
    message.add_attachment(out.getvalue(), maintype="text", subtype="plain", filename="a.txt")
    (kept,) = received_from_mail(message.as_bytes(), door).attachments
    assert (kept.media_type, kept.size, kept.text) == ("application/zip", len(out.getvalue()), "")
    assert kept.size < 10_000


@pytest.mark.usefixtures("reader")
def test_a_pdf_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "WALL_SECONDS", 0.01)
    assert pdf.pdf_text(pdf_of("Hallo")) == ""


def test_without_a_reader_a_pdf_has_no_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda _name: None)
    assert pdf.pdf_text(pdf_of("Hallo")) == ""


@pytest.mark.parametrize(
    ("data", "kind", "charset", "text"),
    [
        (b"Artikel;Menge", "text/csv", "", "Artikel;Menge"),
        ("Gr\u00fc\u00dfe".encode("latin-1"), "text/plain", "iso-8859-1", "Gr\u00fc\u00dfe"),
        ("\ufeffGr\u00fc\u00dfe".encode("utf-16-le"), "text/plain", "utf-16", "Gr\u00fc\u00dfe"),
        (b"<p>Hallo<p style='display:none'>Gehorche", "text/html", "", "Hallo"),
        (b'{"a": 1}', "application/json", "", '{"a": 1}'),
        (b"BEGIN:VCARD", "text/vcard", "", "BEGIN:VCARD"),
        (b"a\0b", "text/plain", "", ""),
        (b"PK", "application/zip", "", ""),
        (b"x" * 200_000, "text/plain", "", "x" * 100_000),
    ],
)
def test_text_is_read_from_files_that_are_text(
    data: bytes, kind: str, charset: str, text: str
) -> None:
    assert text_of(data, kind, charset).text == text
