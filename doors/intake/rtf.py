"""Outlook's RTF in (compressed, MS-OXRTFCP; often HTML inside, MS-OXRTFEX), HTML or text out."""

import re
import struct
from dataclasses import dataclass, replace
from itertools import islice

from ticketstream.doors.intake.charset import decoded

HEAD = 16
RAW, PACKED = b"MELA", b"LZFu"
RING = 4096
LARGEST = 8 * 1024 * 1024  # bytes of source that are read
MOST_TOKENS = 500_000
# what both sides know before the first byte (MS-OXRTFCP 2.1.2.1)
KNOWN = (
    b"{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss "
    b"\\fmodern \\fscript \\fdecor MS Sans SerifSymbolArialTimes New RomanCourier"
    b"{\\colortbl\\red0\\green0\\blue0\r\n\\par \\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx"
)
TOKEN = re.compile(
    rb"\\([a-z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-f]{2})|\\([^a-z'])|([{}])|[\r\n]+|([^\\{}\r\n]+)",
    re.IGNORECASE,
)
# groups that are no text
SILENT = frozenset(
    {
        b"fonttbl",
        b"colortbl",
        b"stylesheet",
        b"info",
        b"pict",
        b"object",
        b"header",
        b"footer",
        b"themedata",
        b"listtable",
        b"generator",
        b"fldinst",
    }
)
BREAKS = {
    b"par": "\n",
    b"line": "\n",
    b"row": "\n",
    b"cell": " ",
    b"tab": "\t",
    b"emdash": "\u2014",
}
BREAKS |= {b"endash": "\u2013", b"bullet": "\u2022", b"lquote": "\u2018", b"rquote": "\u2019"}
BREAKS |= {b"ldblquote": "\u201c", b"rdblquote": "\u201d"}
ESCAPES = {
    b"~": "\u00a0",
    b"_": "\u2011",
    b"\\": "\\",
    b"{": "{",
    b"}": "}",
    b"\n": "\n",
    b"\r": "\n",
}


@dataclass(slots=True)
class Group:
    """What holds inside a pair of braces."""

    silent: bool = False
    tag: bool = False  # HTML that was put into RTF
    double: bool = False  # RTF that says again what the HTML says
    skip: int = 1  # characters that stand for one in Unicode


@dataclass(frozen=True, slots=True)
class Spoken:
    """The text; `html` when it was HTML that had been put into RTF."""

    text: str
    html: bool


def decompressed(data: bytes) -> bytes:
    """The RTF source; what it has where it ends too early, empty for what is none."""
    if len(data) < HEAD:
        return b""
    size, kind = struct.unpack_from("<I", data, 4)[0], data[8:12]
    if kind == RAW:
        return data[HEAD:][: min(size, LARGEST)]
    return _unpacked(data[HEAD:], min(size, LARGEST)) if kind == PACKED else b""


def _unpacked(data: bytes, size: int) -> bytes:
    # a reference leads back into the last 4,096 bytes, at first into what both sides know
    out = bytearray(RING - len(KNOWN)) + KNOWN
    begin, write, at = len(out), len(KNOWN), 0
    while at < len(data) and len(out) - begin < size:
        flags = data[at]
        at += 1
        for bit in range(8):
            if flags >> bit & 1:
                pair = int.from_bytes(data[at : at + 2])
                at += 2
                back, length = (write - (pair >> 4)) % RING, (pair & 0xF) + 2
                if not back or at > len(data):
                    return bytes(out[begin:])
                start = len(out) - back
                piece = bytes(out[start : start + length])
                piece = (piece * length)[:length]  # it may repeat what it is just writing
            else:
                piece = data[at : at + 1]
                at += 1
            out += piece
            write = (write + len(piece)) % RING
    return bytes(out[begin:][:size])


def spoken(source: bytes) -> Spoken:
    """What RTF source says."""
    return _Reader(source).read()


class _Reader:
    def __init__(self, source: bytes) -> None:
        self._source = source[:LARGEST]
        self._html = b"\\fromhtml" in source[:4096]
        self._codepage = "cp1252"
        self._group = Group()
        self._above: list[Group] = []
        self._out: list[str] = []
        self._bytes = bytearray()
        self._owed = 0  # characters that say again what a Unicode character said
        self._starred = False

    def read(self) -> Spoken:
        for match in islice(TOKEN.finditer(self._source), MOST_TOKENS):
            word, number, code, sign, brace, text = match.groups()
            if brace:
                self._brace(opens=brace == b"{")
            elif word:
                self._word(word.lower(), int(number) if number else None)
            elif code:
                self._write(bytes.fromhex(code.decode()))
            elif sign:
                self._sign(sign)
            elif text:
                self._write(text)
        self._flush()
        return Spoken("".join(self._out), self._html)

    def _brace(self, *, opens: bool) -> None:
        self._flush()
        self._owed = 0
        if opens:
            self._above.append(self._group)
            self._group = replace(self._group)
        elif self._above:
            self._group = self._above.pop()

    def _word(self, word: bytes, number: int | None) -> None:
        starred, self._starred = self._starred, False
        if word == b"htmltag":
            self._group.tag, self._group.silent = True, False
        elif word in SILENT or starred:
            self._group.silent = True
        elif word == b"htmlrtf":
            self._flush()
            self._group.double = number != 0
        elif word == b"ansicpg" and number:
            self._codepage = f"cp{number}"
        elif word == b"uc":
            self._group.skip = number if number is not None else 1
        elif word == b"u" and number is not None:
            self._say(chr(number % 0x10000))
            self._owed = self._group.skip
        elif word in BREAKS:
            self._say(BREAKS[word])

    def _sign(self, sign: bytes) -> None:
        if sign == b"*":
            self._starred = True
        else:
            self._say(ESCAPES.get(sign, ""))

    def _write(self, data: bytes) -> None:
        rest = data[self._owed :]
        self._owed = max(0, self._owed - len(data))
        if self._is_seen():
            self._bytes += rest

    def _say(self, text: str) -> None:
        self._flush()
        if self._is_seen():
            self._out.append(text)

    def _flush(self) -> None:
        """Bytes as text, together: two of them may be one letter."""
        if self._bytes:
            self._out.append(decoded(bytes(self._bytes), self._codepage))
            self._bytes.clear()

    def _is_seen(self) -> bool:
        return not self._group.silent and (self._group.tag or not self._group.double)
