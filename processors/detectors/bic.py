"""text -> BIC spans: bank codes called BIC or SWIFT, behind an IBAN, or ending in XXX."""

import re

from ticketstream.processors.detectors.labelled import GAP, mentions
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span

COUNTRIES = (
    "AD|AE|AL|AT|AU|BA|BE|BG|BR|CA|CH|CN|CY|CZ|DE|DK|EE|ES|FI|FR|GB|GE|GI|GR|HK|HR|HU|IE|IL|IN|IS"
    "|IT|JP|LI|LT|LU|LV|MA|MC|MD|ME|MK|MT|MX|NL|NO|NZ|PL|PT|RO|RS|SA|SE|SG|SI|SK|SM|TN|TR|UA|US|XK"
    "|ZA"
)
FORM = rf"[A-Z]{{4}}(?:{COUNTRIES})[A-Z0-9]{{2}}(?:[A-Z0-9]{{3}})?"
# more words between, if something says that a code follows
FAR = r"[^\d\n.!?:]{0,24}(?:\b(?:is|ist|lautet)\b:?|:)[ ]{0,2}"
LABELLED = re.compile(
    rf"\b(?:BIC|SWIFT)(?:[ /-]{{1,3}}(?:BIC|SWIFT|code|adresse))?(?P<gap>{GAP}|{FAR})"
    rf"{LEFT}(?P<value>{FORM}){RIGHT}",
    re.IGNORECASE,
)
BEHIND_IBAN = re.compile(
    rf"{LEFT}[A-Z]{{2}}[0-9]{{2}}[ ]?[A-Z0-9][A-Z0-9 ]{{9,36}}[0-9][\s,;/"
    rf"|-]{{1,6}}(?P<value>{FORM}){RIGHT}"
)
WHOLE = re.compile(rf"{LEFT}[A-Z]{{4}}(?:{COUNTRIES})[A-Z0-9]{{2}}XXX{RIGHT}")
# what banks had before: a sort code, a German Bankleitzahl
SORT_CODE = re.compile(
    rf"\b(?:sort[ -]?code|blz"
    rf"|bankleitzahl){GAP}(?P<value>[0-9]{{2}}[ -]?[0-9]{{2}}[ -]?[0-9]{{2}}(?:[ ]?[0-9]{{2}})?"
    rf"|[0-9]{{3}}[ ]?[0-9]{{3}}[ ]?[0-9]{{2}}){RIGHT}",
    re.IGNORECASE,
)
# words that have a country's letters in their middle
WORDS = frozenset({"brauchen", "sprechen", "versehen", "aussehen", "brauchte"})
TOLD = re.compile(r"[:=#(\"]|\b(?:is|ist|lautet|code|nummer|number)\b", re.IGNORECASE)


def find(text: str) -> list[Span]:
    """Every bank code."""
    spans = [Span(*m.span(), "BIC", 0.85, "bic") for m in WHOLE.finditer(text)]
    if mentions(text, ("bic", "swift")):
        spans += [
            Span(*m.span("value"), "BIC", 0.95, "bic")
            for m in LABELLED.finditer(text)
            if is_code(m)
        ]
    if mentions(text, ("sort", "blz", "bankleitzahl")):
        spans += [Span(*m.span("value"), "BIC", 0.93, "bic") for m in SORT_CODE.finditer(text)]
    behind = (m for m in BEHIND_IBAN.finditer(text))
    return spans + [Span(*m.span("value"), "BIC", 0.85, "bic") for m in behind]


def is_code(found: re.Match[str]) -> bool:
    """Whether a value is no plain word: in capitals, with digits, or clearly announced."""
    value = found["value"]
    if value.lower() in WORDS:
        return False
    if mentions(found.string, ("iban", "konto", "account")):
        return True
    return value.isupper() or not value.isalpha() or bool(TOLD.search(found["gap"]))
