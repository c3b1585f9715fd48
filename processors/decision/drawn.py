"""What the rules say -> what the draws make of it: exploration first, then audit.

Exploration sends a share of the harmless tickets near the edge of a band into the band beside it,
so that what another threshold would do can be estimated. Audit takes a share of what would be sent
by itself to a person, so that its rightness is measured. Each is an independent keyed hash of the
ticket's event id (the decision's cause) and the purpose; nobody is drawn for who need not be.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ticketstream.processors.decision.columns import Floats, Mask
from ticketstream.processors.decision.draws import Draws
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.processors.decision.seen import Seen
from ticketstream.processors.taxonomy import FOREIGN, LEGAL

Places = NDArray[np.integer[Any]]  # of routes or rules
# the bands, the surest first: each is one place from its neighbours
AUTO, SUGGESTION, MANUAL = map(ROUTES.index, ("auto_reply", "agent_suggestion", "manual_queue"))
NEVER_EXPLORED = frozenset({LEGAL, FOREIGN})  # categories
SAFETY = "safety"  # a question whether a product is safe


@dataclass(frozen=True, slots=True)
class Drawn:
    """What came of the draws.

    Attributes:
        ways: the routes after exploration, before the audit.
        explored: the rows that exploration sends into the band beside theirs.
        audit: the rows that would have been sent and go to a person.
        eligible: a row a ticket, a column a route: the probability of each.
    """

    ways: Places
    explored: Mask
    audit: Mask
    eligible: Floats


def drawn(seen: Seen, undrawn: Places, by_band: Mask, draws: Draws) -> Drawn:
    """What the draws make of the routes that the rules say.

    Args:
        seen: the rows under the policy.
        undrawn: the routes by the rules alone.
        by_band: the rows that no rule decided before the bands.
        draws: the numbers.
    """
    up, down = _beside(seen, undrawn, by_band)
    each = seen.policy.exploration_rate / np.maximum(up.astype(np.int8) + down, 1)
    hit = _numbers(seen, up | down, "exploration", draws)
    rose = up & (hit < each)
    fell = down & ~rose & (hit < each * up + each)
    ways = undrawn - rose + fell
    audit = _numbers(seen, ways == AUTO, "audit", draws) < seen.policy.audit_rate
    return Drawn(ways, rose | fell, audit, _eligible(seen, undrawn, each * up, each * down))


def _beside(seen: Seen, undrawn: Places, by_band: Mask) -> tuple[Mask, Mask]:
    """The rows that may go into the band above theirs, and into the one below."""
    policy, confidence = seen.policy, seen.columns.confidence
    if not policy.exploration_rate:
        nobody = np.zeros(len(seen.columns), np.bool_)
        return nobody, nobody
    safe = by_band & _harmless(seen)
    lower = np.minimum(seen.suggestion, seen.auto)
    at_auto = safe & (abs(confidence - seen.auto) < policy.exploration_width)
    at_lower = safe & (abs(confidence - lower) < policy.exploration_width)
    if policy.mode == "shadow":  # nothing is sent, so both bands are one
        at_auto = np.zeros_like(at_auto)
    may_send = at_auto & ~seen.sure & ~seen.barred
    suggested = undrawn == SUGGESTION
    up = (suggested & may_send) | ((undrawn == MANUAL) & at_lower)
    down = ((undrawn == AUTO) & at_auto) | (suggested & at_lower)
    return up, down


def _harmless(seen: Seen) -> Mask:
    """Rows for which the band beside theirs does no harm, whatever the policy lists."""
    columns, intents = seen.columns, frozenset(seen.policy.exploration_intents)
    return (
        columns.intent.where(intents.__contains__)
        & ~columns.category.where(NEVER_EXPLORED.__contains__)
        & ~columns.sub_category.where(SAFETY.__eq__)
        & ~columns.triggers.where(bool)
        & ~seen.against["several_requests"]
        & ~seen.against["anger"]
    )


def _numbers(seen: Seen, rows: Mask, purpose: str, draws: Draws) -> Floats:
    """The draws of these rows; 1, which no rate reaches, for all others."""
    numbers = np.ones(len(rows))
    if seen.policy.audit_rate or purpose != "audit":
        numbers[rows] = draws(seen.columns.event_id[rows], purpose)
    return numbers


def _eligible(seen: Seen, undrawn: Places, up: Floats, down: Floats) -> Floats:
    """Each route's probability, of both draws together."""
    rows, rate = np.arange(len(undrawn)), seen.policy.audit_rate
    shown = unsent(undrawn) if seen.policy.mode == "shadow" else undrawn
    chances = np.zeros((len(undrawn), len(ROUTES)))
    chances[rows, shown] = 1.0 - up - down
    chances[rows[up > 0], undrawn[up > 0] - 1] = up[up > 0]
    chances[rows[down > 0], undrawn[down > 0] + 1] = down[down > 0]
    if rate:
        chances[:, SUGGESTION] += chances[:, AUTO] * rate
        chances[:, AUTO] *= 1.0 - rate
    return chances


def unsent(routes: Places) -> Places:
    """The routes of a shop in shadow mode: what would be sent is a suggestion."""
    return np.where(routes == AUTO, SUGGESTION, routes)
