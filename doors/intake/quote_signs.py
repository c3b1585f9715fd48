"""Lines of a mail in, whether a quote opens there and how many lines its heading takes out."""

import re
from collections.abc import Sequence
from typing import NamedTuple

MOST_LINES = 5  # lines over which mail programs wrap "On ... wrote:"
LONGEST = 400  # characters of such a heading
LONGEST_BLOCK = 20  # lines of a From block
MOST_FOLDS = 3  # lines of addresses that may follow one label of a heading

VERBS = (
    r"wrote|writes|schrieb(?:en|st)?|schreibt|geschrieben|a écrit|écrivait|escribió|escreveu|"
    r"ha scritto|scrisse|schreef|geschreven|skrev|kirjoitti|napisała?|napisał\(a\)|napsala?|"
    r"написала?|пишет|írta|yazd[\u0131i]|γράψατε|έγραψε|a scris|寫道|写道|のメール"
)
MONTH = r"[^\W\d_]{3,12}\.?"
DATE = (
    r"(?:\d{4}[./-]\d{1,2}[./-]\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[.,]?\s+(?:de\s+)?{MONTH}(?:,?\s+(?:de\s+)?\d{{4}})?"
    rf"|{MONTH}\s+\d{{1,2}}(?:st|nd|rd|th)?\b(?:,?\s+\d{{4}})?)"
)
CLOCK = r"(?:\d{1,2}[:h]\d{2}(?::\d{2})?|(?<![\d.])\d{1,2}\.\d{2}(?![\d.]))(?:\s*[ap]\.?m\.?)?"
ADDRESS = r"[^\s@<>()]+@[^\s@<>()]+"

QUOTED = re.compile(r"\s{0,3}>(?!\s*:\s*$)")  # not the lone ">:" that wraps "<address>:"

# A heading begins with its date: "On Mon, 2 Nov", "Am 2. November", "2026-11-02 16:32", ...
BEGINS = re.compile(
    rf"[-\s*]*(?:(?:[^\W\d_]{{1,3}}\s+)?{CLOCK}(?:\s*[+-]\d{{4}})?,?\s+)?"
    rf"(?:[^\W\d_]{{1,10}}[.,]{{0,2}}\s+){{0,4}}{DATE}",
    re.IGNORECASE,
)
ENDS = re.compile(rf"(?:\b(?:{VERBS})\s*[:\uff1a]?|[:\uff1a])[-\s*]*$", re.IGNORECASE)
SAYS = re.compile(rf"(?<!\w)(?:{VERBS})(?!\w)", re.IGNORECASE)
HAS_CLOCK = re.compile(rf"(?<!\d){CLOCK}(?!\d)", re.IGNORECASE)
HAS_ADDRESS = re.compile(ADDRESS)
PERSON_WROTE = re.compile(
    rf"[^:]{{0,80}}<?{ADDRESS}>?\)?\s+(?:{VERBS})\s*[:\uff1a]\s*$", re.IGNORECASE
)
SOMEBODY_WROTE = re.compile(rf"[^.!?:]{{1,90}}(?<!\w)(?:{VERBS}|said)\s*:\s*$", re.IGNORECASE)

# as Gmail on a phone writes: somebody <address> "schrieb am" date, or "hat am" date "geschrieben"
PERSON_DATED = re.compile(
    rf"[^:.!?]{{0,80}}?(?:<?{ADDRESS}>?.{{0,9}}\s)?(?:{VERBS}|hat)\s.{{0,40}}?{DATE}", re.IGNORECASE
)
QUOTING = re.compile(
    r"(?:zitat von|quoting)\s.{1,120}:\s*$|\*\s.{1,120}\[.{6,40}\]:\s*$", re.IGNORECASE
)
NOTES = re.compile(r".{1,80}-{2,}\d{1,2}[./]\d{1,2}[./]\d{4} \d{1,2}:\d{2}\S{0,6}-{2,}")
ONE_LINE = re.compile(
    r"\s*\**(?:von|from)\s*:.{1,200}\b(?:gesendet|sent|datum|date)\s*:.{1,200}\b(?:an|to)\s*:"
    r".{1,200}\b(?:betreff|subject)\s*:",
    re.IGNORECASE,
)
# the shop's own mails ask for it: what stands below is theirs
ABOVE = re.compile(
    r"\W{2,20}(?:.{0,40}\babove this line\b|.{0,60}\b(?:über|oberhalb) dieser (?:zeile|linie)\b)",
    re.IGNORECASE,
)

RULE = re.compile(r"\s*(?:[-_=*]\s?){5,}\s*$")
TITLED_RULE = re.compile(r"[\s>]*[-_=*]{2,}\s*(\S[^\n]{2,60}?\S)\s*[-_=*]{2,}\s*$")
TITLES = re.compile(
    r"(?:original(?:[- ]?(?:message|nachricht|e-?mail|appointment))?|forwarded message|"
    r"(?:ursprüngliche|weitergeleitete|originale?) (?:nachricht|mail|e-mail|termin)|"
    r"message (?:d'origine|original|transféré)|mensaje (?:original|reenviado)|"
    r"mensagem (?:original|encaminhada)|messaggio (?:originale|inoltrato)|"
    r"oorspronkelijk bericht|doorgestuurd bericht|oprindelig (?:besked|meddelelse)|"
    r"opprinnelig melding|ursprungligt meddelande|alkuperäinen viesti|"
    r"(?:oryginalna|przekazana) wiadomość|исходное сообщение|пересылаемое сообщение)",
    re.IGNORECASE,
)
FORWARDS = re.compile(
    r"[\s*]*(?:begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|"
    r"début du message (?:réexpédié|transféré)|inicio del mensaje reenviado|"
    r"inizio messaggio inoltrato)\s*:?[\s*]*$",
    re.IGNORECASE,
)

LABELS = {
    "from": "from|von|de|da|van|fra|från|lähettäjä|od|от|expéditeur|remitente|feladó|gönderen|"
    "发件人|差出人",
    "date": "message du|sent|date|gesendet|datum|envoyé(?: le)?|enviad[oa](?: el| em)?|inviato|"
    "data|verzonden|sendt|dato|skickat|lähetetty|fecha|wysłano|отправлено|дата|elküldve|发送时间|日時",
    "to": "to|an|à|a|para|aan|til|till|vastaanottaja|do|кому|címzett|cc|kopie|copie à|copia|kopia|"
    "reply-to|antwort an|收件人|宛先",
    "subject": "subject|betreff|objet|sujet|asunto|assunto|oggetto|onderwerp|emne|ämne|aihe|temat|"
    "тема|tárgy|konu|主题|件名",
}
LABEL = re.compile(
    r"[\s>*]*(?:" + "|".join(f"(?P<{k}>{v})" for k, v in LABELS.items()) + r")[\s*]*[:\uff1a]",
    re.IGNORECASE,
)


class Heading(NamedTuple):
    """A quote's heading: how many lines it takes, and whether it needs no `>` to be believed."""

    lines: int
    sure: bool


def heading(lines: Sequence[str]) -> Heading | None:
    """The heading of a quote that opens with the first of these lines; None without one."""
    if len(lines[0]) > LONGEST:
        return None
    return _titled(lines) or _block(lines) or _attribution(lines)


def _titled(lines: Sequence[str]) -> Heading | None:
    """`-----Original Message-----`, a ruler over a block, `Begin forwarded message:`."""
    line = lines[0]
    if FORWARDS.match(line):
        return Heading(1 + _block_after(lines), sure=True)
    if ABOVE.match(line) or NOTES.match(line) or ONE_LINE.match(line):
        return Heading(1, sure=True)
    title = TITLED_RULE.match(line)
    if title and TITLES.match(title[1]):
        return Heading(1 + _block_after(lines), sure=True)
    if title or RULE.match(line):
        below = _block_after(lines)
        return Heading(1 + below, sure=True) if below else None
    return None


def _block_after(lines: Sequence[str]) -> int:
    """Lines of a From/Sent block right below the first line, with the blank lines above it."""
    start = 1
    while start < min(len(lines), 4) and not lines[start].strip():
        start += 1
    block = _block(lines[start:], needed=2) if start < len(lines) else None
    return start - 1 + block.lines if block else 0


def _block(lines: Sequence[str], needed: int = 3) -> Heading | None:
    """`From: ... Sent: ... To: ... Subject: ...` of Outlook and its like."""
    kinds: set[str] = set()
    end = 0
    for at, line in enumerate(lines[:LONGEST_BLOCK]):
        kind = _label(line)
        if (kind in kinds and kind != "to") or not (kind or _holds_on(lines, at, end)):
            break
        if kind:
            kinds.add(kind)
            end = at + 1
    enough = len(kinds) >= needed and "from" in kinds
    return Heading(end, sure=True) if enough and _is_mail(kinds, lines[:end]) else None


def _label(line: str) -> str:
    match = LABEL.match(line)
    return (match and match.lastgroup) or ""


def _holds_on(lines: Sequence[str], at: int, end: int) -> bool:
    """Whether a line without a label belongs to the block: folded, or blank between two labels."""
    if lines[at].strip():
        return end > 0 and at - end < MOST_FOLDS
    return at + 1 < len(lines) and bool(_label(lines[at + 1])) and end > 0


def _is_mail(kinds: set[str], lines: Sequence[str]) -> bool:
    """Not a journey (from, to, date) but a mail: it has a subject, or its sender an address."""
    return "subject" in kinds or any(HAS_ADDRESS.search(line) for line in lines)


def _attribution(lines: Sequence[str]) -> Heading | None:
    """`On ... wrote:`, on one line or wrapped over several."""
    if PERSON_WROTE.match(lines[0]):
        return Heading(1, sure=True)
    if BEGINS.match(lines[0]) and (dated := _dated(lines)):
        return dated
    if PERSON_DATED.match(" ".join(lines[:2])) and (dated := _dated(lines)):
        return dated._replace(sure=bool(HAS_ADDRESS.search(" ".join(lines[: dated.lines]))))
    told = SOMEBODY_WROTE.match(lines[0]) or QUOTING.match(lines[0])
    return Heading(1, sure=False) if told else None


def _dated(lines: Sequence[str]) -> Heading | None:
    text = ""
    for count, line in enumerate(lines[:MOST_LINES], start=1):
        text = f"{text} {line.strip()}".strip()
        if not line.strip() or len(text) > LONGEST or QUOTED.match(line):
            return None
        if found := _complete(text):
            return Heading(count, sure=found == "sure")
    return None


def _complete(text: str) -> str:
    """`sure` for date and said and clock or address; `likely` needs quoted lines below."""
    if not ENDS.search(text):
        return ""
    said = bool(SAYS.search(text))
    proof = bool(HAS_ADDRESS.search(text)), bool(HAS_CLOCK.search(text))
    if not said:
        return "sure" if all(proof) else ""
    colon = text.rstrip(" *-").endswith((":", "\uff1a"))
    if any(proof) and (colon or proof[0]):
        return "sure"
    return "likely" if colon else ""
