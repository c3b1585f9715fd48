"""A file in, the text in it out: plain, HTML and PDF files; any other says nothing here."""

from ticketstream.doors.intake.charset import clean, decoded, without_unseen
from ticketstream.doors.intake.html_text import seen_text
from ticketstream.doors.intake.kinds import PDF
from ticketstream.doors.intake.pdf import pdf_text

LONGEST = 100_000  # characters read of one file
PLAIN = frozenset(
    {"application/json", "application/xml", "application/x-ndjson", "application/yaml"}
)


def text_of(data: bytes, media_type: str, charset: str = "") -> str:
    """The text of a file, as a reader sees it; empty where it is no text.

    Args:
        data: the file.
        media_type: what it is by its bytes (`kinds.kind_of`).
        charset: as its sender declared it.
    """
    if media_type == PDF:
        return _shown(pdf_text(data))
    if not (media_type.startswith("text/") or media_type in PLAIN) or _is_binary(data):
        return ""
    text = decoded(data, charset)
    return _shown(seen_text(text).text if media_type == "text/html" else text)


def _is_binary(data: bytes) -> bool:
    return b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _shown(text: str) -> str:
    return without_unseen(clean(text))[0][:LONGEST]
