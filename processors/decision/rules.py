"""The rules in their order: each a code, a route, and the rows in which it fires.

The first rule that fires decides; every rule that would have fired is stored as a reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import get_args

from ticketstream.processors.decision.columns import Mask
from ticketstream.processors.decision.seen import Seen
from ticketstream.processors.taxonomy import FOREIGN
from ticketstream.schemas.envelope import Route

CHARGEBACK = "chargeback"  # a class of words, and a state of a payment
ROUTES: tuple[Route, ...] = get_args(Route)


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule; one without a condition fires where a draw says so (`drawn.py`)."""

    code: str
    route: Route
    fires: Callable[[Seen], Mask] | None


def _for_people(seen: Seen) -> Mask:
    """A machine may have sent it, but somebody must read it."""
    return seen.special | seen.demand | seen.safety


def _auto_generated(seen: Seen) -> Mask:
    return seen.columns.auto_submitted.where("no".__ne__) & ~_for_people(seen)


def _spam(seen: Seen) -> Mask:
    return (seen.columns.spam >= seen.policy.thresholds.spam) & ~_for_people(seen)


def _charged_back(seen: Seen) -> Mask:
    """What the bank says weighs as much as the word: who decides must not pay a second time."""
    states = {CHARGEBACK} & set(seen.policy.specialist_triggers)
    return seen.columns.payment.where(states.__contains__)


def _escalates(seen: Seen) -> Mask:
    return seen.escalation.score >= seen.policy.escalation.threshold


def _high_value(seen: Seen) -> Mask:
    return seen.columns.order_amount >= seen.policy.thresholds.high_value_amount


def _out_of_scope(seen: Seen) -> Mask:
    limit = seen.policy.thresholds.out_of_scope
    return ~(seen.columns.out_of_scope < limit) | seen.columns.category.where(FOREIGN.__eq__)


def _injection(seen: Seen) -> Mask:
    return ~(seen.columns.injection < seen.policy.thresholds.injection)


def _language(seen: Seen) -> Mask:
    supported = frozenset(seen.policy.languages)
    return ~seen.columns.language.where(supported.__contains__)


def _confident(seen: Seen) -> Mask:
    return seen.columns.confidence >= seen.suggestion


def _against(code: str) -> Rule:
    return Rule(code, "agent_suggestion", lambda seen: seen.sure & seen.against[code])


RULES: tuple[Rule, ...] = (
    Rule("auto_generated", "no_reply", _auto_generated),
    Rule("spam", "no_reply", _spam),
    Rule("legal_demand", "escalate_specialist", lambda seen: seen.demand),
    Rule("trigger", "escalate_specialist", lambda seen: seen.special),
    Rule("charged_back", "escalate_specialist", _charged_back),
    Rule("safety", "escalate_specialist", lambda seen: seen.safety),
    Rule("escalation", "escalate_senior", _escalates),
    Rule("high_value_order", "escalate_senior", _high_value),
    Rule("out_of_scope", "manual_queue", _out_of_scope),
    Rule("injection", "manual_queue", _injection),
    Rule("language", "manual_queue", _language),
    # from here on the bands of the confidence decide
    Rule("audit", "agent_suggestion", None),
    Rule("explored", "auto_reply", None),
    Rule("explored", "agent_suggestion", None),
    Rule("explored", "manual_queue", None),
    Rule("whitelisted", "auto_reply", lambda seen: seen.sure & ~seen.barred),
    _against("not_whitelisted"),
    _against("several_requests"),
    _against("anger"),
    _against("second_opinion"),
    _against("kill_switch"),
    Rule("confident", "agent_suggestion", _confident),
    Rule("unsure", "manual_queue", lambda seen: ~_confident(seen)),
)
PLACES = {(rule.code, rule.route): place for place, rule in enumerate(RULES)}
