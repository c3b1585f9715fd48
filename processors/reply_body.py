"""an answer -> its body: without greeting, signature and quoted mail, in both languages."""

import re

GREETING = re.compile(
    r"\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|hallo"
    r"|guten (?:tag|morgen|abend)|sehr geehrte[rs]?|liebe[rs]?|moin|servus|grüezi|grüß gott)\b"
    r"(?:[ \t]+[^\s,!.:;?]+){0,6}?"
    r"[ \t]*(?:[,!.:]+|(?=\r?\n)|$)\s*",
    re.IGNORECASE,
)
CLOSING = re.compile(
    r"^[ \t]*(?:--[ \t]*$|(?:(?:with )?(?:best|kind|kindest|warm|warmest)? ?(?:regards|wishes)"
    r"|yours(?: (?:sincerely|faithfully|truly))?|sincerely(?: yours)?|all the best|best|cheers"
    r"|(?:many |kind )?thanks|thank you(?: (?:very much|in advance))?|with thanks"
    r"|(?:mit |viele |liebe |beste |herzliche |freundliche |freundlichen |besten |vielen ){1,3}"
    r"(?:grüße|grüßen|gruß|grüsse|grüssen|gruss|dank)(?: (?:aus|nach|von) [^\n,]{1,30})?"
    r"|ihr(?:e)? [^\n,]{1,40}team|your [^\n,]{1,40}team|mfg|lg|vg)"
    r"[ \t]*(?:[,!.]+[ \t]*(?:[^\n]{0,60})?)?$)",
    re.IGNORECASE | re.MULTILINE,
)
QUOTE = re.compile(
    r"^[ \t]*(?:>|-{2,}[ \t]*(?:original message|ursprüngliche nachricht|forwarded message"
    r"|weitergeleitete nachricht)|_{10,}[ \t]*$|(?:on|am|le|op) [^\n]{4,120}(?:\n[^\n]{0,80})?"
    r"(?:wrote|schrieb|writes|schreibt)\b[^\n]{0,120}:[ \t]*$"
    r"|(?:from|von): [^\n]{1,200}\n(?:[^\n]{0,200}\n){0,2}(?:sent|gesendet|date|datum|to|an):)",
    re.IGNORECASE | re.MULTILINE,
)
MOST_BEHIND = 600  # characters of a signature: what follows a closing further up is text


def body(text: str) -> str:
    """What an answer says, in one line of single spaces."""
    lines = text.replace("\r\n", "\n")
    return " ".join(without_greeting(without_signature(without_quote(lines))).split())


def without_quote(text: str) -> str:
    """The text above the first line that quotes; quoted lines between answers go too."""
    found = QUOTE.search(text)
    if found is None:
        return text
    if found[0].strip() != ">":
        return text[: found.start()]
    lines = text.splitlines()
    return "\n".join(line for line in lines if not line.lstrip().startswith(">"))


def without_signature(text: str) -> str:
    """The text above its closing words."""
    ends = [m.start() for m in CLOSING.finditer(text) if len(text) - m.end() <= MOST_BEHIND]
    cut = next((end for end in ends if text[:end].strip()), None)
    return text if cut is None else text[:cut]


def without_greeting(text: str) -> str:
    """The text behind its salutation."""
    found = GREETING.match(text)
    return text[found.end() :] if found else text
