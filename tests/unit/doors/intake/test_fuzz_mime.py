"""Random bytes, mutated real mails, random MIME trees: no crash, nothing lost, bounded time."""

import time
from base64 import encodebytes
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from quopri import encodestring

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from ticketstream.doors.intake.burial import letter_of
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw, messages
from ticketstream.doors.intake.read import read
from ticketstream.schemas.codec import decode_record, encode_record
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.received import TicketReceived

SLOWEST = 5.0  # seconds of CPU for a message of a few kilobytes
LARGEST = 2 * 1024 * 1024 - 2048  # bytes of an event that its topic takes
MAILBOX = Path(__file__).parents[4] / "knowledge" / "mailbox"
MAILS = [raw.data for raw in messages([MAILBOX]) if raw.kind == "mail"]
FUZZ = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    max_examples=200,
    deadline=None,
)


def taken(data: bytes, door: Door) -> TicketReceived | Dead:
    """What became of a mail; whatever it is, it is the same again, and nothing of it is lost."""
    started = time.process_time()
    found = read(Raw("mail", data, "a.eml"), door)
    assert time.process_time() - started < SLOWEST
    assert read(Raw("mail", data, "a.eml"), door) == found
    if isinstance(found, Dead):
        assert "\n" not in found.message
        assert letter_of(data, found, door).value == data
        return found
    wire = encode_record(found)
    assert len(wire) < LARGEST
    assert decode_record(TicketReceived, wire) == found
    for file in found.attachments:
        assert len(door.attachments.get(file)) == file.size
        assert "/" not in file.file_name
        assert file.file_name.strip(". ")
        assert file.file_name.isprintable()
    return found


@given(st.binary(max_size=2_000))
@FUZZ
def test_any_bytes(door: Door, data: bytes) -> None:
    taken(data, door)


@given(st.binary(max_size=1_000), st.sampled_from([b"From: a@b.example\n", b"Subject:"]))
@FUZZ
def test_any_bytes_behind_a_header(door: Door, data: bytes, head: bytes) -> None:
    assert isinstance(taken(head + data, door), TicketReceived | Dead)


@st.composite
def mutated(draw: st.DrawFn) -> bytes:
    """A mail of the sample mailbox, cut, doubled, flipped, and crossed with another one."""
    data = bytearray(draw(st.sampled_from(MAILS)))
    for _ in range(draw(st.integers(1, 8))):
        a, b = sorted(draw(st.tuples(st.integers(0, len(data)), st.integers(0, len(data)))))
        match draw(st.sampled_from(["cut", "double", "flip", "insert", "cross", "lines", "case"])):
            case "cut":
                del data[a:b]
            case "double":
                data[b:b] = data[a : min(b, a + 2_000)]
            case "flip":
                data[a : a + 1] = draw(st.binary(min_size=1, max_size=4))
            case "insert":
                data[a:a] = draw(st.sampled_from(JUNK))
            case "cross":
                other = draw(st.sampled_from(MAILS))
                data[a:b] = other[a % (len(other) + 1) :][: b - a]
            case "lines":
                data = bytearray(data.replace(*draw(st.sampled_from(LINE_ENDS))))
            case _:
                data[a:b] = data[a:b].swapcase()
    return bytes(data[:50_000])


JUNK = [
    b"\nContent-Type: multipart/mixed; boundary=",
    b"\nContent-Type: message/rfc822\n\n",
    b"\nContent-Transfer-Encoding: base64\n\n",
    b"\n--",
    b"--\n",
    b"=?utf-8?b?",
    b"\0",
    b"\xff\xfe",
    b"<div style='display:none'>",
    b"<style>@media{",
    b"\x78\x9f\x3e\x22",
    b"%PDF-1.7\n",
    b"> ",
    b"\nFrom nobody Mon Nov  2 10:00:00 2026\n",
]
LINE_ENDS = [(b"\r\n", b"\n"), (b"\n", b"\r\n"), (b"\n", b"\r"), (b"\n", b""), (b" ", b"\t")]


@given(mutated())
@FUZZ
def test_a_mutated_real_mail(door: Door, data: bytes) -> None:
    taken(data, door)


@dataclass(frozen=True)
class Part:
    """A part of a well-formed mail: words or a file, or parts of a kind around others."""

    kind: str
    words: str = ""
    inner: tuple["Part", ...] = ()
    coding: str = "8bit"

    def source(self, depth: int = 0) -> bytes:
        if self.kind == "message/rfc822":
            head = b"From: ben@post.example\nSubject: innen\n"
            return b"Content-Type: message/rfc822\n\n" + head + self.inner[0].source(depth + 1)
        if self.inner:
            lines = [b'Content-Type: %s; boundary="b%d"\n' % (self.kind.encode(), depth)]
            lines += (b"--b%d\n%s" % (depth, part.source(depth + 1)) for part in self.inner)
            return b"\n".join([*lines, b"--b%d--\n" % depth])
        return self._leaf()

    def leaves(self) -> Iterator["Part"]:
        yield from (leaf for part in self.inner for leaf in part.leaves())
        if not self.inner:
            yield self

    def _leaf(self) -> bytes:
        said = f"<p>{self.words}</p>" if self.kind == "text/html" else self.words
        named = b'; name="%s.bin"' % self.words.encode() if self.kind == "image/png" else b""
        data = {"base64": encodebytes, "quoted-printable": encodestring, "8bit": bytes}[
            self.coding
        ](said.encode())
        head = f"Content-Type: {self.kind}; charset=utf-8".encode() + named
        return head + f"\nContent-Transfer-Encoding: {self.coding}\n\n".encode() + data


WORDS = st.text(alphabet="abcdefgxyzäöüß", min_size=8, max_size=12)
LEAF = st.builds(
    Part,
    kind=st.sampled_from(["text/plain", "text/html", "image/png"]),
    words=WORDS,
    coding=st.sampled_from(["8bit", "base64", "quoted-printable"]),
)
TREE = st.recursive(
    LEAF,
    lambda inner: st.one_of(
        st.builds(
            Part,
            kind=st.sampled_from(["multipart/mixed", "multipart/related", "multipart/x-odd"]),
            inner=st.lists(inner, min_size=1, max_size=4).map(tuple),
        ),
        st.builds(Part, kind=st.just("message/rfc822"), inner=st.tuples(inner)),
    ),
    max_leaves=8,
)


@given(TREE)
@example(
    Part(
        "multipart/mixed", inner=(Part("message/rfc822", inner=(Part("text/html", "geheimnis"),)),)
    )
)
@FUZZ
def test_every_word_and_every_file_of_a_random_tree_arrives(door: Door, tree: Part) -> None:
    head = b"From: jana@brandt.example\nMessage-ID: <1@b.example>\nMIME-Version: 1.0\n"
    found = taken(head + tree.source(), door)
    assert isinstance(found, TicketReceived)
    said = "\n".join((found.text, found.quoted, *(a.text for a in found.attachments)))
    for leaf in tree.leaves():
        if leaf.kind == "image/png":
            assert leaf.words.encode() in [door.attachments.get(a) for a in found.attachments]
        else:
            assert leaf.words in said


@given(TREE, st.lists(st.integers(0, 5_000), max_size=6))
@FUZZ
def test_a_random_tree_with_pieces_missing(door: Door, tree: Part, cuts: list[int]) -> None:
    data = b"From: jana@brandt.example\n" + tree.source()
    places = sorted({0, *(cut % len(data) for cut in cuts), len(data)})
    pieces = [data[a:b] for a, b in pairwise(places)]
    taken(b"".join(pieces[::2]), door)


def test_the_sample_mailbox_has_mails_to_mutate() -> None:
    assert len(MAILS) > 50


@pytest.mark.parametrize("data", MAILS, ids=range(len(MAILS)))
def test_every_head_of_a_real_mail(door: Door, data: bytes) -> None:
    for end in range(0, min(len(data), 3_000), 389):
        taken(data[:end], door)
