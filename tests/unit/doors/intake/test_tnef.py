"""Files as Outlook writes them, made here: a builder of TNEF and a packer of its RTF."""

import struct
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ticketstream.doors.intake import rtf, tnef
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.mail import received_from_mail

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


def attribute(name: int, value: bytes, level: int = 1) -> bytes:
    check = sum(value) % 0x10000
    return struct.pack("<BHHI", level, name, 6, len(value)) + value + struct.pack("<H", check)


def properties(*rows: tuple[int, int, bytes]) -> bytes:
    """Rows of number, type and value; a row of a fixed type holds its bytes as they are."""
    out = struct.pack("<I", len(rows))
    for name, kind, value in rows:
        out += struct.pack("<HH", kind, name)
        if name >= 0x8000:
            out += bytes(16) + struct.pack("<II", 1, 6) + "ab\0".encode("utf-16-le") + b"\0\0"
        if kind in tnef.FIXED:
            out += value
        else:
            out += struct.pack("<II", 1, len(value)) + value + bytes(-len(value) % 4)
    return out


def winmail(*parts: bytes) -> bytes:
    return tnef.SIGNATURE + b"\x01\x00" + b"".join(parts)


def packed(source: bytes) -> bytes:
    """RTF source compressed: pieces that were there before as references, the rest as it is."""
    seen, out, at = bytearray(rtf.KNOWN), bytearray(), 0
    while at < len(source):
        flags, chunk = 0, bytearray()
        for bit in range(8):
            piece = next(
                (
                    source[at : at + n]
                    for n in range(17, 1, -1)
                    if _known(seen, source[at : at + n])
                ),
                b"",
            )
            if at >= len(source):
                end = len(seen) % rtf.RING
                chunk += struct.pack(">H", end << 4)
                flags |= 1 << bit
                break
            if len(piece) > 1:
                start = bytes(seen).rfind(piece)
                chunk += struct.pack(">H", (start % rtf.RING) << 4 | (len(piece) - 2))
                flags |= 1 << bit
            else:
                piece = source[at : at + 1]
                chunk += piece
            seen += piece
            at += len(piece)
        out += bytes([flags]) + chunk
    return struct.pack("<II4sI", len(out) + 12, len(source), rtf.PACKED, 0) + out


def _known(seen: bytearray, piece: bytes) -> bool:
    at = bytes(seen).rfind(piece)
    return len(piece) > 1 and at >= 0 and len(seen) - at < 4000


def mail(data: bytes, text: str = "") -> bytes:
    message = EmailMessage()
    message["From"] = "jana@brandt.example"
    message.set_content(text)
    message.add_attachment(data, maintype="application", subtype="ms-tnef", filename="winmail.dat")
    return message.as_bytes()


def test_the_files_in_a_winmail_dat_are_attachments_of_their_own(door: Door) -> None:
    wide = "Größe.png".encode("utf-16-le") + b"\0\0"
    data = winmail(
        attribute(tnef.NEXT_FILE, bytes(14)),
        attribute(tnef.TITLE, b"GRO~1.PNG\0"),
        attribute(tnef.DATA, PNG),
        attribute(
            tnef.FILE_PROPERTIES,
            properties((0x0E20, 3, bytes(4)), (0x8001, 3, bytes(4)), (tnef.LONG_NAME, 0x1F, wide)),
        ),
        attribute(tnef.NEXT_FILE, bytes(14)),
        attribute(tnef.TITLE, b"..\\liste.csv\0"),
        attribute(tnef.DATA, b"Artikel;Menge"),
    )
    ticket = received_from_mail(mail(data, "Siehe Anlage."), door)
    picture, table = ticket.attachments
    assert (picture.file_name, picture.media_type) == ("Größe.png", "image/png")
    assert door.attachments.get(picture) == PNG
    assert (table.file_name, table.text) == ("liste.csv", "Artikel;Menge")
    assert ticket.text == "Siehe Anlage."


HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 {\fonttbl{\f0 A;}}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0"
    rb" Gr\'fc\'dfe aus K\u246?ln{\*\htmltag84 <b>}\htmlrtf \b\htmlrtf0 jetzt{\*\htmltag92 </b>}"
    rb"\htmlrtf\par\htmlrtf0{\*\htmltag241 <span style='display:none'>}Gehorche"
    rb"{\*\htmltag249 </span>}{\*\htmltag72 </p>}}"
)
PLAIN = (
    rb"{\rtf1\ansi\ansicpg1250{\fonttbl{\f0 Arial;}}{\colortbl\red0;}{\*\generator X;}\pard "
    rb"Wo ist mein\line Paket\'3f\par {\b Gr\'fc\'dfe}, \uc2\u322 l/ \{Jana\}{\pict 0102}}"
)


def test_the_example_of_the_standard_is_decompressed() -> None:
    example = bytes.fromhex(
        "2d0000002b0000004c5a4675f1c5c7a703000a007263706731323542320af32068656c"
        "090020627705b06c647d0a800fa0"
    )
    assert rtf.decompressed(example) == rb"{\rtf1\ansi\ansicpg1252\pard hello world}" + b"\r\n"
    assert rtf.spoken(rtf.decompressed(example)).text == "hello world"


def test_a_body_that_only_the_winmail_dat_has_is_the_text(door: Door) -> None:
    body = properties((tnef.RTF, tnef.BYTES, packed(PLAIN)))
    ticket = received_from_mail(mail(winmail(attribute(tnef.PROPERTIES, body, 1))), door)
    assert ticket.text == "Wo ist mein\nPaket?\nGrüße, ł {Jana}"
    assert ticket.attachments == ()


def test_html_that_was_put_into_rtf_is_read_and_what_it_hides_is_counted(door: Door) -> None:
    body = properties((tnef.RTF, tnef.BYTES, packed(HTML)))
    ticket = received_from_mail(mail(winmail(attribute(tnef.PROPERTIES, body, 1))), door)
    assert ticket.text == "Grüße aus Kölnjetzt"
    assert ticket.signals == {"hidden_text": 1}


def test_a_body_that_the_mail_has_too_is_not_said_twice(door: Door) -> None:
    body = properties((tnef.PLAIN, 0x1F, "Hallo".encode("utf-16-le")))
    data = winmail(attribute(tnef.PROPERTIES, body))
    assert received_from_mail(mail(data, "Hallo"), door).text == "Hallo"
    assert received_from_mail(mail(data), door).text == "Hallo"


def test_a_codepage_is_kept_to(door: Door) -> None:
    head = attribute(tnef.CODEPAGE, struct.pack("<II", 1251, 0))
    data = winmail(head, attribute(tnef.BODY, "Привет\0".encode("cp1251")))
    assert received_from_mail(mail(data), door).text == "Привет"


def test_a_message_inside_is_a_file_with_its_words(door: Door) -> None:
    inner = winmail(
        attribute(tnef.BODY, b"Die alte Beschwerde.\0"),
        attribute(tnef.NEXT_FILE, bytes(14)),
        attribute(tnef.DATA, PNG),
    )
    rows = properties(
        (tnef.SHOWN_NAME, 0x1E, b"Beschwerde\0"), (tnef.OBJECT, tnef.INNER, bytes(16) + inner)
    )
    data = winmail(attribute(tnef.NEXT_FILE, bytes(14)), attribute(tnef.FILE_PROPERTIES, rows))
    ticket = received_from_mail(mail(data, "Anbei."), door)
    assert [a.media_type for a in ticket.attachments] == ["application/ms-tnef", "image/png"]
    assert ticket.attachments[0].text == "Die alte Beschwerde."


@pytest.mark.parametrize("data", [b"", b"x", tnef.SIGNATURE, b"\0" * 99])
def test_what_is_no_winmail_dat_stays_a_file(door: Door, data: bytes) -> None:
    ticket = received_from_mail(mail(data, "Anbei."), door)
    assert len(ticket.attachments) <= 1
    assert ticket.text == "Anbei."


@given(st.binary(max_size=300), st.integers(0, 400))
@settings(max_examples=200, deadline=None)
def test_any_bytes_and_any_cut_are_no_crash(junk: bytes, cut: int) -> None:
    whole = winmail(
        attribute(tnef.PROPERTIES, properties((tnef.RTF, tnef.BYTES, packed(HTML)))),
        attribute(tnef.NEXT_FILE, bytes(14)),
        attribute(
            tnef.FILE_PROPERTIES, properties((0x8001, 0x1F, b"ab"), (tnef.OBJECT, 13, b"x" * 20))
        ),
    )
    for data in (tnef.SIGNATURE + junk, whole[:cut] + junk, whole[: cut + 9] + junk + whole[cut:]):
        if found := tnef.unpack(data):
            rtf.spoken(rtf.decompressed(found.rtf)).text.encode("utf-8", "surrogatepass")
            assert all(file.data for file in found.files)
    rtf.spoken(rtf.decompressed(struct.pack("<II4sI", 0, 99999, rtf.PACKED, 0) + junk))
    rtf.spoken(junk)


@given(st.text(alphabet="ab\\{}'c 1\n", max_size=400))
@settings(max_examples=100, deadline=None)
def test_what_is_packed_comes_back(source: str) -> None:
    assert rtf.decompressed(packed(source.encode())) == source.encode()
    rtf.spoken(source.encode())
