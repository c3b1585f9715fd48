"""The bytes of a mail in, what it says out: pure, nothing is stored yet."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from email.message import Message as Mail

from ticketstream.doors.intake.automatic import Sign, automatic
from ticketstream.doors.intake.bodies import BodyReader
from ticketstream.doors.intake.charset import spelt, without_unseen
from ticketstream.doors.intake.headers import (
    Headers,
    first,
    headers_of,
    language_of,
    message_ids,
    message_of,
    recipient_of,
    sender_of,
    unencoded,
    words,
)
from ticketstream.doors.intake.hidden import signals_of
from ticketstream.doors.intake.mime import MOST_FILES, Content, File, content_of
from ticketstream.doors.intake.parse import parsed, payload_of
from ticketstream.doors.intake.quotes import split_quote
from ticketstream.schemas.errors import UnreadableMessageError
from ticketstream.schemas.received import AutoSubmitted, Message, Sender

LONGEST = 100_000  # characters of the text and of the quote: an event must fit a Kafka message
READ = 500_000  # characters of a mail's text that are looked at
LONGEST_SUBJECT = 1_000
PGP = "-----BEGIN PGP MESSAGE-----"
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
    try:
        return _read(_parsed(raw), own)
    except UnreadableMessageError:
        raise
    except RecursionError as error:
        raise UnreadableMessageError("mail: its parts are nested too deep to be read") from error
    except Exception as error:  # the standard parser lets broken mails through and fails late
        raise UnreadableMessageError(f"mail: cannot be read ({type(error).__name__})") from error


def _parsed(raw: bytes) -> Mail:
    data = raw.removeprefix(b"\xef\xbb\xbf").lstrip(b"\r\n")
    if not data.strip():
        raise UnreadableMessageError("mail: it is empty")
    mail = parsed(data)
    if not any(EXPECTED.fullmatch(name) for name, _ in mail.raw_items()):
        raise UnreadableMessageError("mail: no header of a mail was found; is it a raw message?")
    return mail


def _read(mail: Mail, own: Callable[[Headers], Iterable[Sign]]) -> Letter:
    headers = headers_of(mail)
    content, message = content_of(mail), message_of(headers)
    reader = BodyReader()
    text = _text(content, reader)
    files = tuple(_with_words(file, reader) for file in content.files[:MOST_FILES])
    text = text or next((file.text for file in files if file.bodies), "")
    subject = unencoded(first(headers, "subject"))
    (shown, unseen), (_, more) = without_unseen(text[:READ]), without_unseen(subject)
    newest, quoted = split_quote(shown.strip())
    signals = signals_of(reader.hidden, "\n".join([*reader.unseen, spelt(text), spelt(subject)]))
    signals["invisible_characters"] = unseen + more
    signals["encrypted"] = content.encrypted + shown.lstrip().startswith(PGP)
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
        files=files,
        signals={name: count for name, count in signals.items() if count},
    )


def _text(content: Content, reader: BodyReader) -> str:
    """All bodies as one text."""
    text = _joined(reader.words_of(body) for body in content.bodies)
    return text or _joined(reader.words_of(body) for body in content.spare[:1])


def _with_words(file: File, reader: BodyReader) -> File:
    """A mail inside the mail, with what it says."""
    if not file.bodies:
        return file
    text = _joined((file.text, *(reader.words_of(body) for body in file.bodies)))
    return replace(file, text=without_unseen(text)[0][:LONGEST])


def _joined(passages: Iterable[str]) -> str:
    return "\n\n".join(passage for passage in passages if passage.strip())


def returned_ids(mail: Mail) -> tuple[str, ...]:
    """The Message-ID of the mail that a report (RFC 3462) gives back: what it is about."""
    if mail.get_content_type() != "multipart/report":
        return ()
    for part in mail.walk():
        kind = part.get_content_type()
        inner = part.get_payload(0) if kind == "message/rfc822" and part.is_multipart() else None
        if kind == "text/rfc822-headers":
            inner = parsed(payload_of(part))
        if isinstance(inner, Mail) and (ids := message_ids(first(headers_of(inner), "message-id"))):
            return ids[:1]
    return ()


def _report_type(mail: Mail, headers: Headers) -> str:
    """`delivery-status` and the like for a multipart/report; empty for any other mail."""
    if mail.get_content_type() != "multipart/report":
        return ""
    named = str(mail.get_param("report-type") or "").lower()
    return named or ("delivery-status" if "x-failed-recipients" in headers else "unknown")
