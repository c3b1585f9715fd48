"""text, a stretch of it -> whether it only looks personal: an amount, a measure, a norm, a thing.

A rule names what it means; the model goes by what surrounds a word, and takes a chair called Bruno
for a man. What is listed here is personal to nobody, so the model's word against it does not count.
"""

import re

NUMBER = r"\d+(?:[.,'’]\d+)*"  # noqa: RUF001
UNIT = r"(?:€|£|\$|eur|euros?|chf|mm|cm|dm|m|km|kg|g|ml|l|w|v|kw|%|stück|stk|pcs|mal|nights?|uhr)"
TIME = r"\d{1,2}[:.]\d{2}(?:\s?(?:uhr|am|pm|h))?"
AMOUNT = re.compile(
    rf"(?:chf|eur|usd|gbp|€|£|\$)\s?{NUMBER}(?:[.,]?[-–]+)?"  # noqa: RUF001
    rf"|{NUMBER}\s?{UNIT}"
    rf"|[mø]?\s?{NUMBER}(?:\s?[x×]\s?{NUMBER}){{1,2}}(?:\s?{UNIT})?"  # noqa: RUF001
    r"|§+\s?\d+\w?(?:\s?(?:abs|satz)\b.{0,12})?(?:\s?[a-z]{2,5})?"
    r"|(?:din|en|iso|ral|bs|ncs)\s?-?\d+[\d\s-]*"
    rf"|{TIME}(?:\s?[-–]\s?{TIME})?",  # noqa: RUF001
    re.IGNORECASE,
)
# what shops sell, in English and German: what stands behind is its name
GOODS = (
    r"(?:armchairs?|arm chairs?|bed(?:side table|frame|stead)?s?|bench(?:es)?|blankets?|bookcases?"
    r"|bureau|cabinets?|chairs?|chests?|cots?|cushions?|curtains?|desks?|dressers?|duvets?|fabric"
    r"|footstools?|frames?|gliders?|lamps?|lights?|loungers?|mattress(?:es)?|mirrors?|models?"
    r"|ottomans?|pendants?|pillows?|pots?|rugs?|settees?|shelf|shelves|shelving|sideboards?|sofas?"
    r"|stools?|tables?|throws?|vases?|wardrobes?"
    r"|\w*(?:artikel|bank|bett|boxspringbett|decke|garderobe|hocker|kissen|kleiderschrank|kommode"
    r"|lampe|leuchte|liege|matratze|modell|polster|regal|schrank|schreibtisch|sekretär|serie|sessel"
    r"|sitzsack|sofa|spiegel|stuhl|stühle|teppich|tisch|tische|topf|truhe|vase|vitrine|vorhang"
    r"|wiege))"
)
NAMED = re.compile(
    rf"\b{GOODS}\s?(?:\(|namens|called|named|model|modell)?\s?[\"'„“”«»‚‘]?$",  # noqa: RUF001
    re.IGNORECASE,
)
BEFORE = 40  # characters in which the thing must stand


def is_harmless(text: str, start: int, end: int) -> bool:
    """Whether the stretch is an amount, a measure, a norm, or what a thing is called."""
    surface = text[start:end].strip(" .,;:()\"'")
    return bool(AMOUNT.fullmatch(surface)) or is_called(text, start)


def is_called(text: str, start: int) -> bool:
    """Whether the words before say that a thing's name begins here."""
    return bool(NAMED.search(text[max(0, start - BEFORE) : start]))
