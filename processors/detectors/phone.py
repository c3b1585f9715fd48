"""text -> PHONE spans: numbers of DE, AT, CH, GB, IE, NL and US, and any with a country code."""

import re
from functools import cache
from itertools import islice

import phonenumbers

from ticketstream.processors.detectors.span import LEFT, RIGHT, Span, scan
from ticketstream.processors.detectors.stems import matches, starts

TRUNK_REGIONS = ("DE", "AT", "CH", "GB", "IE", "NL")
INTERNATIONAL = re.compile(r"\(?(?:\+|00[ ]?[1-9])")
COUNTRY = re.compile(r"^(?:\+|00)(?:49|43|41|44|353|31|1)")
# a slash between spaces and before a zero stands between two numbers
GAP = (
    r"(?! [/-] [0+])"
    r"(?:[ \u00a0]?[-–./][ \u00a0]?|[ \u00a0]{1,2}"  # noqa: RUF001
    r"|[ \u00a0]?\([0-9]{1,5}\)[ \u00a0]?)"
)
DATE = r"(?![0-9]{1,2}[./-][ ]?[0-9]{1,2}[./-][ ]?(?:[0-9]{4}|[0-9]{2})(?![0-9]))"
MONTH = r"(?![01]?[0-9]/(?:19|20)[0-9]{2}(?![0-9]))"
CANDIDATE = re.compile(
    rf"(?<![^\W_])(?<![0-9][.,/–:-])(?<![0-9]\. )(?<![+#€$£])(?<![€$£] )"  # noqa: RUF001
    rf"{DATE}{MONTH}(?!0[ .-]?0[ .-]?0)"
    rf"(?:\+|\([+0-9][0-9]{{0,5}}\)|[0-9])(?:{GAP}?[0-9]){{4,16}}"
    rf"(?:(?=[ ]?x[0-9]|[ ]?ext)|{RIGHT}(?!,[0-9])(?!\.[0-9]))"
)
ANNOUNCED = re.compile(
    r"\b(?:tel|telefon|telephone|phone|cell|mobile?|mobil|mobiltelefon|handy|fax|whatsapp|festnetz"
    r"|durchwahl|desk|office|sms|answering|ruf|rückruf|call|reach|anrufen|erreichen|erreichbar)"
    r"(?:[\s.:()=*#/-]|numbers?|nummer|nr|no|is|ist|lautet|unter|at|on|me|mich|us|back|der|die|my"
    r"|meine|privat|mobil|phone|telefonisch)*$",
    re.IGNORECASE,
)
NAMED_BEHIND = re.compile(
    r"[ \u00a0]?[-(]?[ \u00a0]?(?:office|fax|mobile?|mobil|home|cell|privat|tel)\b", re.IGNORECASE
)
EXTENSION = re.compile(r"[ ]?(?:x|ext\.?[ ]?)[0-9]{1,6}(?![^\W_])", re.IGNORECASE)
# the forms in which people write numbers that the numbering plan does not know (yet)
NORTH_AMERICAN = re.compile(r"(?:1[ .-])?(?:\([2-9]\d\d\) ?|[2-9]\d\d[.-])\d{3}[ .-]\d{4}")
TRUNK = re.compile(r"\(?0[1-9]\d{1,3}\)?(?: ?[/-] ?| )\d{3,4}[ -]?\d{3,5}|07\d{9}")
# what is numbered like this and is no phone
OTHERS = re.compile(
    r"\b(?:ean|gtin|isbn|upc|sku|asin|art(?:ikel|\.)?|article|item|modell?|serien\w*|serial|typ"
    r"|produkt|product"
    r"|bar-?code|iban|konto|bestell\w*|auftrag\w*|order|invoice|rechnung\w*|version|norm|charge"
    r"|batch|lot)"
    r"(?:[\s.:#-]|nummer|numbers?|no\b|nr\b|code|is\b|ist\b|und\b|and\b|[0-9,/])*$",
    re.IGNORECASE,
)
EXTENSION_ALONE = re.compile(
    r"\b(?:ext(?:ension)?|durchwahl|nebenstelle|apparat|dw)[.:]?(?:[ ](?:no|nr|is|ist)\.?)?[ ]?"
    rf"(?P<value>-?[0-9]{{2,5}}){RIGHT}(?![.,:/-][0-9])",
    re.IGNORECASE,
)
SHORT = re.compile(
    r"\b(?:tel(?:efon)?|phone|festnetz|fax|ruf)(?:-?(?:nummer|nr|number"
    r"|no))?[.:]{0,2}(?:[ ](?:is|ist|lautet))?[ ]"
    rf"(?P<value>[0-9]{{5}}|[0-9]{{2,3}}[ /-][0-9]{{2,3}}){RIGHT}(?![.,:/ -]?[0-9])",
    re.IGNORECASE,
)
STEMS = starts("ext|durchwahl|nebenstelle|apparat|dw|tel|phone|festnetz|fax|ruf")
SINGLES = re.compile(r"[0-9](?:[ .-][0-9](?![0-9])){5}")
SPELLED = re.compile(rf"(?=0){LEFT}0(?:[ .-][0-9]){{9,12}}{RIGHT}(?![ .-][0-9])")
UNITS = re.compile(r"\s?(?:EUR|€|USD|\$|GBP|£|CHF|euros?\b|stück|%)", re.IGNORECASE)
GROUP, NO_DIGIT = re.compile(r"[0-9]+"), re.compile(r"[^0-9]")
BETWEEN = " \t\r\n\u00a0.:()=*#/-"  # what may stand between a word for phone and its number
COUNTRIES = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
BEFORE = 48  # characters in which an announcing word must stand
SHORTEST, LONGEST = 6, 15  # digits
LONGEST_NATIONAL = 12  # digits, the trunk zero included
MOST_GROUPS = 7


def find(text: str) -> list[Span]:
    """Every phone number."""
    spans = scan(CANDIDATE, read, text)
    spans += [Span(*m.span(), "PHONE", 0.8, "phone") for m in SPELLED.finditer(text)]
    named = matches(text, STEMS, EXTENSION_ALONE, SHORT)
    return spans + [
        Span(*m.span("value"), "PHONE", 0.85, "phone")
        for m in named
        if not UNITS.match(text, m.end())
    ]


def read(found: re.Match[str]) -> Span | None:
    """The longest number at the start of a candidate: two may stand side by side."""
    surfaces = beginnings(found[0])
    scored = ((s, certainty(s)) for s in surfaces if is_national(found[0]))
    surface, score = next(((s, c) for s, c in scored if c), ("", 0.0))
    before = found.string[max(0, found.start() - BEFORE) : found.start()]
    if not score and surfaces and is_called(found, before):
        surface, score = surfaces[0], 0.88
    if not score or OTHERS.search(before):
        return None
    return span(found, surface, score)


def is_national(candidate: str) -> bool:
    """Whether a candidate starts as a number does that needs no word before it."""
    return candidate[0] in "+(0" or bool(NORTH_AMERICAN.match(candidate))


def is_called(found: re.Match[str], before: str) -> bool:
    """Whether a word for phone stands before or behind a candidate."""
    said = before.rstrip(BETWEEN)[-1:].isalpha() and ANNOUNCED.search(before)
    return bool(said or NAMED_BEHIND.match(found.string, found.end()))


def span(found: re.Match[str], surface: str, score: float) -> Span | None:
    """The span of a beginning with its extension; none for an amount."""
    end = found.start() + len(surface)
    if UNITS.match(found.string, end):
        return None
    extension = EXTENSION.match(found.string, end)
    return Span(found.start(), extension.end() if extension else end, "PHONE", score, "phone")


def beginnings(surface: str) -> list[str]:
    """The candidate, then without its last group, and so on, as far as a number may be so long.

    None of digits one by one.
    """
    if SINGLES.match(surface) or surface.count("(") > 1:
        return []
    ends, digits = [], 0
    for group in islice(GROUP.finditer(surface), MOST_GROUPS):
        digits += group.end() - group.start()
        if SHORTEST <= digits <= LONGEST:
            ends.append(group.end())
    return [surface[:end] for end in reversed(ends)]


def certainty(surface: str) -> float:
    """How sure a sized one is a phone number whatever stands before it; 0 for what is none."""
    if INTERNATIONAL.match(surface):
        return 0.9 if international(surface) else 0.0
    if TRUNK.fullmatch(surface) or NORTH_AMERICAN.fullmatch(surface):
        return 0.75
    return 0.7 if national(surface) else 0.0


def international(surface: str) -> bool:
    """Whether a number with a country code has a length that the country knows."""
    if not has_length(NO_DIGIT.sub("", surface).removeprefix("00")):
        return False
    try:
        number = phonenumbers.parse(surface, "DE")
    except phonenumbers.NumberParseException:
        return False
    if surface.isdigit():  # no plus, no spaces: only a number that exists
        return phonenumbers.is_valid_number(number)
    return phonenumbers.is_possible_number(number)


def has_length(digits: str) -> bool:
    """The same at first glance, trunk zero or not: spares the library most of what is none."""
    codes = (digits[:size] for size in (1, 2, 3) if int(digits[:size] or 0) in COUNTRIES)
    code = next(codes, "")
    rest = len(digits) - len(code)
    return bool(code) and bool({rest, rest - 1} & lengths(int(code)))


@cache
def lengths(code: int) -> frozenset[int]:
    """How many digits a number of a country may have behind its code."""
    region = COUNTRIES[code][0]
    known = phonenumbers.PhoneMetadata.metadata_for_region_or_calling_code(code, region)
    plan = known and known.general_desc
    return frozenset((*plan.possible_length, *plan.possible_length_local_only) if plan else ())


def national(surface: str) -> bool:
    """Whether a number with a trunk zero is in the numbering plan of one of the regions."""
    digits = re.sub(r"\D", "", surface)
    if digits[0] != "0" or digits[1] == "0" or len(digits) > LONGEST_NATIONAL:
        return False
    return any(plan.fullmatch(digits[1:]) for plan in plans())


@cache
def plans() -> tuple[re.Pattern[str], ...]:
    """The numbering plans as patterns: a thousand times faster than the library's own check."""
    found = (phonenumbers.PhoneMetadata.metadata_for_region(r) for r in TRUNK_REGIONS)
    kinds = ([m.fixed_line, m.mobile, m.toll_free, m.shared_cost, m.voip] for m in found if m)
    patterns = ([d.national_number_pattern for d in k if d is not None] for k in kinds)
    return tuple(re.compile("|".join(f"(?:{p})" for p in every if p)) for every in patterns)


def canonical(surface: str) -> str:
    """The same for `0151 23456789`, `+49 (0) 151 23456789` and `0049 151 23456789`."""
    digits = re.sub(r"[^0-9+]", "", surface)
    return COUNTRY.sub("", digits).lstrip("0") or surface
