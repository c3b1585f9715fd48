"""Rows of the archive -> shadow decisions, each with what an agent did with the ticket."""

from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pyarrow.compute as pc

from ticketstream.learning.bands import BANDS, bands_of
from ticketstream.learning.certify.reviewed import HARMFUL, JUDGED

AUTO = "auto_reply"
ESCALATED = frozenset({"escalate_senior", "escalate_specialist"})
SOMEBODY = "escalated"  # an agent escalated and named no route
ELSEWHERE = "rerouted"  # the same
UNNAMED = frozenset({SOMEBODY, ELSEWHERE})
WITHHELD = frozenset({"not_whitelisted", "kill_switch", "audit"})  # only the shop's word is against
FIT = frozenset({"whitelisted", "confident"}) | WITHHELD
LABELS = ("category", "sub_category", "intent")
DECISION = (
    *("ticket_id", "category", "sub_category", "intent", "confidence", "route", "shadow_route"),
    *("reasons", "routed_at", "erased"),
)


@dataclass(frozen=True, slots=True)
class Labels:
    """What a ticket is about."""

    category: str
    sub_category: str
    intent: str


@dataclass(frozen=True, slots=True)
class Review:
    """What an agent did.

    Attributes:
        labels: as the agent left them.
        route: as the agent left it: ours where nothing was changed.
        kept: the draft went out as it was or with a harmless edit; None where there was none.
    """

    labels: Labels
    route: str
    kept: bool | None


@dataclass(frozen=True, slots=True)
class Shadowed:
    """A decision in shadow mode.

    Attributes:
        reasons: codes of the rules that fired, the one that decided first.
        sendable: it would be answered automatically, or only the shop's own word (whitelist, kill
            switch, audit) is against it.
        sent: a machine sent a reply all the same.
        closed_as: the route that the CRM or desk said at the close.
    """

    ticket_id: str
    labels: Labels
    band: str
    would_be: str
    reasons: tuple[str, ...]
    sendable: bool
    review: Review | None
    closed_as: str
    sent: bool = False

    @property
    def agreed(self) -> bool:
        """The agent left labels and route, and where a reply would go out, the reply."""
        made = self.review
        if made is None or made.labels != self.labels or made.route != self.would_be:
            return False
        return made.kept is True if self.sendable else made.kept is not False

    @property
    def over_escalated(self) -> bool:
        """Escalated, but the agent, or the close, says that an ordinary route did."""
        said = [self.review.route if self.review else "", self.closed_as]
        ours = self.would_be in ESCALATED
        return ours and any(r and r not in ESCALATED | UNNAMED for r in said)

    @property
    def missed(self) -> bool:
        """Not escalated, but the agent did, or the close says so."""
        said = {self.review.route if self.review else "", self.closed_as}
        return self.would_be not in ESCALATED and bool(said & (ESCALATED | {SOMEBODY}))


@dataclass(frozen=True, slots=True)
class Found:
    """Shadow decisions, and how many decisions were live or of forgotten people."""

    decisions: tuple[Shadowed, ...]
    live: int
    erased: int


def shadowed(decisions: Any, outcomes: Any) -> Found:
    """The last shadow decision of each ticket with its reviews."""
    known = decisions.filter(
        pc.and_(pc.is_valid(decisions["route"]), pc.invert(decisions["erased"]))
    )
    rows = known.select(DECISION).sort_by("routed_at").to_pylist()
    latest = {row["ticket_id"]: row for row in rows}
    became = _by_topic(outcomes)
    shadow = [row for row in latest.values() if row["shadow_route"]]
    bands = bands_of(np.array([row["confidence"] for row in shadow], np.float64))
    return Found(
        tuple(_shadowed(row, BANDS[band], became) for row, band in zip(shadow, bands, strict=True)),
        live=len(latest) - len(shadow),
        erased=pc.sum(decisions["erased"]).as_py() or 0,
    )


def _shadowed(row: Mapping[str, Any], band: str, became: "Became") -> Shadowed:
    ours = Labels(*(row[label] or "" for label in LABELS))
    would_be, ticket = row["shadow_route"], row["ticket_id"]
    reasons = tuple(row["reasons"] or ())
    edits = became.edits.get(ticket, ())
    return Shadowed(
        ticket,
        ours,
        band,
        would_be,
        reasons,
        would_be == AUTO or _withheld(would_be, reasons),
        _review(ours, would_be, edits) if edits else None,
        became.closes.get(ticket, ""),
        ticket in became.sent,
    )


def _withheld(would_be: str, reasons: Iterable[str]) -> bool:
    """Sure enough for an automatic reply, and nothing but the shop's word is against it."""
    fired = set(reasons)
    return would_be == "agent_suggestion" and bool(fired & WITHHELD) and fired <= FIT


def _review(ours: Labels, would_be: str, edits: Sequence[Mapping[str, Any]]) -> Review:
    """All that agents did with a ticket; of labels, route and text the last word counts."""
    final = edits[-1]
    labels = Labels(*(final[f"{label}_after"] or getattr(ours, label) for label in LABELS))
    did = {action for row in edits for action in row["actions"] or ()}
    before, after = final["route_before"] or "", final["route_after"] or ""
    route = after if after and after != before else would_be
    if route == would_be and "escalated" in did and would_be not in ESCALATED:
        route = SOMEBODY
    elif route == would_be and "rerouted" in did:
        route = ELSEWHERE
    return Review(labels, route, _kept(did, final["edit_distance"]))


def _kept(did: set[str], distance: float | None) -> bool | None:
    """Sent as it was or with a harmless edit; None where the draft was not judged."""
    if "rejected" in did or ("replied" in did and not did & JUDGED):
        return False
    return (distance or 0.0) <= HARMFUL if did & JUDGED else None


class Became(NamedTuple):
    """By ticket: what agents did, in time; the route at the close; whom a machine answered."""

    edits: Mapping[str, Sequence[Mapping[str, Any]]]
    closes: Mapping[str, str]
    sent: Container[str]


def _by_topic(outcomes: Any) -> Became:
    edits: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    closes, sent = dict[str, str](), set[str]()
    for row in outcomes.sort_by("recorded_at").to_pylist() if len(outcomes) else ():
        ticket = row["ticket_id"]
        if row["topic"] == "agent.edited":
            edits[ticket].append(row)
        elif row["topic"] == "ticket.closed":
            closes[ticket] = row["route"] or ""
        elif row["mode"] == "auto" and row["status"] != "failed":
            sent.add(ticket)
    return Became(edits, closes, sent)
