"""A shadow report in words, in English and German: for its page and for what is printed."""

from collections.abc import Iterator

from ticketstream.learning.pages.figures import amount, share
from ticketstream.learning.pages.words import words_of
from ticketstream.learning.shadow.agreement import Disagreement, Report, Verdict
from ticketstream.processors.decision.words import rule
from ticketstream.processors.taxonomy import Labels, Tongue
from ticketstream.processors.words import word

ARROW = " \N{RIGHTWARDS ARROW} "
TABLES = words_of("shadow")
WORDS = TABLES["words"]
UNNAMED = TABLES["unnamed"]  # what an agent says in place of a route


def verdict(v: Verdict, bar: float, tongue: Tongue) -> str:
    """A verdict as a sentence, on the lower end of the interval."""
    kind: str = v.verdict
    if not v.sendable:
        kind = "unsendable"
    elif v.verdict == "not enough":
        kind = "far" if v.more is None else v.at
    return TABLES["verdicts"][kind][tongue == "de"].format(
        low=share(v.share.low, tongue),
        high=share(v.share.high, tongue),
        bar=share(bar, tongue, round=True),
        more="" if v.more is None else amount(v.more, tongue),
    )


def band(name: str, tongue: Tongue) -> str:
    """A band of the confidence."""
    return TABLES["bands"][name][tongue == "de"]


def way(route: str, tongue: Tongue) -> str:
    """A route, or what an agent said in place of one."""
    unnamed = UNNAMED.get(route)
    return unnamed[tongue == "de"] if unnamed else word("route", route, tongue)


def pair(told: str, tongue: Tongue, labels: Labels) -> str:
    """Sub-category and intent."""
    return " / ".join(labels.called(part, tongue) for part in told.split("/"))


def differences(d: Disagreement, tongue: Tongue, labels: Labels) -> Iterator[str]:
    """What an agent did otherwise: labels, way, the draft."""
    for name, called in TABLES["labels"].items():
        ours, theirs = getattr(d.ours, name), getattr(d.theirs, name)
        if ours != theirs:
            both = ARROW.join(labels.called(label, tongue) for label in (ours, theirs))
            yield f"{called[tongue == 'de']}: {both}"
    if d.would_be != d.route:
        yield ARROW.join(way(route, tongue) for route in (d.would_be, d.route))
    elif d.reply_kept is False:
        yield TABLES["reply"]["dropped"][tongue == "de"]
    elif d.sendable and d.reply_kept is None:
        yield TABLES["reply"]["unsent"][tongue == "de"]


def because(d: Disagreement, tongue: Tongue) -> list[str]:
    """Why it was decided so: the rules that fired, the deciding one first."""
    return list(dict.fromkeys(rule(code, tongue) for code in d.reasons))


def sent(r: Report, tongue: Tongue) -> str:
    """Whether a machine sent anything, as `reply.sent` says."""
    told = TABLES["words"]["sent" if r.sent else "unsent"][tongue == "de"]
    return told.format(number=amount(r.sent, tongue))


def left_out(r: Report) -> list[tuple[int, str]]:
    """How many decisions are left out, and why (a key of the words)."""
    return [(count, name) for count, name in ((r.live, "live"), (r.erased, "erased")) if count]
