"""A parsed mail in, its bodies and its files apart out."""

import re
from dataclasses import dataclass, field, replace
from email.message import Message as Mail
from mimetypes import guess_extension
from pathlib import PurePosixPath

from ticketstream.doors.intake.bodies import Body
from ticketstream.doors.intake.charset import charset_in, clean, decoded, unflowed
from ticketstream.doors.intake.headers import first, headers_of, words
from ticketstream.doors.intake.kinds import TNEF, kind_of
from ticketstream.doors.intake.parse import parsed, payload_of, recovered, source_of
from ticketstream.doors.intake.tnef import Unpacked, unpack

DEEPEST = 12  # parts inside parts
MOST_FILES = 100
LONGEST_TEXT = 100_000  # characters read of a text attachment
LONGEST_NAME = 120
LONGEST_SUFFIX = 12
SPOKEN = ("text/plain", "text/html")
UNSAFE = re.compile(r"[\x00-\x1f<>:\"|?*]")


@dataclass(frozen=True, slots=True)
class File:
    """An attachment as it came: cleaned name, declared type and charset.

    `text` is what reading the mail told of it already, `bodies` what a mail inside says.
    """

    data: bytes = field(repr=False)
    file_name: str
    media_type: str
    charset: str = ""
    text: str = ""
    bodies: tuple[Body, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """What a mail holds.

    Attributes:
        bodies: passages to be read.
        files: attachments; of a mail inside the mail its own follow it.
        spare: bodies that Outlook packed into a file; mostly a body says the same already.
        encrypted: how many parts only the addressee's key opens.
    """

    bodies: tuple[Body, ...] = ()
    files: tuple[File, ...] = ()
    spare: tuple[Body, ...] = ()
    encrypted: int = 0

    def __add__(self, other: "Content") -> "Content":
        return Content(
            self.bodies + other.bodies,
            self.files + other.files,
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
    if kind.startswith("multipart/") and (parts := _parts(part)):
        return _several(part, kind, parts, depth)
    return _leaf(part, kind, alone=depth == 0)


def _parts(part: Mail) -> list[Mail]:
    whole = part if part.is_multipart() else recovered(part)
    return [inner for inner in whole.get_payload() if isinstance(inner, Mail)] if whole else []


def _several(part: Mail, kind: str, parts: list[Mail], depth: int) -> Content:
    if depth >= DEEPEST:
        return _file(part, kind, source_of(part))
    several = [content_of(inner, depth + 1) for inner in parts]
    found = Content(
        bodies=tuple(body for content in several for body in content.bodies),
        files=tuple(file for content in several for file in content.files),
        spare=tuple(body for content in several for body in content.spare),
        encrypted=(kind == "multipart/encrypted") + sum(c.encrypted for c in several),
    )
    if kind != "multipart/alternative":
        return found
    plain = "\n\n".join(body.plain for body in found.bodies if body.plain)
    html = "\n".join(body.html for body in found.bodies if body.html)
    return replace(found, bodies=(Body(plain, html),))


def _leaf(part: Mail, kind: str, *, alone: bool) -> Content:
    data = payload_of(part)
    if not _is_body(part, kind, alone=alone):
        sealed = "pkcs7-mime" in kind and part.get_param("smime-type") != "signed-data"
        return _file(part, kind, data) + Content(encrypted=sealed)
    if kind == "text/html":
        page = decoded(data, _charset(part) or charset_in(data))
        return Content((Body(html=clean(page)),))
    text = clean(decoded(data, _charset(part)))
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
    """A mail inside the mail: a file, its own files, and its words where nothing else was said."""
    inner = _inner(part)
    headers = headers_of(inner)
    subject = words(first(headers, "subject"))
    head = f"From: {words(first(headers, 'from'))}\nSubject: {subject}"
    name = clean_name(_file_name(part) or f"{subject or 'message'}.eml", "message/rfc822")
    content = content_of(inner, depth + 1) if depth < DEEPEST else Content()
    bodies = content.bodies or content.spare[:1]
    file = File(source_of(inner), name, "message/rfc822", text=head, bodies=bodies)
    return Content(files=(file, *content.files), encrypted=content.encrypted)


def _inner(part: Mail) -> Mail:
    """The mail inside; decoded again where it came in base64, which the standard forbids."""
    inner = part.get_payload(0)
    encoding = str(part.get("content-transfer-encoding", "")).strip().lower()
    assert isinstance(inner, Mail)
    if inner.keys() or encoding not in {"base64", "quoted-printable"}:
        return inner
    inner["Content-Transfer-Encoding"] = encoding
    return parsed(payload_of(inner))


def _report(part: Mail, kind: str) -> Content:
    """Delivery and disposition reports: blocks of headers, readable as they are."""
    blocks = [block for block in part.get_payload() if isinstance(block, Mail)]
    sources = (clean(source_of(block).decode("utf-8", "replace")) for block in blocks)
    text = "\n\n".join(source.strip() for source in sources)
    name = clean_name(_file_name(part) or kind.partition("/")[2] + ".txt", kind)
    return Content(files=(File(text.encode(), name, kind, text=text[:LONGEST_TEXT]),))


def _file(part: Mail, kind: str, data: bytes) -> Content:
    if kind_of(data, kind).media_type == TNEF and (packed := unpack(data)):
        return _unpacked(packed)
    name = clean_name(_file_name(part), kind)
    return Content(files=(File(data, name, kind, _charset(part)),))


def _unpacked(packed: Unpacked, depth: int = 0) -> Content:
    """What Outlook packed, as if it had come like anybody else's."""
    body = Body(clean(packed.plain), clean(packed.html), packed.rtf)
    found = Content(spare=(body,) if packed.plain or packed.html or packed.rtf else ())
    for inner in packed.files:
        kind = kind_of(inner.data, inner.media_type).media_type
        name = clean_name(inner.name, kind)
        if kind == TNEF and depth < DEEPEST and (message := unpack(inner.data)):
            content = _unpacked(message, depth + 1)  # a message inside
            file = File(inner.data, name, kind, bodies=content.spare)
            found += Content(files=(file, *content.files))
        else:
            found += Content(files=(File(inner.data, name, inner.media_type),))
    return found


def _file_name(part: Mail) -> str:
    return decoded((part.get_filename() or "").encode("utf-8", "surrogateescape"))


def _charset(part: Mail) -> str:
    return str(part.get_content_charset("") or "")


def clean_name(name: str, media_type: str) -> str:
    """A file name that is only a name: no folders, no control or hidden characters, not long."""
    shown = words(name).replace("\\", "/")
    last = UNSAFE.sub("", PurePosixPath(shown).name).strip(". ")
    named = last or "attachment" + (guess_extension(media_type) or "")
    suffix = PurePosixPath(named).suffix[:LONGEST_SUFFIX]
    return named if len(named) <= LONGEST_NAME else named[: LONGEST_NAME - len(suffix)] + suffix
