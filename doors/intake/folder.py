"""Paths in (mails, mailboxes, Maildirs, JSON lines, folders of them), single raw messages out."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import BinaryIO, Literal

from ticketstream.schemas.errors import SettingError

LOOKED_AT = 4096  # bytes of a file that tell what it is
LINES = frozenset({".jsonl", ".ndjson"})
FROM_LINE = re.compile(rb"From \S+.*\d{1,2}:\d{2}.*")
ESCAPED = re.compile(rb"^>(>*From )", re.MULTILINE)
HEADER = re.compile(rb"[\x21-\x39\x3b-\x7e]+[ \t]*:")
OF_A_MAIL = re.compile(
    rb"^(from|to|subject|date|message-id|received|return-path|delivered-to|mime-version):",
    re.IGNORECASE | re.MULTILINE,
)
NOT_WANTED = frozenset("TD")  # Maildir flags: trashed, draft


@dataclass(frozen=True, slots=True)
class Raw:
    """One message as it came; `place` says where: `a.eml`, `box.mbox#12`, `forms.jsonl:7`."""

    kind: Literal["mail", "line"]
    data: bytes = field(repr=False)
    place: str


def messages(paths: Iterable[Path]) -> Iterator[Raw]:
    """Every message of files, mailboxes and folders (recursively), in sorted order, one at a time.

    In folders, files that hold no messages are passed over, and so are hidden ones; of a Maildir
    its inbox is read, without what is flagged as trash or draft.

    Raises:
        SettingError: a path that is missing, or a named file that holds no messages; raised before
            the first message, so that nothing is half published.
    """
    wanted = [Path(path) for path in paths]
    for path in wanted:
        _check(path)
    return (raw for path in wanted for raw in _in(path, path.name))


def _check(path: Path) -> None:
    if not path.exists():
        raise SettingError(f"{path}: no such file or folder")
    if not path.is_dir() and not _is_known(path):
        raise SettingError(f"{path}: no mail, mailbox or JSON lines; use .eml, .mbox or .jsonl")


def _in(path: Path, place: str) -> Iterator[Raw]:
    if path.is_dir():
        yield from _folder(path, place)
    elif path.suffix.lower() in LINES:
        yield from _lines(path, place)
    elif _is_mbox(path):
        yield from _mbox(path, place)
    elif _is_known(path):
        yield Raw("mail", path.read_bytes(), place)


def _folder(path: Path, place: str) -> Iterator[Raw]:
    if is_maildir(path):
        yield from _maildir(path, place)
        return
    for entry in sorted(path.iterdir()):
        if not entry.name.startswith(".") and (entry.is_file() or entry.is_dir()):
            yield from _in(entry, f"{place}/{entry.name}")


def is_maildir(path: Path) -> bool:
    """Whether a folder is laid out as a Maildir."""
    return all((path / name).is_dir() for name in ("cur", "new"))


def _maildir(path: Path, place: str) -> Iterator[Raw]:
    for part in ("cur", "new"):
        for file in sorted((path / part).iterdir()):
            flags = file.name.rpartition(":2,")[2] if ":2," in file.name else ""
            if file.is_file() and NOT_WANTED.isdisjoint(flags):
                yield Raw("mail", file.read_bytes(), f"{place}/{part}/{file.name}")


def _lines(path: Path, place: str) -> Iterator[Raw]:
    with path.open("rb") as file:
        for number, line in enumerate(file, start=1):
            data = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            if data.strip():
                yield Raw("line", data.strip(), f"{place}:{number}")


def _mbox(path: Path, place: str) -> Iterator[Raw]:
    with path.open("rb") as file:
        for number, data in enumerate(_mails(file), start=1):
            yield Raw("mail", data, f"{place}#{number}")


def _mails(file: BinaryIO) -> Iterator[bytes]:
    """The mails of an mbox, streamed.

    The standard library splits at every line that begins with "From "; here a blank line must
    stand above it and a time of day in it, so that a sentence does not cut a mail in two.
    """
    mail: list[bytes] = []
    blank = True
    for line in file:
        if blank and FROM_LINE.match(line):
            if mail:
                yield _unescaped(mail)
            mail = []
        else:
            mail.append(line)
        blank = not line.strip()
    if mail:
        yield _unescaped(mail)


def _unescaped(lines: list[bytes]) -> bytes:
    """`>From ` back to `From `, one `>` less each (mboxrd; in mboxo the loss is one `>`)."""
    return ESCAPED.sub(rb"\1", b"".join(lines))


def _is_known(path: Path) -> bool:
    if path.suffix.lower() in LINES | {".eml", ".mbox"}:
        return True
    head = _head(path)
    return bool(FROM_LINE.match(head)) or _is_mail(head)


def _is_mbox(path: Path) -> bool:
    if path.suffix.lower() == ".eml":
        return False
    return path.suffix.lower() == ".mbox" or bool(FROM_LINE.match(_head(path)))


def _is_mail(head: bytes) -> bool:
    """RFC 822 by its look: header lines from the first line on, one of them a mail's own."""
    top = head.lstrip(b"\r\n").replace(b"\r\n", b"\n").partition(b"\n\n")[0]
    lines = [line for line in top.split(b"\n")[:-1] or [top] if not line.startswith((b" ", b"\t"))]
    headers = all(HEADER.match(line) for line in islice(lines, 20))
    return bool(lines) and headers and bool(OF_A_MAIL.search(top))


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(LOOKED_AT)
