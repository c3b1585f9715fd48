"""text -> CARD spans: payment cards by issuer, length and Luhn check, hidden ones, last digits."""

import re

from stdnum import ean, luhn

from ticketstream.processors.detectors.labelled import ARTICLE_BEFORE, mentions
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span, offsets_of, scan

CANDIDATE = re.compile(rf"{LEFT}(?<![0-9][.,])[0-9](?:[ \u00a0-]?[0-9]){{11,18}}{RIGHT}")
# the groups of a card, with the same mark or line break between them, whatever it is
GROUPED = re.compile(
    rf"{LEFT}(?:[2-6][0-9]{{3}}(?P<mark>[ \t./_-]{{1,2}}|[ ]?\r?\n[> ]{{0,2}})"
    rf"[0-9]{{4}}(?P=mark)[0-9]{{4}}(?P=mark)[0-9]{{4}}"
    rf"|3[47][0-9]{{2}}(?P<other>[ \t./_-]{{1,2}}|[ ]?\r?\n[> ]{{0,2}})"
    rf"[0-9]{{6}}(?P=other)[0-9]{{5}}){RIGHT}"
)
SHORTEST = 12
USUAL = (15, 16)  # digits
ANNOUNCED = re.compile(
    r"(?:\bcc|card|karte|visa|mastercard|maestro|amex)"
    r"(?:[\s:.#-]|number|nummer|no|nr|is|ist|lautet)*$",
    re.IGNORECASE,
)
BETWEEN = " \t\r\n\u00a0:.#-"  # what may stand between a word for card and its number
BEFORE = 40  # characters in which the announcing word must stand
ISSUERS = re.compile(
    r"4\d{12}|4\d{15}|4\d{18}"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759"
    r"|676[1-3])\d{8,15}"
)
HIDDEN = re.compile(
    rf"(?<![\w*•#])(?P<first>[0-9]{{4}}[ -]?(?:[0-9]{{2}})?)?"
    r"(?P<mask>[*xX•#]{2,12}(?:[ -]?[*xX•#]{2,8}){0,3})"
    rf"[ -]?[0-9]{{3,4}}{RIGHT}(?![./-]?[0-9])"
)
LEAST_HIDDEN = 8  # marks that stand for digits, where nothing else tells that it is a card
LAST = re.compile(
    r"(?:\b(?:card|(?:\w{1,12})?karte|visa|mastercard|maestro|amex|debit"
    r"|girocard)\b[^\n.!?\d]{0,30}?"
    r"\b(?:end(?:ing|ung|s|et|e|end)?|ending|last|letzten?)\b|\blast (?:four|4)\b"
    r"|\bletzten?r? (?:vier|4)\b"
    rf"|\bendziffern?\b)[^\d\n!?]{{0,24}}(?P<value>[0-9]{{4}}){RIGHT}(?![./-][0-9])",
    re.IGNORECASE,
)
CODE = re.compile(
    rf"\b(?:cvv2?|cvc2?|(?:karten)?prüfnummer|security code|sicherheitscode)(?:[ ]?(?:code"
    rf"|nr\.?))?[\s:=]{{0,3}}"
    rf"(?:(?:is|ist|lautet)[ ])?(?P<value>[0-9]{{3,4}}){RIGHT}",
    re.IGNORECASE,
)
WORDS = ("card", "karte", "visa", "maestro", "amex", "debit", "last", "letzte", "endziffer", "cvv",
         "cvc", "prüfnummer", "code")  # fmt: skip
FOURS = re.compile(r"[3-6]\d{3}(?:[ \u00a0-]\d{4}){3}")


def find(text: str) -> list[Span]:
    """Every card number, whole, hidden but for its end, or only the end; typos included."""
    spans = scan(CANDIDATE, read, text)
    spans += [Span(*m.span(), "CARD", 0.94, "card") for m in GROUPED.finditer(text) if checks(m[0])]
    spans += [Span(*m.span(), "CARD", 0.9, "card") for m in HIDDEN.finditer(text) if is_hidden(m)]
    if mentions(text, WORDS):
        spans += [Span(*m.span("value"), "CARD", 0.85, "card") for m in LAST.finditer(text)]
        spans += [Span(*m.span("value"), "CARD", 0.93, "card") for m in CODE.finditer(text)]
    return spans


def checks(surface: str) -> bool:
    """Whether a number is an issuer's and its check digit fits."""
    digits = re.sub(r"\D", "", surface)
    return bool(ISSUERS.fullmatch(digits)) and luhn.is_valid(digits)


def is_hidden(found: re.Match[str]) -> bool:
    """Whether marks before digits hide those of a card: many marks, or a card named before."""
    marks = sum(not c.isspace() and c != "-" for c in found["mask"])
    return marks >= LEAST_HIDDEN or bool(found["first"]) or is_announced(found)


def is_announced(found: re.Match[str]) -> bool:
    """Whether a card is named right before a number."""
    before = found.string[max(0, found.start() - BEFORE) : found.start()]
    return before.rstrip(BETWEEN)[-1:].isalpha() and bool(ANNOUNCED.search(before))


def read(found: re.Match[str]) -> Span | None:
    """The longest card number at the start of a run of digits (an expiry date may follow)."""
    announced = is_announced(found)
    offsets = offsets_of(found[0])
    digits = "".join([found[0][place] for place in offsets])
    if not (announced or ISSUERS.match(digits) or FOURS.match(found[0])):
        return None
    for length in range(len(offsets), SHORTEST - 1, -1):
        surface = found[0][: offsets[length - 1] + 1]
        ends = length == len(offsets) or offsets[length] > offsets[length - 1] + 1
        if ends and (score := certainty(surface, digits[:length], announced=announced)):
            before = found.string[max(0, found.start() - BEFORE) : found.start()]
            if not announced and ARTICLE_BEFORE.search(before):
                return None
            return Span(found.start(), found.start() + len(surface), "CARD", score, "card")
    return None


def certainty(surface: str, digits: str, *, announced: bool) -> float:
    """How sure it is a card number; 0 for what is none, such as an article's number."""
    issued = announced or ISSUERS.fullmatch(digits)
    grouped = FOURS.fullmatch(surface)
    if not (issued or grouped) or (not announced and ean.is_valid(digits)):
        return 0.0
    if issued and luhn.is_valid(digits):
        return 0.94
    if announced and len(digits) in USUAL:
        return 0.85
    return 0.8 if grouped else 0.0
