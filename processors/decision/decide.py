"""Columns, a policy and draws -> the decisions about all rows."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketstream.processors.decision.columns import Columns, Floats, Mask
from ticketstream.processors.decision.draws import Draws
from ticketstream.processors.decision.escalation import Escalations
from ticketstream.processors.decision.rules import PLACES, ROUTES, RULES
from ticketstream.processors.decision.seen import see
from ticketstream.schemas.policy import Policy

Places = NDArray[np.integer[Any]]
ROUTE_OF = np.array([ROUTES.index(rule.route) for rule in RULES])
AUTO, SUGGESTION = ROUTES.index("auto_reply"), ROUTES.index("agent_suggestion")
AUDIT = PLACES["audit", "agent_suggestion"]
WHITELISTED = PLACES["whitelisted", "auto_reply"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """One decision a row; routes are places in `ROUTES`, rules are places in `RULES`.

    Attributes:
        wanted: what the rules and draws say.
        chosen: what is done: the same, but nothing is sent in shadow mode.
        first: the rule that decides.
        fired: a row a rule, a column a ticket: every rule that would have fired.
        eligible: a row a ticket, a column a route: with what probability each could be chosen.
        audit: a person looks at what would have been sent.
    """

    wanted: Places
    chosen: Places
    first: Places
    fired: Mask
    eligible: Floats
    audit: Mask
    escalation: Escalations

    @property
    def propensity(self) -> Floats:
        """The probability with which the chosen route was chosen."""
        return self.eligible[np.arange(len(self.chosen)), self.chosen]


def decide(columns: Columns, policy: Policy, draws: Draws) -> Decisions:
    """Decide all rows by the policy."""
    seen = see(columns, policy)
    fired = np.zeros((len(RULES), len(columns)), np.bool_)
    for place, rule in enumerate(RULES):
        if rule.fires is not None:
            fired[place] = rule.fires(seen)
    undrawn = ROUTE_OF[_first(fired)]
    audit = _drawn(columns, undrawn == AUTO, policy.audit_rate, draws)
    fired[AUDIT] = audit
    fired[WHITELISTED] &= ~audit
    first = _first(fired)
    wanted = ROUTE_OF[first]
    shadow = policy.mode == "shadow"
    return Decisions(
        wanted=wanted,
        chosen=_unsent(wanted) if shadow else wanted,
        first=first,
        fired=fired,
        eligible=_eligible(_unsent(undrawn) if shadow else undrawn, policy.audit_rate),
        audit=audit,
        escalation=seen.escalation,
    )


def _first(fired: Mask) -> Places:
    """The first rule of each row; there always is one, for what is not confident is unsure."""
    first: Places = fired.argmax(axis=0)
    return first


def _drawn(columns: Columns, candidates: Mask, rate: float, draws: Draws) -> Mask:
    """Those of the candidates whom the draw hits; nobody else is drawn for."""
    hit = np.zeros(len(columns), np.bool_)
    if rate and candidates.any():
        hit[candidates] = draws(columns.event_id[candidates], "audit") < rate
    return hit


def _unsent(routes: Places) -> Places:
    return np.where(routes == AUTO, SUGGESTION, routes)


def _eligible(routes: Places, audit_rate: float) -> Floats:
    chances = np.zeros((len(routes), len(ROUTES)))
    chances[np.arange(len(routes)), routes] = 1.0
    chances[:, SUGGESTION] += chances[:, AUTO] * audit_rate
    chances[:, AUTO] *= 1.0 - audit_rate
    return chances
