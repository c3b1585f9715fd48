"""The lines that somebody wrote in, where the signature under them begins out."""

import re
from collections.abc import Sequence

MOST_LINES = 15  # of a signature; more are a text that somebody ruled off
LEFT = 10  # lines that may follow the closing words
DELIMITER = re.compile(
    r"\s*(?:--|\u2014|\u2013\u2013)\s*"
)  # RFC 3676, and what programs make of it
CLOSING = re.compile(
    r"\s*(?:(?:mit )?(?:den )?(?:freundliche[nm]?|viele[nm]?|herzliche[nm]?|liebe[nm]?|beste[nm]?|"
    r"schöne[nm]?|sonnige[nm]?)\s+gr[üu](?:ß|ss)e?n?|mfg|gru(?:ß|ss)|hochachtungsvoll|"
    r"(?:kind|best|warm|many|with kind)?\s*(?:regards|wishes)|thanks(?: and regards)?|"
    r"(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|cheers)\b.{0,30}",
    re.IGNORECASE,
)
# what stands in a signature and hardly anywhere else at the beginning of a line
CONTACT = re.compile(
    r"\s*(?:(?:tel|fon|phone|mobile?|handy|cell|fax|e-?mail|web|www|t|m|f|e)\b\s*[.:]|"
    r"\+?[\d ()/-]{7,}$|"
    r"https?://|www\.|\S+@\S+\.\w{2,}\s*$|\d{4,5}\s+[^\W\d]{3,}|[^\d,.]{4,40}\s\d{1,4}[a-z]?\s*$)|"
    r".*\b(?:GmbH|UG|AG|Ltd|Inc|LLC|e\.\s?K)\b",
    re.IGNORECASE,
)
SENTENCE = re.compile(r"(?:\S+\s+){6,}\S+|.*[?!]\s*$|\s*p\.?\s?s\b", re.IGNORECASE)


def signature_at(lines: Sequence[str]) -> int | None:
    """The first line of the signature: behind a delimiter, or contact data under closing words.

    The closing words and the name under them stay with the text; a sentence below them means that
    there is no signature.
    """
    for at in range(len(lines) - 1, -1, -1):
        if DELIMITER.fullmatch(lines[at]):
            below = [line for line in lines[at + 1 :] if line.strip()]
            return at if 0 < len(below) <= MOST_LINES else None
    return _under_closing(lines)


def _under_closing(lines: Sequence[str]) -> int | None:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for place in range(len(filled) - 1, -1, -1):
        below = filled[place + 2 :]  # the next line is the name
        if len(below) > LEFT:
            return None
        if CLOSING.fullmatch(lines[filled[place]]):
            texts = [lines[at] for at in below]
            contact = any(CONTACT.match(text) for text in texts)
            return below[0] if contact and not any(map(SENTENCE.match, texts)) else None
    return None
