"""text -> HEALTH spans: words for an illness, an operation or a disability, said of a person.

Modest on purpose: a listed word counts only where the sentence speaks of somebody (`my`, `ich`,
`seine`), words of many meanings only in a phrase that leaves them one.
"""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors.health_words import PHRASES
from ticketstream.processors.detectors.labelled import mentions
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.stems import matches, phrases, starts

named = phrases(PHRASES)
OPEN = re.compile(
    r"\b(?:allergi(?:c to|e gegen|sch (?:gegen|auf)) (?!(?:it|this|that|the|these|their|them"
    r"|your?|d[ae][rsnm]|die|eure?n?|alles|everything)\b)[^\W\d_]{3,20}|morbus [^\W\d_]{3,20}"
    r"|gdb (?:von )?\d{2,3})\b",
    re.IGNORECASE,
)
OPENINGS = starts("allergi|morbus|gdb")
PERSON = re.compile(
    r"\b(?:[Ii]ch|[Mm]ein(?:e|er|em|en|es)?|mir|mich|er|sie|seine?[rmns]?|ihre?[rmns]?"
    r"|unsere?[rmns]?"
    r"|[Uu]nser|wir|I|I'm|im|i|i'm|[Mm]y|he|she|[Hh]is|[Hh]er|[Oo]ur|we|husband|wife"
    r"|mother"
    r"|father|son"
    r"|daughter|mum|dad|[Mm]ann|[Ff]rau|[Vv]ater|[Mm]utter|[Ss]ohn|[Tt]ochter|[Oo]ma|[Oo]pa|bin"
    r"|habe|leide)\b"
)
BEFORE, BEHIND = 64, 28  # characters of the same sentence in which a person must be spoken of
SENTENCE = re.compile(r"(?<!\d)[.!?]\s|\n\s*\n")
THINGS = re.compile(
    r"[ -]?(?:charity|cushions?|pillows?|friendly|ratgeber|hilfe|stiftung|spende|forschung"
    r"|kissen|tee)\b",
    re.IGNORECASE,
)
FOR = re.compile(
    r"\b(?:against|gegen|suitable for|geeignet (?:für|bei)|bei|people with)\s$", re.IGNORECASE
)
# what people say who are well: `I nearly had a heart attack`
IDIOM = re.compile(
    r"\b(?:nearly|almost|mini|g[ai]v(?:e|ing|es) me|fast|beinahe|krieg\w*"
    r"|bekomm\w*)\W+(?:\w+\W+){0,3}$",
    re.IGNORECASE,
)
EXCLAIMED = frozenset(
    {"heart attack", "a stroke", "panic attack", "migraine", "depression", "depressionen"}
    | {"herzinfarkt", "schlaganfall"}
)

SURNAMES = ("parkinson", "asperger", "crohn", "alzheimer")
FIRST_NAME = re.compile(r"(?<!Morbus )(?<![.!?] )\b(?!Morbus|My|His|Her|Has|Mein)[A-Z][a-z]+ $")
ANXIETY = re.compile(
    r"\b(?:my|his|her|have|has|from|with) (?:severe |bad |terrible |social )?(?P<value>anxiety)\b",
    re.IGNORECASE,
)
WHO = (
    r"(?:\b(?:I|he|she|we)(?:[' ]?(?:am|m|is|s|was|are|have been)\b| a?m\b)|\b(?:ich|er"
    r"|sie) (?:bin|ist|war)\b"
    r"|\bbin\b|\b(?:my|our|meine?|unsere?) \w{2,15}(?: \w{2,15})? (?:is|was|ist|war)\b"
    r"|(?<!\w)i ?'?m\b)"
)
STATE = re.compile(
    rf"{WHO}(?: (?:also|very|now|almost|legally|totally|fast|leider|auch|selbst|seit \w+ ?\w*"
    rf"|zu \d+ ?%?"
    r"|profoundly|registered|severely|stark|schwer|chronisch|im \d+\. Monat)){0,2} "
    r"(?P<value>blind|deaf|disabled|taub|stumm|behindert|schwer krank|chronisch krank"
    r"|schwer erkrankt)\b"
    r"(?! (?:geworden|to|ears|vor|for|für)\b)",
    re.IGNORECASE,
)
CHAIR = re.compile(
    r"(?:\b(?:use|uses|using|am in|is in|sits? in|need|needs|depend(?:s|ent)? on|from|in) (?:a"
    r"|my|his|her) "
    r"(?P<en>wheelchair)|\b(?:sitz\w{0,2}|bin|ist|lebe|lebt)(?: [^\W\d_]{1,15}){0,3} (?:im"
    r"|auf (?:einen|den)) "
    r"(?P<de>Rollstuhl)|\b(?:mein(?:em|en)?|ihre?[mn]?|seine?[mn]?) (?P<own>Rollstuhl))\b",
    re.IGNORECASE,
)
CHAIRS = ("wheelchair", "rollstuhl")
STATES = ("blind", "deaf", "disabled", "taub", "stumm", "behindert", "krank")


def find(text: str) -> list[Span]:
    """Every word about somebody's health."""
    return [Span(*place, "HEALTH", 0.8, "health") for place in places(text)]


def places(text: str) -> Iterator[tuple[int, int]]:
    """Where such words stand."""
    said = (*named(text), *(m.span() for m in matches(text, OPENINGS, OPEN)))
    yield from (place for place in said if is_of_somebody(text, *place))
    if mentions(text, ("anxiety",)):
        yield from (m.span("value") for m in ANXIETY.finditer(text))
    if mentions(text, STATES):
        yield from (m.span("value") for m in STATE.finditer(text))
    if mentions(text, CHAIRS):
        yield from (m.span(m.lastgroup or 0) for m in CHAIR.finditer(text))


def is_of_somebody(text: str, start: int, end: int) -> bool:
    """Whether the sentence speaks of a person, and the word is not part of a thing's name."""
    before = SENTENCE.split(text[max(0, start - BEFORE) : start])[-1]
    if THINGS.match(text, end) or FOR.search(before):
        return False
    word = text[start:end].lower()
    if word in EXCLAIMED and IDIOM.search(before):
        return False
    if word in SURNAMES and FIRST_NAME.search(before):
        return False
    behind = SENTENCE.split(text[end : end + BEHIND])[0]
    return bool(PERSON.search(before) or PERSON.search(behind))
