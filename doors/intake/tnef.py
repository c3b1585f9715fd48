"""A winmail.dat (TNEF, MS-OXTNEF) in, the body and the files that Outlook packed into it out."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from ticketstream.doors.intake.charset import decoded

SIGNATURE = b"\x78\x9f\x3e\x22"
MOST = 10_000  # attributes, and properties of one of them
# attributes
BODY, TITLE, DATA = 0x800C, 0x8010, 0x800F
NEXT_FILE, PROPERTIES, FILE_PROPERTIES, CODEPAGE = 0x9002, 0x9003, 0x9005, 0x9007
# properties
PLAIN, RTF, HTML, OBJECT = 0x1000, 0x1009, 0x1013, 0x3701
SHOWN_NAME, SHORT_NAME, LONG_NAME, MEDIA_TYPE = 0x3001, 0x3704, 0x3707, 0x370E
# types of properties: bytes of the fixed ones, the ones with a length, flags
FIXED = {2: 4, 3: 4, 4: 4, 5: 8, 6: 8, 7: 8, 10: 4, 11: 4, 20: 8, 64: 8, 72: 16}
INNER, WIDE, BYTES = 0x0D, 0x1F, 0x102
MANY, NAMED = 0x1000, 0x8000
GUID = 16


@dataclass(slots=True)
class Packed:
    """One file inside."""

    name: str = ""
    media_type: str = ""
    data: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Unpacked:
    """What was inside: the body in the forms in which it came (`rtf` compressed), and the files."""

    plain: str = ""
    html: str = ""
    rtf: bytes = field(default=b"", repr=False)
    files: list[Packed] = field(default_factory=list)


def unpack(data: bytes) -> Unpacked | None:
    """Everything inside; None for what is no TNEF. A file that ends too early gives what it has."""
    if not data.startswith(SIGNATURE):
        return None
    found, codepage = Unpacked(), ""
    for attribute, value in islice(_attributes(data), MOST):
        if attribute == CODEPAGE:
            codepage = f"cp{int.from_bytes(value[:4], 'little')}"
        elif attribute == BODY:
            found.plain = decoded(value.rstrip(b"\0"), codepage)
        elif attribute == PROPERTIES:
            _read_body(found, _texts(value, codepage))
        elif attribute == NEXT_FILE:
            found.files.append(Packed())
        elif found.files:
            _read_file(found.files[-1], attribute, value, codepage)
    found.files = [file for file in found.files if file.data]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    at = 6  # behind the signature and a key
    while at + 9 <= len(data):
        _level, attribute, _type, size = struct.unpack_from("<BHHI", data, at)
        at += 9
        yield attribute, data[at : at + size]
        at += size + 2  # and its checksum


def _read_body(found: Unpacked, properties: dict[int, bytes | str]) -> None:
    plain, html = properties.get(PLAIN, ""), properties.get(HTML, "")
    found.plain = plain if isinstance(plain, str) and plain else found.plain
    found.html = html if isinstance(html, str) else decoded(html)
    rtf = properties.get(RTF, b"")
    found.rtf = rtf if isinstance(rtf, bytes) else b""


def _read_file(file: Packed, attribute: int, value: bytes, codepage: str) -> None:
    if attribute == TITLE:
        file.name = file.name or decoded(value.rstrip(b"\0"), codepage)
    elif attribute == DATA:
        file.data = value
    elif attribute == FILE_PROPERTIES:
        told = _texts(value, codepage)
        names = (told.get(name) for name in (LONG_NAME, SHORT_NAME, SHOWN_NAME))
        file.name = next((n for n in names if isinstance(n, str) and n), file.name)
        kind = told.get(MEDIA_TYPE)
        file.media_type = kind if isinstance(kind, str) else ""
        inner = told.get(OBJECT)
        if isinstance(inner, bytes) and not file.data:
            file.data = inner[GUID:]


def _texts(data: bytes, codepage: str) -> dict[int, bytes | str]:
    """The properties that have a length, text decoded; the first of each."""
    found: dict[int, bytes | str] = {}
    for name, kind, value in islice(_properties(data), MOST):
        if kind == WIDE:
            found.setdefault(name, value.decode("utf-16-le", "replace").rstrip("\0"))
        elif kind in {INNER, BYTES}:
            found.setdefault(name, value)
        else:
            found.setdefault(name, decoded(value.rstrip(b"\0"), codepage))
    return found


def _properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Number, type and value of the properties with a length, as far as the bytes make sense."""
    try:
        yield from _read_properties(data)
    except struct.error:
        return


def _read_properties(data: bytes) -> Iterator[tuple[int, int, bytes]]:
    (count,), at = struct.unpack_from("<I", data), 4
    for _ in range(count):
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= NAMED:
            at = _behind_name(data, at)
        plain = kind & ~MANY
        if plain in FIXED:
            (values,) = struct.unpack_from("<I", data, at) if kind & MANY else (1,)
            at += FIXED[plain] * values + (4 if kind & MANY else 0)
            continue
        (values,) = struct.unpack_from("<I", data, at)
        at += 4
        for _ in range(min(values, MOST)):
            (size,) = struct.unpack_from("<I", data, at)
            at += 4
            yield name, plain, data[at : at + size]
            at += size + -size % 4


def _behind_name(data: bytes, at: int) -> int:
    """Where the value of a property begins that has a name of its own instead of a number."""
    (by_name,) = struct.unpack_from("<I", data, at + GUID)
    if not by_name:
        return at + GUID + 8
    (size,) = struct.unpack_from("<I", data, at + GUID + 4)
    return int(at + GUID + 8 + size + -size % 4)
