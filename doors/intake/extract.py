"""A file in, the text in it out: plain, HTML and PDF files; any other says nothing here."""

from dataclasses import replace

from ticketstream.doors.intake.charset import charset_in, clean, decoded, spelt, without_unseen
from ticketstream.doors.intake.html_text import LONGEST as LONGEST_PAGE
from ticketstream.doors.intake.html_text import Seen, seen_text
from ticketstream.doors.intake.kinds import HTML, PDF
from ticketstream.doors.intake.pdf import pdf_text

LONGEST = 100_000  # characters read of one file
WIDEST = 4  # bytes of one character
PLAIN = frozenset(
    {"application/json", "application/xml", "application/x-ndjson", "application/yaml"}
)


def is_read(media_type: str) -> bool:
    """Whether files of this type say something here."""
    return media_type == PDF or media_type.startswith("text/") or media_type in PLAIN


def text_of(data: bytes, media_type: str, charset: str = "") -> Seen:
    """The text of a file, as a reader sees it; empty where it is no text.

    Args:
        data: the file.
        media_type: what it is by its bytes (`kinds.kind_of`).
        charset: as its sender declared it.
    """
    if media_type == PDF:
        return _shown(Seen(pdf_text(data)))
    if not is_read(media_type) or _is_binary(data):
        return Seen()
    if media_type == HTML:
        page = decoded(data[: WIDEST * LONGEST_PAGE], charset or charset_in(data))
        return _shown(seen_text(page))
    return _shown(Seen(decoded(data[: WIDEST * LONGEST], charset)))


def _is_binary(data: bytes) -> bool:
    return b"\0" in data and not data.startswith((b"\xff\xfe", b"\xfe\xff"))


def _shown(seen: Seen) -> Seen:
    text, _ = without_unseen(clean(seen.text))
    return replace(seen, text=text[:LONGEST], unseen=f"{seen.unseen}\n{spelt(seen.text)}".strip())
