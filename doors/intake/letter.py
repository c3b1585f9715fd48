"""The bytes of a mail in, what it says out: pure, nothing is stored yet."""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import Message as Mail

from ticketstream.doors.intake.automatic import Sign, automatic
from ticketstream.doors.intake.charset import without_unseen
from ticketstream.doors.intake.headers import (
    Headers,
    first,
    headers_of,
    language_of,
    message_ids,
    message_of,
    recipient_of,
    sender_of,
    words,
)
from ticketstream.doors.intake.html_text import seen_text
from ticketstream.doors.intake.mime import MOST_FILES, Body, Content, File, content_of
from ticketstream.doors.intake.quotes import split_quote
from ticketstream.schemas.errors import UnreadableMessageError
from ticketstream.schemas.received import AutoSubmitted, Message, Sender

LONGEST = 100_000  # characters of the text and of the quote: an event must fit a Kafka message
READ = 500_000  # characters of a mail's text that are looked at
LONGEST_SUBJECT = 1_000
NEAR_EMPTY = 40  # characters of a plain part that may be a mere placeholder
FAR_LONGER = 3
PLACEHOLDER = 300
REFERS_TO_HTML = re.compile(r"\bhtml\b", re.IGNORECASE)
EXPECTED = re.compile(
    r"from|to|subject|date|message-id|received|return-path|reply-to|sender|delivered-to|"
    r"mime-version|content-type",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Letter:
    """What a mail says. `signals` counts what a reader should know of how it came."""

    subject: str
    text: str
    quoted: str
    sender: Sender
    recipient: str
    message: Message
    language: str
    auto_submitted: AutoSubmitted
    files: tuple[File, ...]
    signals: Mapping[str, int] = field(default_factory=dict)


def letter(raw: bytes, own: Callable[[Headers], Iterable[Sign]] = lambda _: ()) -> Letter:
    """Read a mail; `own` gives the signs that it is ours coming back.

    Raises:
        UnreadableMessageError: it is empty, has no mail headers, or no parser reads it.
    """
    mail = _parsed(raw)
    try:
        return _read(mail, own)
    except RecursionError as error:
        raise UnreadableMessageError("mail: its parts are nested too deep to be read") from error
    except Exception as error:  # the standard parser lets broken mails through and fails late
        raise UnreadableMessageError(f"mail: cannot be read ({type(error).__name__})") from error


def _parsed(raw: bytes) -> Mail:
    """The mail's parts, without looking into headers: that policy alone survives any bytes."""
    data = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not data.strip():
        raise UnreadableMessageError("mail: it is empty")
    try:
        mail = message_from_bytes(data, policy=policy.compat32)
    except Exception as error:
        raise UnreadableMessageError(f"mail: no MIME ({type(error).__name__})") from error
    if not any(EXPECTED.fullmatch(name) for name, _ in mail.raw_items()):
        raise UnreadableMessageError("mail: no header of a mail was found; is it a raw message?")
    return mail


def _read(mail: Mail, own: Callable[[Headers], Iterable[Sign]]) -> Letter:
    headers = headers_of(mail)
    content, message = content_of(mail), message_of(headers)
    text, signals = _text(content)
    newest, quoted = split_quote(text[:READ])
    signals["files_left_out"] = max(0, len(content.files) - MOST_FILES)
    signals["characters_cut"] = sum(
        max(0, len(whole) - limit)
        for whole, limit in ((text, READ), (newest, LONGEST), (quoted, LONGEST))
    )
    return Letter(
        subject=words(first(headers, "subject"))[:LONGEST_SUBJECT],
        text=newest[:LONGEST],
        quoted=quoted[:LONGEST],
        sender=sender_of(headers),
        recipient=recipient_of(headers),
        message=replace(message, references=message.references or returned_ids(mail)),
        language=language_of(headers),
        auto_submitted=automatic(headers, _report_type(mail, headers), own(headers)),
        files=content.files[:MOST_FILES],
        signals={name: count for name, count in signals.items() if count},
    )


def _text(content: Content) -> tuple[str, Counter[str]]:
    """All bodies as one text; a mail that only passes another one on speaks with its words."""
    spoken = [_spoken(body) for body in content.bodies]
    if not any(words.strip() for words, _ in spoken):
        spoken += [_spoken(body) for body in content.spare[:1]]
    text = "\n\n".join(words for words, _ in spoken if words.strip())
    text = text if text.strip() else "\n\n".join(content.embedded[:1])
    shown, unseen = without_unseen(text)
    hidden = sum(count for _, count in spoken)
    return shown.strip(), Counter(
        hidden_text=hidden, invisible_characters=unseen, encrypted=content.encrypted
    )


def _spoken(body: Body) -> tuple[str, int]:
    """Plain text unless it is a placeholder for the HTML; hidden passages count either way."""
    seen = seen_text(body.html)
    plain = body.plain.strip()
    return (seen.text if _is_placeholder(plain, seen.text) else body.plain), seen.hidden


def _is_placeholder(plain: str, seen: str) -> bool:
    much_more = len(seen) > FAR_LONGER * len(plain)
    short = len(plain) < PLACEHOLDER and bool(REFERS_TO_HTML.search(plain))
    return (not plain and bool(seen)) or (much_more and (len(plain) < NEAR_EMPTY or short))


def returned_ids(mail: Mail) -> tuple[str, ...]:
    """The Message-ID of the mail that a report (RFC 3462) gives back: what it is about."""
    if mail.get_content_type() != "multipart/report":
        return ()
    for part in mail.walk():
        kind = part.get_content_type()
        inner = part.get_payload(0) if kind == "message/rfc822" and part.is_multipart() else None
        if kind == "text/rfc822-headers":
            data = part.get_payload(decode=True)
            inner = message_from_bytes(data if isinstance(data, bytes) else b"")
        if isinstance(inner, Mail) and (ids := message_ids(first(headers_of(inner), "message-id"))):
            return ids[:1]
    return ()


def _report_type(mail: Mail, headers: Headers) -> str:
    """`delivery-status` and the like for a multipart/report; empty for any other mail."""
    if mail.get_content_type() != "multipart/report":
        return ""
    named = str(mail.get_param("report-type") or "").lower()
    return named or ("delivery-status" if "x-failed-recipients" in headers else "unknown")
