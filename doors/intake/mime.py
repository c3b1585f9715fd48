"""A parsed mail in, its bodies and its files apart out."""

import re
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import Message as Mail
from mimetypes import guess_extension
from pathlib import PurePosixPath

from ticketstream.doors.intake.charset import clean, decoded, unflowed
from ticketstream.doors.intake.extract import text_of
from ticketstream.doors.intake.headers import first, headers_of, words
from ticketstream.doors.intake.html_text import seen_text
from ticketstream.doors.intake.kinds import TNEF, kind_of
from ticketstream.doors.intake.rtf import decompressed, spoken
from ticketstream.doors.intake.tnef import Unpacked, unpack

DEEPEST = 12  # parts inside parts
MOST_FILES = 100
LONGEST_TEXT = 100_000  # characters read of a text attachment
LONGEST_NAME = 120
LONGEST_SUFFIX = 12
SPOKEN = ("text/plain", "text/html")
UNSAFE = re.compile(r"[\x00-\x1f<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class Body:
    """One passage of a mail, in the forms in which the mail offers it."""

    plain: str = ""
    html: str = ""


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it came: cleaned name, declared type, and text where it is text."""

    data: bytes
    file_name: str
    media_type: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail holds.

    Attributes:
        bodies: passages to be read.
        files: attachments.
        embedded: the words of mails inside the mail.
        spare: bodies that Outlook packed into a file; mostly a body says the same already.
        encrypted: how many parts only the addressee's key opens.
    """

    bodies: tuple[Body, ...] = ()
    files: tuple[File, ...] = ()
    embedded: tuple[str, ...] = ()
    spare: tuple[Body, ...] = ()
    encrypted: int = 0

    def __add__(self, other: "Content") -> "Content":
        return Content(
            self.bodies + other.bodies,
            self.files + other.files,
            self.embedded + other.embedded,
            self.spare + other.spare,
            self.encrypted + other.encrypted,
        )


def content_of(part: Mail, depth: int = 0) -> Content:
    """Bodies and files of a part and of all parts inside."""
    kind = part.get_content_type()
    if kind == "message/rfc822" and part.is_multipart():
        return _embedded(part, depth)
    if kind.startswith("message/") and part.is_multipart():
        return _report(part, kind)
    if kind.startswith("multipart/") and part.is_multipart():
        return _several(part, kind, depth)
    return _leaf(part, kind, alone=depth == 0)


def _several(part: Mail, kind: str, depth: int) -> Content:
    if depth >= DEEPEST:
        return _file(part, kind, _source(part))
    found = Content(encrypted=kind == "multipart/encrypted")
    for inner in part.get_payload():
        if isinstance(inner, Mail):
            found += content_of(inner, depth + 1)
    if kind != "multipart/alternative":
        return found
    plain = "\n\n".join(body.plain for body in found.bodies if body.plain)
    html = "\n".join(body.html for body in found.bodies if body.html)
    return replace(found, bodies=(Body(plain, html),))


def _leaf(part: Mail, kind: str, *, alone: bool) -> Content:
    data = _payload(part)
    if not _is_body(part, kind, alone=alone):
        sealed = "pkcs7-mime" in kind and part.get_param("smime-type") != "signed-data"
        return _file(part, kind, data) + Content(encrypted=sealed)
    text = decoded(data, _charset(part))
    if kind == "text/html":
        return Content((Body(html=clean(text)),))
    text = clean(text)
    if str(part.get_param("format", "")).lower() == "flowed":
        delete = str(part.get_param("delsp", "")).lower() == "yes"
        text = unflowed(text, delete_space=delete)
    return Content((Body(plain=text),))


def _is_body(part: Mail, kind: str, *, alone: bool) -> bool:
    """Whether a part is text to be read; some programs name the one text of a mail, too."""
    if kind.startswith("multipart/"):
        return True  # it says so but has no parts: its text is all there is
    named = bool(part.get_filename()) and not alone
    return kind in SPOKEN and not named and part.get_content_disposition() != "attachment"


def _embedded(part: Mail, depth: int) -> Content:
    """A mail inside the mail: a file, and its words where nothing else was said."""
    inner = _inner(part)
    source = _source(inner)
    headers = headers_of(inner)
    subject = words(first(headers, "subject"))
    spoken = _spoken(content_of(inner, depth + 1)) if depth < DEEPEST else ""
    text = f"From: {words(first(headers, 'from'))}\nSubject: {subject}\n\n{spoken}"
    name = clean_name(_file_name(part) or f"{subject or 'message'}.eml", "message/rfc822")
    file = File(source, name, "message/rfc822", text[:LONGEST_TEXT])
    return Content(files=(file,), embedded=(text,))


def _inner(part: Mail) -> Mail:
    """The mail inside; decoded again where it came in base64, which the standard forbids."""
    inner = part.get_payload(0)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    assert isinstance(inner, Mail)
    if inner.keys() or encoding not in {"base64", "quoted-printable"}:
        return inner
    inner["Content-Transfer-Encoding"] = encoding
    return message_from_bytes(_payload(inner))


def _report(part: Mail, kind: str) -> Content:
    """Delivery and disposition reports: blocks of headers, readable as they are."""
    blocks = [block for block in part.get_payload() if isinstance(block, Mail)]
    text = "\n\n".join(clean(_source(block).decode("utf-8", "replace")).strip() for block in blocks)
    name = clean_name(_file_name(part) or kind.partition("/")[2] + ".txt", kind)
    return Content(files=(File(text.encode(), name, kind, text[:LONGEST_TEXT]),))


def _file(part: Mail, kind: str, data: bytes) -> Content:
    found = kind_of(data, kind).media_type
    if found == TNEF and (packed := unpack(data)):
        return _unpacked(packed)
    text = text_of(data, found, _charset(part)) if found.startswith("text/") else ""
    name = clean_name(_file_name(part), kind)
    return Content(files=(File(data, name, kind, text),))


def _unpacked(packed: Unpacked, depth: int = 0) -> Content:
    """What Outlook packed, as if it had come like anybody else's."""
    rich = spoken(decompressed(packed.rtf))
    html = packed.html or (rich.text if rich.html else "")
    plain = packed.plain or ("" if rich.html else rich.text)
    said = plain.strip() or html.strip()
    found = Content(spare=(Body(clean(plain), clean(html)),) if said else ())
    for inner in packed.files:
        kind = kind_of(inner.data, inner.media_type).media_type
        name = clean_name(inner.name, kind)
        if kind == TNEF and depth < DEEPEST and (message := unpack(inner.data)):
            content = _unpacked(message, depth + 1)  # a message inside
            text = "\n\n".join(seen_text(b.html).text or b.plain for b in content.spare)
            files = (File(inner.data, name, kind, text[:LONGEST_TEXT]), *content.files)
            found += Content(files=files, embedded=(text,) if text else ())
            continue
        text = text_of(inner.data, kind) if kind.startswith("text/") else ""
        found += Content(files=(File(inner.data, name, inner.media_type, text),))
    return found


def _spoken(content: Content) -> str:
    return "\n\n".join(body.plain for body in content.bodies if body.plain)


def _payload(part: Mail) -> bytes:
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _file_name(part: Mail) -> str:
    return decoded((part.get_filename() or "").encode("utf-8", "surrogateescape"))


def _charset(part: Mail) -> str:
    return str(part.get_content_charset("") or "")


def _source(part: Mail) -> bytes:
    """A part written out again; what the library cannot write out is described by its headers."""
    try:
        return part.as_bytes()
    except (LookupError, ValueError, TypeError, AttributeError):
        lines = (f"{k}: {v}" for k, v in part.raw_items())
        return "\n".join(lines).encode("utf-8", "surrogateescape")


def clean_name(name: str, media_type: str) -> str:
    """A file name that is only a name: no folders, no control or hidden characters, not long."""
    shown = words(name).replace("\\", "/")
    last = UNSAFE.sub("", PurePosixPath(shown).name).strip(". ")
    named = last or "attachment" + (guess_extension(media_type) or "")
    suffix = PurePosixPath(named).suffix[:LONGEST_SUFFIX]
    return named if len(named) <= LONGEST_NAME else named[: LONGEST_NAME - len(suffix)] + suffix
