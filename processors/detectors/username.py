"""text -> USERNAME spans: names of accounts that are called so, and handles on named platforms."""

import re
from collections.abc import Iterator

from ticketstream.processors.detectors.labelled import mentions
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.detectors.stems import matches, starts
from ticketstream.processors.detectors.words import listed

PLATFORM = (
    r"insta(?:gram)?|ig|twitter|tik[ -]?tok|telegram|facebook|fb|discord|reddit|twitch|youtube"
    r"|snap(?:chat)?|threads|mastodon|bluesky|linkedin|pinterest|github|etsy|ebay|kleinanzeigen"
    r"|vinted"
)
NAME = (
    r"user[ -]?(?:name|id)|(?:be)?nutzer-?(?:name|kennung|id)|log-?in(?:[ -]?name)?"
    r"|account[ -]?name"
    r"|anmeldename|(?:be)?nutzer(?=:)|user(?=:)|nick(?:[ -]?name)?|profil(?:e?[ -]?name)"
    r"|screen[ -]?name|handle|gamertag"
)
LOOSE = (
    rf"accounts?|users?|(?:be)?nutzer(?:konto)?|konto|profile?|(?:{PLATFORM})(?:[ -](?:user"
    rf"|name|account|handle|profil|konto))?"
)
LABELLED = re.compile(
    rf"\b(?:(?P<name>{NAME})|{LOOSE})"
    r"(?:[ ](?:bei|in|im|on|at|for|für|auf|of|with)[ ][^\n:.!?\d@]{1,16}?(?=:|[ ](?:is|ist)\b))?"
    r"(?P<gap>[ ]{0,2}[:=#>(-]{0,2}\s{0,2}(?:\b(?:is|ist|lautet|lautete|war|was|als|as|name"
    r"|heißt|heisst)\b:?[ ]{0,2}){0,2}"
    r"[\"'„“`(]?)(?P<value>[@\w][\w.\-#]{1,30}\w)(?P<behind>[\"'“”`]?)",
    re.IGNORECASE,
)
HANDLE = re.compile(r"(?<![\w.@/+-])@[A-Za-z0-9_](?:[\w.]{0,28}\w)(?![@\w])")
HASHED = re.compile(r"(?<![\w.#])[\w.]{2,32}#[0-9]{4}(?![\w#])")
REDDIT = re.compile(r"(?<![\w/])/?u/[\w-]{3,20}(?!\w)")
ON_PLATFORM = re.compile(rf"\b(?:{PLATFORM})\b", re.IGNORECASE)
NEAR = 60  # characters in which a platform must be named
# no word and no number: a digit, an underline or a dot within, or a capital behind a letter
HANDLE_LIKE = re.compile(r"(?=.*[^\W\d])(?=.*(?:\d|_|\w\.\w|[a-z][A-Z]|#\d))")
HYPHENED = re.compile(r"[^\W\d_]{2,}-[^\W\d_]{2,}")
STEMS = starts(
    "user|benutzer|nutzer|log|account|anmeldename|nick|profil|screen|handle|gamertag|konto|"
    "insta|ig|twitter|tik|telegram|facebook|fb|discord|reddit|twitch|youtube|snap|threads|"
    "mastodon|bluesky|linkedin|pinterest|github|etsy|ebay|kleinanzeigen|vinted"
)
# what stands behind `Login:` and is no name
STOPS = listed(
    "nicht not falsch wrong unbekannt unknown vergessen forgotten none keine kein keiner the der"
    " die das"
    " and und oder or page seite error fehler problem probleme problems failed fails invalid"
    " ungültig"
    " siehe see email e-mail mail mailadresse name passwort password gelöscht deleted gesperrt"
    " blocked"
    " locked ja nein yes no test case-sensitive two-factor my mein meine geht funktioniert"
    " unmöglich"
    " möglich leer empty kunde customer gast guest admin missing fehlt incorrect required optional"
    " kundennummer customer-number wie same"
)
DECIMAL = re.compile(r"v?\d+(?:[.x-]\d+)*")
CODE = re.compile(r"[A-Z]{1,6}[-.]?\d[\d-]*")


def find(text: str) -> list[Span]:
    """Every name of an account."""
    return [Span(*place, "USERNAME", score, "username") for place, score in places(text)]


def places(text: str) -> Iterator[tuple[tuple[int, int], float]]:
    """Where names stand: called so, or as handles."""
    yield from ((m.span("value"), 0.93) for m in matches(text, STEMS, LABELLED) if is_name(m))
    for found in HANDLE.finditer(text):
        if ON_PLATFORM.search(text, max(0, found.start() - NEAR), found.end() + NEAR):
            yield found.span(), 0.85
        elif HANDLE_LIKE.match(found[0]) and not found[0][1].isdigit():
            yield found.span(), 0.75
    if mentions(text, ("discord",)):
        yield from ((m.span(), 0.8) for m in HASHED.finditer(text))
    if mentions(text, ("u/",)):
        yield from ((m.span(), 0.85) for m in REDDIT.finditer(text))


def is_name(found: re.Match[str]) -> bool:
    """Whether the value behind a label is a name: by its look, or as nothing else can follow."""
    value, gap = found["value"], found["gap"]
    ahead = found.string[found.end() : found.end() + 2]
    if not gap or value.lower() in STOPS or ahead[:1] == "@" or DECIMAL.fullmatch(value):
        return False
    if HANDLE_LIKE.match(value):
        return bool(found["name"]) or (not CODE.fullmatch(value) and "." not in value[-4:])
    if not found["name"]:
        return value[0] == "@"
    if found["behind"] and gap[-1:] in "\"'„“`":
        return True
    alone = not (ahead[:1] == " " and ahead[1:].isalpha())
    told = any(c in gap for c in ":=") or "lautet" in gap.lower()
    joined = bool(HYPHENED.fullmatch(value)) and any(c.isalpha() for c in gap)
    return alone and (told or joined)
