"""The first bytes of a file in, what it really is out."""

from typing import NamedTuple

OFFICE = "application/vnd.openxmlformats-officedocument."
UNKNOWN = "application/octet-stream"

MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/x-ole-storage"),
    (b"MZ", "application/x-msdownload"),
    (b"\x7fELF", "application/x-executable"),
)

INSIDE_ZIP = (
    (b"word/", OFFICE + "wordprocessingml.document"),
    (b"xl/", OFFICE + "spreadsheetml.sheet"),
    (b"ppt/", OFFICE + "presentationml.presentation"),
)

# One container, many declared names: all of these are what their magic bytes say.
FAMILIES = {
    "image/jpeg": ("image/jpg", "image/pjpeg"),
    "image/png": ("image/x-png",),
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
    if not found or _same(found, declared):
        return Kind(declared or UNKNOWN, mismatch=False)
    return Kind(found, mismatch=declared not in {"", UNKNOWN, "application/x-unknown"})


def sniff(data: bytes) -> str:
    """The media type by magic bytes; empty when they say nothing."""
    if data.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return next((kind for name, kind in INSIDE_ZIP if name in data), "application/zip")
    return next((kind for magic, kind in MAGIC if data.startswith(magic)), "")


def _same(found: str, declared: str) -> bool:
    return found == declared or declared.startswith(FAMILIES.get(found, ("\0",)))
