"""text -> TAX_ID spans: VAT, tax and national insurance numbers, by check digit or label."""

import re
from collections.abc import Callable, Iterator, Mapping

from stdnum import vatin
from stdnum.ch import uid
from stdnum.de import idnr
from stdnum.us import ssn

from ticketstream.processors.detectors.labelled import GAP
from ticketstream.processors.detectors.span import LEFT, RIGHT, Span
from ticketstream.processors.detectors.stems import lowered, matches, starts

# 9 a digit, A a letter, X either: what stands behind the country of a VAT number
VAT_FORMS: Mapping[str, tuple[str, ...]] = {
    "AT": ("U99999999",), "BE": ("9999999999", "999999999"), "BG": ("9999999999", "999999999"),
    "CHE": ("999999999",), "CY": ("99999999A",), "CZ": ("9999999999", "999999999", "99999999"),
    "DE": ("999999999",), "DK": ("99999999",), "EE": ("999999999",), "EL": ("999999999",),
    "ES": ("X9999999X",), "FI": ("99999999",), "FR": ("XX999999999",), "HR": ("99999999999",),
    "GB": ("999999999999", "999999999"), "HU": ("99999999",), "IE": ("9X99999AA", "9X99999A"),
    "IT": ("99999999999",), "LT": ("999999999999", "999999999"), "LU": ("99999999",),
    "LV": ("99999999999",), "MT": ("99999999",), "NL": ("999999999B99",), "PL": ("9999999999",),
    "PT": ("999999999",), "RO": ("9999999999", "99999999", "999999"), "SE": ("999999999999",),
    "SI": ("99999999",), "SK": ("9999999999",), "XI": ("999999999",),
}  # fmt: skip
CLASSES = {"9": "[0-9]", "A": "[A-Z]", "X": "[A-Z0-9]"}
MARKS = r"[ .\-]{0,2}"


def spaced(country: str, form: str) -> str:
    """A pattern for a VAT number with marks anywhere between its characters."""
    return MARKS.join([country, *(CLASSES.get(c, c) for c in form)])


VAT_NUMBER = "|".join(spaced(c, form) for c, forms in VAT_FORMS.items() for form in forms)
VAT = re.compile(rf"{LEFT}(?=[A-Z]{{2}})(?:{VAT_NUMBER}){RIGHT}")
VAT_ANY_CASE = re.compile(VAT.pattern, re.IGNORECASE)
VAT_WORD = (
    r"(?:vat|ust\w{0,8}\.?|umsatzsteuer|mehrwertsteuer|mwst|uid|btw|tva|iva|tax"
    r"|steuer\w{0,20}|partita)"
)
VAT_BEFORE = re.compile(rf"\b{VAT_WORD}(?![^\W_])[^\d\n]{{0,36}}$", re.IGNORECASE)
DIGITS = r"(?:[ ./-]?[0-9])"
# label and form of the value
LABELLED: tuple[tuple[str, str], ...] = (
    (
        (
            r"(?:vat|ust|umsatzsteuer|mwst|uid|btw|partita iva|tva)\.?"
            r"(?:[ -]?(?:reg(?:istration)?|ident?)\.?)?"
            r"(?:[ .-]{0,2}(?:id|no|nr|nummer|number|identifikationsnummer)){1,3}\.?(?:[ -]?nr\.?)?"
        ),
        rf"[A-Z]{{0,3}}[ -]?[0-9]{DIGITS}{{6,11}}",
    ),
    (
        (
            r"steuer(?:liche)?[ -]?(?:id|identifikationsnummer|ident)(?:[ -]?(?:nr|nummer))?|tin"
            r"|id-?nr|(?:steuerliche )?identifikationsnummer(?: \(steuer\))?|(?:federal )?tax id"
        ),
        rf"[0-9]{DIGITS}{{8,12}}",
    ),
    (
        r"steuer-?(?:nummer|nr)|st\.?-?nr|stnr",
        r"[0-9]{2,5}(?:[/ ][0-9]{3,5}){1,2}|[0-9]{10,13}",
    ),
    (
        r"national insurance|nino?|ni (?:no|number)|ni",
        r"[A-Z]{2}(?:[ -]?[0-9]{2}){3}[ -]?[A-D]?",
    ),
    (r"utr|unique taxpayer(?: reference)?", r"[0-9]{5}[ ]?[0-9]{5}K?"),
    (r"ein|tax id|federal tax(?: id)?|employer identification", r"[0-9]{2}-[0-9]{7}"),
    (r"ssn|social security|itin", r"[0-9]{3}[ -]?[0-9]{2}[ -]?[0-9]{4}"),
)
PATTERNS = tuple(
    re.compile(rf"\b(?:{label}){GAP}{LEFT}(?P<value>{form}){RIGHT}(?![.,][0-9])", re.IGNORECASE)
    for label, form in LABELLED
)
STEMS = starts(
    "vat|ust|umsatz|mwst|uid|btw|partita|tva|steuer|tin|id|federal|tax|st.|st-nr|stnr|ni|"
    "utr|unique|ein|employer|ssn|social|itin|national insurance"
)
VAT_STEMS = starts("vat|ust|steuer|mwst|uid|btw|tva|iva|tax|partita")
SWISS = re.compile(
    rf"{LEFT}CHE[- ]?[0-9]{{3}}[. ]?[0-9]{{3}}[. ]?[0-9]{{3}}(?:[ ](?:MWST|TVA|IVA))?{RIGHT}"
)
GERMAN = re.compile(rf"{LEFT}[1-9][0-9][ ][0-9]{{3}}[ ][0-9]{{3}}[ ][0-9]{{3}}{RIGHT}(?![.,][0-9])")
INSURANCE = re.compile(
    rf"{LEFT}(?!BG|GB|NK|KN|TN|NT|ZZ)[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z](?P<gap>[ ]?)"
    rf"[0-9]{{2}}(?P=gap)[0-9]{{2}}(?P=gap)[0-9]{{2}}(?P=gap)[A-D]{RIGHT}"
)
SOCIAL = re.compile(rf"{LEFT}(?<![0-9]-)[0-9]{{3}}-[0-9]{{2}}-[0-9]{{4}}{RIGHT}(?!-)")
CHECKED: tuple[tuple[re.Pattern[str], Callable[[str], object], float], ...] = (
    (VAT, lambda s: vatin.is_valid(compact(s)), 0.95),
    (SWISS, lambda s: uid.is_valid(compact(s)[:12]), 0.95),
    (GERMAN, idnr.is_valid, 0.85),
    (INSURANCE, bool, 0.85),
    (SOCIAL, ssn.is_valid, 0.85),
)


def find(text: str) -> list[Span]:
    """Every tax number."""
    return [Span(*place, "TAX_ID", score, "tax") for place, score in places(text)]


def places(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Where numbers stand: first those that check, then those that are announced."""
    for pattern, check, score in CHECKED:
        yield from ((m.span(), score) for m in pattern.finditer(text) if check(m[0]))
    yield from ((m.span("value"), 0.93) for m in matches(text, STEMS, *PATTERNS))
    if VAT_STEMS.search(lowered(text)):
        yield from ((m.span(), 0.9) for m in VAT_ANY_CASE.finditer(text) if is_announced(m))


def is_announced(found: re.Match[str]) -> bool:
    """Whether a word for tax stands before a VAT number."""
    return bool(VAT_BEFORE.search(found.string[max(0, found.start() - 60) : found.start()]))


def compact(surface: str) -> str:
    """Letters and digits only."""
    return re.sub(r"[^A-Z0-9]", "", surface)
