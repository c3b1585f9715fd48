"""Shadow decisions with reviews -> agreement in numbers, confusions, and a verdict by category."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ticketstream.learning.bands import BANDS
from ticketstream.learning.replay.intervals import Estimate, wilson
from ticketstream.learning.shadow.reviews import ESCALATED, Found, Labels, Shadowed

BAR = 0.95
MOST = 100_000  # tickets beyond which nobody waits
SHOWN = 50
NO_REPLY = "no_reply"


@dataclass(frozen=True, slots=True)
class Agreement:
    """Of one group: with how many reviewed decisions agents agreed."""

    name: str
    decisions: int
    reviewed: int
    agreed: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a category may go live: on the lower end of the interval, not on the mean.

    Attributes:
        sendable: tickets that would be answered automatically, but for the shop's own word.
        more: about how many more reviewed ones are needed; None where more alone will not do.
        at: what `more` supposes: that agents go on to agree as often, or with all.
    """

    category: str
    sendable: int
    reviewed: int
    agreed: int
    share: Estimate
    verdict: Literal["ready", "not ready", "not enough"]
    more: int | None
    at: Literal["", "as often", "all"]


@dataclass(frozen=True, slots=True)
class Confused:
    """Tickets that we held to be one thing, and what agents held them to be."""

    ours: str
    theirs: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A ticket to read.

    Attributes:
        would_be, route: where it would have gone, and where the agent left it.
        reasons: the codes of the rules that fired, the one that decided first.
        reply_kept: see `Review.kept`.
    """

    ticket_id: str
    band: str
    ours: Labels
    theirs: Labels
    would_be: str
    route: str
    reasons: tuple[str, ...]
    sendable: bool
    reply_kept: bool | None


@dataclass(frozen=True, slots=True)
class Report:
    """Shadow mode beside what agents did.

    Attributes:
        sent: of them, those that a machine sent a reply to: 0, or something is wrong.
        decisions: in shadow mode; `live` ones and those of the `erased` are left out.
        unreviewed: those that a person should have seen (not `no_reply`) and nobody reviewed.
        over_escalated: of the escalated ones with a review or a route at the close, those where it
            was an ordinary one: the over-escalation rate.
        missed: of the others, those that were escalated after all.
        categories, routes: what was reviewed, equals among it: the rows of a matrix.
        labels: sub-category and intent, only where they differ.
    """

    bar: float
    decisions: int
    sent: int
    reviewed: int
    unreviewed: Estimate
    overall: Agreement
    by_category: tuple[Agreement, ...]
    by_band: tuple[Agreement, ...]
    categories: tuple[Confused, ...]
    labels: tuple[Confused, ...]
    routes: tuple[Confused, ...]
    over_escalated: Agreement
    missed: Agreement
    verdicts: tuple[Verdict, ...]
    disagreements: tuple[Disagreement, ...]
    disagreements_all: int
    live: int
    erased: int


def report(found: Found, bar: float = BAR) -> Report:
    """All numbers; an agreement of at least `bar` is asked for."""
    rows = found.decisions
    seen = [r for r in rows if r.review]
    wanted = [r for r in rows if r.would_be != NO_REPLY]
    unseen = sum(r.review is None for r in wanted)
    apart = sorted(
        (r for r in seen if not r.agreed), key=lambda r: (-BANDS.index(r.band), r.ticket_id)
    )
    return Report(
        bar=bar,
        decisions=len(rows),
        sent=sum(r.sent for r in rows),
        reviewed=len(seen),
        unreviewed=wilson(unseen, len(wanted)),
        overall=agreement("all", rows),
        by_category=tuple(_grouped(rows, lambda r: r.labels.category)),
        by_band=tuple(_grouped(rows, lambda r: r.band, BANDS)),
        categories=_counted(
            (r.labels.category, r.review.labels.category) for r in seen if r.review
        ),
        labels=tuple(
            pair
            for pair in _counted(
                (_pair(r.labels), _pair(r.review.labels)) for r in seen if r.review
            )
            if pair.ours != pair.theirs
        ),
        routes=_counted((r.would_be, r.review.route) for r in seen if r.review),
        over_escalated=_told(rows, "over-escalated", lambda r: r.over_escalated, escalated=True),
        missed=_told(rows, "missed", lambda r: r.missed, escalated=False),
        verdicts=tuple(_verdicts(rows, bar)),
        disagreements=tuple(_disagreement(r) for r in apart[:SHOWN]),
        disagreements_all=len(apart),
        live=found.live,
        erased=found.erased,
    )


def agreement(name: str, rows: Sequence[Shadowed]) -> Agreement:
    """Of some decisions."""
    reviewed = sum(r.review is not None for r in rows)
    agreed = sum(r.agreed for r in rows)
    return Agreement(name, len(rows), reviewed, agreed, wilson(agreed, reviewed))


def verdict(category: str, rows: Sequence[Shadowed], bar: float) -> Verdict:
    """Ready when even the interval's lower end reaches the bar, not ready when no end does."""
    found = agreement(category, [r for r in rows if r.sendable])
    number, hits, share = found.reviewed, found.agreed, found.share
    told = (category, found.decisions, number, hits, share)
    if number and share.low >= bar:
        return Verdict(*told, "ready", 0, "")
    if share.high < bar:
        return Verdict(*told, "not ready", None, "")
    above = number > 0 and share.value > bar
    at: Literal["as often", "all"] = "as often" if above else "all"
    return Verdict(*told, "not enough", more_needed(hits, number, bar), at)


def more_needed(hits: int, number: int, bar: float) -> int | None:
    """How many more reviews reach the bar: at the rate so far if that is above it, else at 1."""
    share = hits / number if number and hits / number > bar else 1.0

    def reached(more: int) -> bool:
        return wilson(hits + round(share * more), number + more).low >= bar

    low, high = 0, 1
    while not reached(high):
        low, high = high, high * 2
        if high > MOST:
            return None
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) else (middle, high)
    return high


def _verdicts(rows: Sequence[Shadowed], bar: float) -> Iterable[Verdict]:
    for name in sorted({r.labels.category for r in rows}):
        yield verdict(name, [r for r in rows if r.labels.category == name], bar)


def _grouped(
    rows: Sequence[Shadowed], key: Callable[[Shadowed], str], order: Sequence[str] = ()
) -> Iterable[Agreement]:
    groups: dict[str, list[Shadowed]] = {}
    for row in rows:
        groups.setdefault(key(row), []).append(row)
    names = [n for n in order if n in groups] or sorted(groups)
    return [agreement(name, groups[name]) for name in names]


def _told(
    rows: Sequence[Shadowed], name: str, hit: Callable[[Shadowed], bool], *, escalated: bool
) -> Agreement:
    """How many of the (not) escalated tickets of which somebody said where they went."""
    mine = [r for r in rows if (r.would_be in ESCALATED) == escalated]
    known = [r for r in mine if r.review or r.closed_as]
    hits = sum(hit(r) for r in known)
    return Agreement(name, len(mine), len(known), hits, wilson(hits, len(known)))


def _counted(pairs: Iterable[tuple[str, str]]) -> tuple[Confused, ...]:
    ordered = sorted(Counter(pairs).items(), key=lambda item: (-item[1], item[0]))
    return tuple(Confused(*pair, count) for pair, count in ordered)


def _pair(labels: Labels) -> str:
    return f"{labels.sub_category}/{labels.intent}"


def _disagreement(row: Shadowed) -> Disagreement:
    assert row.review is not None
    made = row.review
    return Disagreement(
        row.ticket_id,
        row.band,
        row.labels,
        made.labels,
        row.would_be,
        made.route,
        row.reasons,
        row.sendable,
        made.kept,
    )
