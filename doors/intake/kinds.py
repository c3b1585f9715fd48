"""The first bytes of a file in, what it really is out."""

import re
from codecs import getincrementaldecoder
from typing import NamedTuple

OFFICE = "application/vnd.openxmlformats-officedocument."
UNKNOWN = "application/octet-stream"
PDF = "application/pdf"
HTML = "text/html"
TNEF = "application/ms-tnef"
LOOKED_AT = 4096  # bytes that tell text from other files

MAGIC = (
    (b"%PDF-", PDF),
    (b"\xef\xbb\xbf%PDF-", PDF),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"{\\rtf", "application/rtf"),
    (b'x\x9f>"', TNEF),
    (b"OggS", "audio/ogg"),
    (b"ID3\x03", "audio/mpeg"),
    (b"ID3\x04", "audio/mpeg"),
    (b"BEGIN:VCALENDAR", "text/calendar"),
    (b"BEGIN:VCARD", "text/vcard"),
)
# containers that name their content some bytes later
INNER = (
    (b"RIFF", 8, b"WEBP", "image/webp"),
    (b"RIFF", 8, b"WAVE", "audio/wav"),
    (b"", 4, b"ftyphei", "image/heic"),
    (b"", 4, b"ftypmif1", "image/heic"),
    (b"", 4, b"ftypM4A", "audio/mp4"),
    (b"", 4, b"ftyp", "video/mp4"),
)
INSIDE_ZIP = (
    (b"word/", OFFICE + "wordprocessingml.document"),
    (b"xl/", OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", OFFICE + "presentationml.presentation"),
)
PAGE = re.compile(
    rb"\s*(?:<!--.{0,500}?-->\s*)?<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE | re.DOTALL
)
PICTURE = re.compile(
    rb"\s*(?:<\?xml[^>]{0,200}>\s*)?(?:<!doctype svg[^>]{0,300}>\s*)?<svg\b", re.IGNORECASE
)
DECLARED = re.compile(r"[a-z0-9][a-z0-9.+-]{0,80}/[a-z0-9][a-z0-9.+_-]{0,80}")
CONTROL = re.compile(rb"[\x00-\x08\x0e-\x1a\x1c-\x1f]")

# One content, many declared names: all of these are what their first bytes say.
FAMILIES = {
    "image/jpeg": ("image/jpg", "image/pjpeg"),
    "image/png": ("image/x-png",),
    "image/heic": ("image/heif",),
    "image/svg+xml": ("text/xml", "application/xml", "text/plain"),
    "text/html": ("application/xhtml+xml", "text/plain", "application/xml"),
    "text/calendar": ("application/ics", "text/plain"),
    "text/vcard": ("text/x-vcard", "text/directory", "text/plain"),
    "application/rtf": ("text/rtf", "text/richtext", "application/msword"),
    "application/gzip": ("application/x-gzip", "application/x-tar", "application/x-compressed"),
    "application/ms-tnef": ("application/vnd.ms-tnef",),
    "application/vnd.rar": ("application/x-rar",),
    "audio/wav": ("audio/x-wav", "audio/vnd.wave", "audio/wave"),
    "audio/mpeg": ("audio/mp3",),
    "audio/ogg": ("video/ogg", "application/ogg", "audio/opus"),
    "video/mp4": ("video/quicktime", "video/3gpp", "audio/mp4", "video/x-m4v", "audio/3gpp"),
    "application/pdf": ("application/x-pdf", "text/pdf"),
    "application/x-ole-storage": (
        "application/msword",
        "application/vnd.ms-",
        "application/x-msi",
    ),
    "application/zip": (
        "application/x-zip",
        "application/epub+zip",
        "application/java-archive",
        "application/vnd.oasis.opendocument.",
        "application/vnd.android.package-archive",
        "application/vnd.apple.",
        OFFICE,
    ),
    "application/x-msdownload": ("application/x-dosexec", "application/vnd.microsoft."),
}


class Kind(NamedTuple):
    """A media type, and whether the bytes contradict the declared one."""

    media_type: str
    mismatch: bool


def kind_of(data: bytes, declared: str) -> Kind:
    """What the bytes are; the declared type stands when they do not say, or name its family."""
    found = sniff(data)
    declared = declared if DECLARED.fullmatch(declared) else ""
    unknown = declared in {"", UNKNOWN, "application/x-unknown"}
    if not found and unknown and data and _is_text(data):
        return Kind("text/plain", mismatch=False)
    if not found or _same(found, declared):
        return Kind(declared or UNKNOWN, mismatch=False)
    return Kind(found, mismatch=not unknown)


def sniff(data: bytes) -> str:
    """The media type by magic bytes; empty when they say nothing."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for name, kind in INSIDE_ZIP if name in data), "application/zip")
    if PAGE.match(data[:LOOKED_AT]):
        return HTML
    if PICTURE.match(data[:LOOKED_AT]):
        return "image/svg+xml"
    return next((kind for magic, kind in MAGIC if data.startswith(magic)), "") or _inner(data)


def _inner(data: bytes) -> str:
    found = (kind for start, at, name, kind in INNER if _names(data, start, at, name))
    return next(found, "")


def _names(data: bytes, start: bytes, at: int, name: bytes) -> bool:
    return data.startswith(start) and data.startswith(name, at)


def _is_text(data: bytes) -> bool:
    head = data[:LOOKED_AT]
    try:
        getincrementaldecoder("utf-8")().decode(head, final=len(data) <= LOOKED_AT)
    except UnicodeDecodeError:
        return False
    return not CONTROL.search(head)


def _same(found: str, declared: str) -> bool:
    return found == declared or declared.startswith(FAMILIES.get(found, ("\0",)))
