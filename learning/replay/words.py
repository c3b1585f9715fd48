"""The words of a replay, in English and German: for its page and for what is printed."""

from ticketstream.learning.pages.words import words_of
from ticketstream.processors.decision.words import rule
from ticketstream.processors.taxonomy import Tongue

TABLES = words_of("replay")
WORDS, UNITS = TABLES["words"], TABLES["units"]  # a unit that a shop names is its own word


def unit(name: str, tongue: Tongue) -> str:
    """The unit of costs."""
    return UNITS[name][tongue == "de"] if name in UNITS else name


def because(before: str, after: str, tongue: Tongue) -> str:
    """Which rule decided then and which would decide now; an old decision may have named none."""
    was = rule(before, tongue) if before else "?"
    return f"{was} \N{RIGHTWARDS ARROW} {rule(after, tongue)}"
