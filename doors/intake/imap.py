"""A folder of an IMAP server in, its new mails out; marked or moved once they are taken care of."""

import binascii
import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import unquote, urlsplit

from ticketstream.doors.intake.headers import moment
from ticketstream.schemas.errors import MailboxError, SettingError

PORTS = {"imaps": 993, "imap": 143}
LOCAL = ("127.0.0.1", "::1", "localhost")
TIMEOUT_S = 60.0
TOGETHER = 20  # mails that are published, and then marked, together
LARGEST = 64 * 1024 * 1024  # bytes of a mail; a larger one stays where it is
TAKEN = "$Ticketstream"  # a keyword of our own: a person who opens a mail must not hide it from us
UID = re.compile(rb"\bUID (\d+)")
SIZE = re.compile(rb"\bRFC822\.SIZE (\d+)")
CAME = re.compile(rb'\bINTERNALDATE "([^"]{1,40})"')
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """Where the mails are. With `done` they are moved there, without they are marked.

    `since` leaves out what the server received before that day.
    """

    host: str
    port: int
    encrypted: bool
    user: str
    password: str = field(repr=False)
    folder: str = "INBOX"
    done: str = ""
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Fetched:
    """A mail as it came, and when the server received it."""

    uid: int
    data: bytes = field(repr=False)
    received_at: datetime | None


@dataclass(frozen=True, slots=True)
class Polled:
    """What a poll did; mails that are too large stay in the folder as they are."""

    taken: int
    too_large: int


def mailbox_of(url: str, password: str, done: str = "", since: date | None = None) -> Mailbox:
    """`imaps://support%40shop.example@mail.example/INBOX` as a mailbox.

    Raises:
        SettingError: it names no user or host, or holds the password.
    """
    try:
        parts = urlsplit(url)
        port = parts.port or PORTS[parts.scheme]
        host, user = parts.hostname or "", unquote(parts.username or "")
    except (ValueError, KeyError):
        host = user = ""
    if not (host and user) or parts.password is not None:
        raise SettingError(
            "TICKETSTREAM_IMAP must be imaps://USER@HOST/FOLDER, with %40 for an @ in the user; "
            "the password lies in the file TICKETSTREAM_IMAP_PASSWORD"
        )
    folder = unquote(parts.path.strip("/")) or "INBOX"
    return Mailbox(host, port, parts.scheme == "imaps", user, password, folder, done, since)


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
        small = [uid for uid, size in sizes.items() if size <= LARGEST]
        for start in range(0, len(small), TOGETHER):
            mails = [mail for uid in small[start : start + TOGETHER] if (mail := box.fetch(uid))]
            take(mails)
            box.finish([mail.uid for mail in mails])
            taken += len(mails)
    return Polled(taken, len(sizes) - len(small))


class _Box:
    """A selected folder."""

    def __init__(self, server: imaplib.IMAP4, mailbox: Mailbox) -> None:
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
        """A mail, left unseen; None if it is gone."""
        answer = self._do("FETCH", str(uid), "(INTERNALDATE BODY.PEEK[])")
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
        target = _quoted(self._mailbox.done)
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
        server = _connected(mailbox)
        try:
            yield _Box(_logged_in(server, mailbox), mailbox)
        finally:
            with suppress(imaplib.IMAP4.error, OSError):
                server.logout()
    except (imaplib.IMAP4.error, OSError) as error:
        raise MailboxError(f"the IMAP server cannot be used ({type(error).__name__})") from error


def _connected(mailbox: Mailbox) -> imaplib.IMAP4:
    """A connection that nobody else reads."""
    if mailbox.encrypted:
        context = ssl.create_default_context()
        return imaplib.IMAP4_SSL(mailbox.host, mailbox.port, ssl_context=context, timeout=TIMEOUT_S)
    server = imaplib.IMAP4(mailbox.host, mailbox.port, timeout=TIMEOUT_S)
    if "STARTTLS" in server.capabilities:
        server.starttls(ssl.create_default_context())
    elif mailbox.host not in LOCAL:
        server.logout()
        raise SettingError(
            "the IMAP server offers no encryption: use imaps:// in TICKETSTREAM_IMAP"
        )
    return server


def _logged_in(server: imaplib.IMAP4, mailbox: Mailbox) -> imaplib.IMAP4:
    try:
        server.login(mailbox.user, mailbox.password)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise SettingError(
            "the IMAP server refuses user or password: see TICKETSTREAM_IMAP and "
            "TICKETSTREAM_IMAP_PASSWORD"
        ) from None
    server.capabilities = _capabilities(server)
    # asked before the first mail is taken: what cannot be moved would be taken again and again
    if mailbox.done and server.status(_quoted(mailbox.done), "(MESSAGES)")[0] != "OK":
        raise SettingError("the IMAP server has no such folder: see TICKETSTREAM_IMAP_DONE")
    if server.select(_quoted(mailbox.folder))[0] != "OK":
        raise SettingError("the IMAP server has no such folder: see TICKETSTREAM_IMAP")
    return server


def _capabilities(server: imaplib.IMAP4) -> tuple[str, ...]:
    """What the server can do for this user; before the login it told less."""
    _, told = server.capability()
    return tuple((told[-1] or b"").decode("ascii", "replace").upper().split())


def _quoted(folder: str) -> str:
    """A folder's name as the protocol writes it (modified UTF-7, quoted)."""
    return '"' + _utf7(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(name: str) -> str:
    def encoded(match: re.Match[str]) -> str:
        data = binascii.b2a_base64(match[0].encode("utf-16-be"), newline=False)
        return "&" + data.decode().rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-"))
