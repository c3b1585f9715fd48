"""A folder of an IMAP server in, its new mails out; marked or moved once they are taken care of."""

import imaplib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ticketstream.doors.intake.headers import moment
from ticketstream.doors.intake.imap_login import Mailbox, connected, logged_in, quoted
from ticketstream.schemas.errors import MailboxError

TOGETHER = 20  # mails that are published, and then marked, together
LARGEST = 64 * 1024 * 1024  # bytes of a mail; a larger one stays where it is
TAKEN = "$Ticketstream"  # a keyword of our own: a person who opens a mail must not hide it from us
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
CAME = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it came, and when the server received it."""

    uid: int
    data: bytes = field(repr=False)
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll did.

    `left` counts what stays in the folder as it is: too large, or the server does not hand it out.
    """

    taken: int
    left: int


def poll(mailbox: Mailbox, take: Callable[[Sequence[Fetched]], None]) -> Polled:
    """Hand every new mail to `take`, a few at a time; when it returns they are marked or moved.

    Raises:
        MailboxError: the server cannot be reached, or does not do as it should; whatever was not
            marked comes again.
        SettingError: the server refuses user, password or folder.
    """
    taken = 0
    with _opened(mailbox) as box:
        sizes = box.sizes(box.new())
        small = {uid: size for uid, size in sizes.items() if size <= LARGEST}
        for uids in _portions(small):
            mails = [mail for uid in uids if (mail := box.fetch(uid))]
            take(mails)
            box.finish([mail.uid for mail in mails])
            taken += len(mails)
        return Polled(taken, len(sizes) - len(small) + box.refused)


def _portions(sizes: Mapping[int, int]) -> Iterator[list[int]]:
    """A few mails at a time, fewer of large ones: they are in memory together."""
    portion: list[int] = []
    room = LARGEST
    for uid, size in sizes.items():
        if portion and (len(portion) == TOGETHER or size > room):
            yield portion
            portion, room = [], LARGEST
        portion.append(uid)
        room -= size
    if portion:
        yield portion


class _Box:
    """A selected folder."""

    def __init__(self, server: imaplib.IMAP4, mailbox: Mailbox) -> None:
        self.refused = 0
        self._server = server
        self._mailbox = mailbox
        allowed = b" ".join(part for part in server.response("PERMANENTFLAGS")[1] if part)
        self._keyword = b"\\*" in allowed or TAKEN.encode().lower() in allowed.lower()

    def new(self) -> list[int]:
        """What nobody took yet; where the server keeps no keywords of ours, what is unseen."""
        wanted = ["UNDELETED"]
        if not self._mailbox.done:
            wanted += ["UNKEYWORD", TAKEN] if self._keyword else ["UNSEEN"]
        if since := self._mailbox.since:
            wanted += ["SINCE", f"{since.day}-{MONTHS[since.month - 1]}-{since.year}"]
        found = self._do("SEARCH", *wanted)
        return [int(uid) for line in found if line for uid in line.split()]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Bytes of each mail, in the order of their numbers."""
        found: dict[int, int] = {}
        for start in range(0, len(uids), 500):
            part = ",".join(map(str, uids[start : start + 500]))
            for line in self._do("FETCH", part, "(UID RFC822.SIZE)"):
                uid, size = (pattern.search(line or b"") for pattern in (UID, SIZE))
                if uid and size:
                    found[int(uid[1])] = int(size[1])
        return dict(sorted(found.items()))

    def fetch(self, uid: int) -> Fetched | None:
        """A mail, left unseen; None if it is gone, or the server cannot read it."""
        try:
            answer = self._do("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])")
        except MailboxError:  # one mail that is broken there must not stop those behind it
            self.refused += 1
            return None
        for part in answer:
            if isinstance(part, tuple):
                told = b" ".join(p if isinstance(p, bytes) else p[0] for p in answer if p)
                came = CAME.search(told)
                return Fetched(uid, part[1], moment(came[1].decode("ascii")) if came else None)
        return None

    def finish(self, uids: Sequence[int]) -> None:
        """Mark mails as taken, or move them away."""
        if not uids:
            return
        which = ",".join(map(str, uids))
        if not self._mailbox.done:
            flags = f"(\\Seen {TAKEN})" if self._keyword else "(\\Seen)"
            self._do("STORE", which, "+FLAGS.SILENT", flags)
            return
        target = quoted(self._mailbox.done)
        if "MOVE" in self._server.capabilities:
            self._do("MOVE", which, target)
            return
        self._do("COPY", which, target)
        self._do("STORE", which, "+FLAGS.SILENT", "(\\Deleted)")
        if "UIDPLUS" in self._server.capabilities:  # without it EXPUNGE takes others' mails along
            self._do("EXPUNGE", which)

    def _do(self, command: str, *words: str) -> list[Any]:
        status, answer = self._server.uid(command, *words)
        if status != "OK":
            raise MailboxError(f"the IMAP server refuses {command}; what it holds comes again")
        return answer


@contextmanager
def _opened(mailbox: Mailbox) -> Iterator[_Box]:
    try:
        server = connected(mailbox)
        try:
            yield _Box(logged_in(server, mailbox), mailbox)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(f"the IMAP server cannot be used ({type(error).__name__})") from error
