"""Columns, a policy and draws -> the decisions about all rows."""

from dataclasses import dataclass

import numpy as np

from ticketstream.processors.decision.columns import Columns, Floats, Mask
from ticketstream.processors.decision.drawn import Drawn, Places, drawn, unsent
from ticketstream.processors.decision.draws import Draws
from ticketstream.processors.decision.escalation import Escalations
from ticketstream.processors.decision.rules import PLACES, ROUTES, RULES
from ticketstream.processors.decision.seen import Seen, see
from ticketstream.schemas.policy import Policy

ROUTE_OF = np.array([ROUTES.index(rule.route) for rule in RULES])
AUDIT = PLACES["audit", "agent_suggestion"]
WHITELISTED = PLACES["whitelisted", "auto_reply"]
EXPLORED = [(PLACES[code, way], ROUTES.index(way)) for code, way in PLACES if code == "explored"]
BANDS = AUDIT  # the first rule that stands after those which look at no confidence


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision a row; routes are places in `ROUTES`, rules are places in `RULES`.

    Attributes:
        undrawn: what the rules say without any draw.
        wanted: what rules and draws say.
        chosen: what is done: the same, but nothing is sent in shadow mode.
        first: the rule that decides.
        fired: a row a rule, a column a ticket: every rule that would have fired.
        eligible: a row a ticket, a column a route: with what probability each could be chosen.
        explored: a draw sent it into the band beside its own (an audit may have called it back).
        audit: it would have been sent, and a draw gives it to a person.
        escalation: the scores and their terms.
    """

    undrawn: Places
    wanted: Places
    chosen: Places
    first: Places
    fired: Mask
    eligible: Floats
    explored: Mask
    audit: Mask
    escalation: Escalations

    @property
    def propensity(self) -> Floats:
        """The probability with which the chosen route was chosen."""
        return self.eligible[np.arange(len(self.chosen)), self.chosen]


def decide(columns: Columns, policy: Policy, draws: Draws) -> Decisions:
    """Decide all rows by the policy."""
    seen = see(columns, policy)
    fired = _fired(seen)
    undrawn = ROUTE_OF[_first(fired)]
    by_band: Mask = ~np.logical_or.reduce(fired[:BANDS])
    lots = drawn(seen, undrawn, by_band, draws)
    _draw_fires(fired, lots)
    first = _first(fired)
    wanted = ROUTE_OF[first]
    return Decisions(
        undrawn=undrawn,
        wanted=wanted,
        chosen=unsent(wanted) if policy.mode == "shadow" else wanted,
        first=first,
        fired=fired,
        eligible=lots.eligible,
        explored=lots.explored,
        audit=lots.audit,
        escalation=seen.escalation,
    )


def _fired(seen: Seen) -> Mask:
    """Where each rule fires; no draw has yet."""
    fired = np.zeros((len(RULES), len(seen.columns)), np.bool_)
    for place, rule in enumerate(RULES):
        if rule.fires is not None:
            fired[place] = rule.fires(seen)
    return fired


def _draw_fires(fired: Mask, lots: Drawn) -> None:
    """Note the draws among the rules; what they move is not said to be whitelisted."""
    fired[AUDIT] = lots.audit
    for place, way in EXPLORED:
        fired[place] = lots.explored & (lots.ways == way)
    fired[WHITELISTED] &= ~(lots.audit | lots.explored)


def _first(fired: Mask) -> Places:
    """The first rule of each row; there always is one, for what is not confident is unsure."""
    first: Places = fired.argmax(axis=0)
    return first
