"""The lines that somebody wrote in, where the signature under them begins out."""

import re
from collections.abc import Sequence

MOST_LINES = 15  # of a signature; more are a text that somebody ruled off
LEFT = 10  # lines that may follow the closing words
DELIMITER = re.compile(
    r"\s*(?:--|\u2014|\u2013\u2013)\s*"
)  # RFC 3676, and what programs make of it
RULER = re.compile(r"\s*[-_=*~\u2013\u2014]{2,60}\s*")
CLOSING = re.compile(
    r"\s*(?:(?:mit )?(?:den )?(?:freundliche[nm]?|viele[nm]?|herzliche[nm]?|liebe[nm]?|beste[nm]?|"
    r"schöne[nm]?|sonnige[nm]?)\s+gr[üu](?:ß|ss)e?n?|mfg|g?lg|vg|gru(?:ß|ss)|hochachtungsvoll|"
    r"(?:kind|best|warm|many|with kind)?\s*(?:regards|wishes)|(?:many )?thanks(?: and regards)?|"
    r"thank you|all the best|best|"
    r"(?:yours )?(?:sincerely|faithfully|truly)(?: yours)?|cheers)\b.{0,30}",
    re.IGNORECASE,
)
# what stands in a signature and hardly anywhere else at the beginning of a line
REACHED = re.compile(
    r"[^\w+]{0,5}(?:(?:tel|fon|phone|mobile?|handy|cell|fax|e-?mail|web|www|t|m|f|e)\b\s*[.:]|"
    r"\+?[\d ()/-]{7,}$|https?://|www\.|\S+@\S+\.\w{2,}\s*$)|"
    r".*\b(?:GmbH|UG|AG|Ltd|Inc|LLC|e\.\s?K)\b",
    re.IGNORECASE,
)
LIVES = re.compile(r"\d{4,5}\s+[^\W\d]{3,}|[^\d,.]{4,40}\s\d{1,4}[a-z]?\s*$", re.IGNORECASE)
SENTENCE = re.compile(r"(?:\S+\s+){6,}\S+|.*[?!]\s*$|\s*p\.?\s?s\b", re.IGNORECASE)
# as law firms and companies put it; "this message is confidential" alone is a customer's sentence
DISCLAIMER = re.compile(
    r"\s*(?:(?:this|the information in this) (?:e-?mail|message)\b.{0,60}\b(?:attachments?|may|"
    r"contains?|intended)\b.{0,200}\b(?:confidential|privileged|addressee|recipient|individual)\b|"
    r"diese (?:e-?mail|nachricht)\b.{0,60}\b(?:enthält|enthalten|kann|ist nur|ist ausschließlich)\b"
    r".{0,200}\b(?:vertraulich\w*|rechtlich geschützt\w*|empfänger\w*|adressat\w*)\b)",
    re.IGNORECASE,
)
# What a phone or program writes by itself: "Sent from my iPhone", "Von meinem iPad gesendet".
DEVICE = (
    r"my|mein\w*|mon|mi|il mio|iphone|ipad|ios|android|galaxy|samsung\S*|huawei\S*|outlook|\w*mail|"
    r"yahoo|gmx|web\.de|telekom|t-online|freenet|blackberry|windows|handy|smartphone|mobil\w*|"
    r"tablet|phone|proton|spark|typeapp"
)
ANYTHING = r"[^,;!?]{0,60}"
SENT = re.compile(
    r"\s*(?:(?:sent (?:from|with|via|using)|gesendet (?:von|mit|über|per|aus)|versendet mit|"
    r"envoyé (?:de|depuis|à partir de)|enviado desde|inviato (?:da|con)|get|holen sie sich|"
    r"laden sie)\b"
    rf"{ANYTHING}\b(?:{DEVICE})\b{ANYTHING}|"
    r"(?:von|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit))\b"
    rf"{ANYTHING}\b(?:{DEVICE})\b{ANYTHING}\bgesendet\.?{ANYTHING}|"
    r"outlook (?:für|for) .{2,60})\s*",
    re.IGNORECASE,
)


def signature_at(lines: Sequence[str]) -> int | None:
    """The first line of the signature.

    It stands behind a delimiter, is contact data under a ruler or under closing words, a
    disclaimer, or what a phone writes by itself. The closing words and the name under them stay
    with the text; a sentence below them means that there is no signature.
    """
    end = _own_end(lines)
    found = _behind_delimiter(lines[:end])
    begins = _under_closing(lines[:end]) if found is None else found
    if begins is None:
        return end if end < len(lines) else None
    return begins


def says_nothing(text: str) -> bool:
    """Whether a program wrote all of it, or nobody."""
    lines = text.split("\n")
    return all(not line.strip() or SENT.fullmatch(line) or RULER.fullmatch(line) for line in lines)


def _own_end(lines: Sequence[str]) -> int:
    """Where the disclaimer begins, or what a phone wrote below the text."""
    end = next((at for at, line in enumerate(lines) if DISCLAIMER.match(line)), len(lines))
    if sum(bool(line.strip()) for line in lines[end:]) > MOST_LINES:
        end = len(lines)
    for at in range(end - 1, -1, -1):
        line = lines[at].strip()
        by_program = SENT.fullmatch(line) or (end < len(lines) and RULER.fullmatch(line))
        if line and not by_program:
            break
        end = at if line else end
    return end


def _behind_delimiter(lines: Sequence[str]) -> int | None:
    for at in range(len(lines) - 1, -1, -1):
        if DELIMITER.fullmatch(lines[at]) or RULER.fullmatch(lines[at]):
            below = [line for line in lines[at + 1 :] if line.strip()]
            sure = DELIMITER.fullmatch(lines[at]) or _is_contact(below, REACHED)
            return at if sure and 0 < len(below) <= MOST_LINES else None
    return None


def _under_closing(lines: Sequence[str]) -> int | None:
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for place in range(len(filled) - 1, -1, -1):
        below = filled[place + 2 :]  # the next line is the name
        if len(below) > LEFT:
            return None
        if CLOSING.fullmatch(lines[filled[place]]):
            return below[0] if _is_contact([lines[at] for at in below], REACHED, LIVES) else None
    return None


def _is_contact(lines: Sequence[str], *signs: re.Pattern[str]) -> bool:
    """Whether where somebody is reached is among them, and no sentence."""
    told = any(sign.match(line) for sign in signs for line in lines)
    return told and not any(map(SENTENCE.match, lines))
