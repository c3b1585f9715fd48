"""The bodies of a mail in, the words that a reader sees out, with what was hidden in them."""

import re
from dataclasses import dataclass, field

from ticketstream.doors.intake.html_text import LONGEST, seen_text, without_tags
from ticketstream.doors.intake.rtf import decompressed, spoken
from ticketstream.doors.intake.tags import MOST_TAGS, elements

NEAR_EMPTY = 40  # characters of a plain part that may be a mere placeholder
FAR_LONGER = 3
PLACEHOLDER = 300
REFERS_TO_HTML = re.compile(r"\bhtml\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Body:
    """One passage of a mail, in the forms that the mail offers; `rtf` as Outlook packs it."""

    plain: str = ""
    html: str = ""
    rtf: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class BodyReader:
    """Reads the bodies of one mail, and counts what they hide.

    Elements cost time: pages that come when a mail has had `left` of them are read by cutting
    their tags out, which counts as one hidden passage.
    """

    left: int = 2 * MOST_TAGS
    hidden: int = 0
    unseen: list[str] = field(default_factory=list)

    def words_of(self, body: Body) -> str:
        """Plain text unless it is a placeholder for the HTML; hidden passages count either way."""
        plain, html = body.plain, body.html
        if body.rtf and not (plain.strip() or html.strip()):
            rich = spoken(decompressed(body.rtf))
            plain, html = ("", rich.text) if rich.html else (rich.text, "")
        seen = self._seen(html)
        return seen if _is_placeholder(plain.strip(), seen) else plain

    def _seen(self, html: str) -> str:
        if not html.strip():
            return ""
        seen = seen_text(html) if self.left > 0 else without_tags(html[:LONGEST])
        self.left -= elements(html[:LONGEST])
        self.hidden += seen.hidden
        self.unseen.append(seen.unseen)
        return seen.text


def _is_placeholder(plain: str, seen: str) -> bool:
    much_more = len(seen) > FAR_LONGER * len(plain)
    short = len(plain) < PLACEHOLDER and bool(REFERS_TO_HTML.search(plain))
    return (not plain and bool(seen)) or (much_more and (len(plain) < NEAR_EMPTY or short))
