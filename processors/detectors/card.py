"""text -> CARD spans: payment card numbers, by issuer, length and Luhn check."""

import re

from stdnum import luhn

from ticketstream.processors.detectors.span import LEFT, RIGHT, Span, offsets_of, scan

CANDIDATE = re.compile(rf"{LEFT}(?<![0-9][.,])[0-9](?:[ \u00a0-]?[0-9]){{11,18}}{RIGHT}")
SHORTEST = 12
ANNOUNCED = re.compile(
    r"(?:\bcc|card|karte|visa|mastercard|maestro|amex)"
    r"(?:[\s:.#-]|number|nummer|no|nr|is|ist|lautet)*$",
    re.IGNORECASE,
)
BEFORE = 40  # characters in which the announcing word must stand
ISSUERS = re.compile(
    r"4\d{12}|4\d{15}|4\d{18}"
    r"|(?:5[1-5]\d\d|222[1-9]|22[3-9]\d|2[3-6]\d\d|27[01]\d|2720)\d{12}"
    r"|3[47]\d{13}|3(?:0[0-5]|[68]\d)\d{11}|35(?:2[89]|[3-8]\d)\d{12}"
    r"|(?:6011|65\d\d|64[4-9]\d)\d{12}|62\d{14,17}|(?:5018|5020|5038|5893|6304|6759|676[1-3])\d{8,15}"
)
FOURS = re.compile(r"[3-6]\d{3}(?:[ \u00a0-]\d{4}){3}")


def find(text: str) -> list[Span]:
    """Every card number; four groups of four with a typo are taken for one too."""
    return scan(CANDIDATE, read, text)


def read(found: re.Match[str]) -> Span | None:
    """The longest card number at the start of a run of digits (an expiry date may follow)."""
    announced = bool(ANNOUNCED.search(found.string[max(0, found.start() - BEFORE) : found.start()]))
    offsets = offsets_of(found[0])
    for length in range(len(offsets), SHORTEST - 1, -1):
        surface = found[0][: offsets[length - 1] + 1]
        ends = length == len(offsets) or offsets[length] > offsets[length - 1] + 1
        if ends and (score := certainty(surface, announced=announced)):
            return Span(found.start(), found.start() + len(surface), "CARD", score, "card")
    return None


def certainty(surface: str, *, announced: bool) -> float:
    """How sure it is a card number; 0 for what is none."""
    digits = re.sub(r"\D", "", surface)
    if luhn.is_valid(digits) and (announced or ISSUERS.fullmatch(digits)):
        return 0.94
    return 0.8 if FOURS.fullmatch(surface) else 0.0
