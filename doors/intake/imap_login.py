"""The settings of a mailbox in, a server that is logged in and has its folder selected out."""

import binascii
import imaplib
import re
import ssl
from dataclasses import dataclass, field
from datetime import date
from urllib.parse import unquote, urlsplit

from ticketstream.schemas.errors import SettingError

PORTS = {"imaps": 993, "imap": 143}
LOCAL = ("127.0.0.1", "::1", "localhost")
TIMEOUT_S = 60.0


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


def connected(mailbox: Mailbox) -> imaplib.IMAP4:
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


def logged_in(server: imaplib.IMAP4, mailbox: Mailbox) -> imaplib.IMAP4:
    """The same connection, with the folder selected.

    Raises:
        SettingError: the server refuses user, password or folder.
    """
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
    if mailbox.done and server.status(quoted(mailbox.done), "(MESSAGES)")[0] != "OK":
        raise SettingError("the IMAP server has no such folder: see TICKETSTREAM_IMAP_DONE")
    if server.select(quoted(mailbox.folder))[0] != "OK":
        raise SettingError("the IMAP server has no such folder: see TICKETSTREAM_IMAP")
    return server


def _capabilities(server: imaplib.IMAP4) -> tuple[str, ...]:
    """What the server can do for this user; before the login it told less."""
    _, told = server.capability()
    return tuple((told[-1] or b"").decode("ascii", "replace").upper().split())


def quoted(folder: str) -> str:
    """A folder's name as the protocol writes it (modified UTF-7, quoted)."""
    return '"' + _utf7(folder).replace("\\", "\\\\").replace('"', '\\"') + '"'


def _utf7(name: str) -> str:
    def encoded(match: re.Match[str]) -> str:
        data = binascii.b2a_base64(match[0].encode("utf-16-be"), newline=False)
        return "&" + data.decode().rstrip("=").replace("/", ",") + "-"

    return re.sub(r"[^\x20-\x7e]+", encoded, name.replace("&", "&-"))
