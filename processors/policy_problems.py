"""A policy -> what makes it unusable, with the place in its document."""

from collections.abc import Iterator
from dataclasses import fields
from math import isfinite
from typing import get_args

from ticketstream.processors.calendar_problems import calendar_problems
from ticketstream.processors.taxonomy import Labels
from ticketstream.schemas.envelope import Route
from ticketstream.schemas.policy import Policy

LIMITS = ("auto_reply", "suggestion", "spam", "injection", "out_of_scope", "anger")
INTENT_TABLES = ("intent_thresholds", "intent_suggestion_thresholds")
FLOORS = ("category", "sub_category", "right_when_sure", "ece", "covered")
DIVISORS = ("value_scale", "history_scale")
MOST_EXPLORED = 0.03  # of the tickets near an edge: enough to estimate with, few to be wrong about
WIDEST = 0.25
# what a person wants a person for: no share of it is tried out on a neighbouring way
UNSAFE_INTENTS = ("exercise_right", "dispute_or_threaten", "complain", "request_human")
PRIORITIES = range(1, 6)

Path = tuple[str | int, ...]
Problem = tuple[Path, str]


def problems(policy: Policy, labels: Labels) -> Iterator[Problem]:
    """What makes a policy unusable, with its place in the document; nothing for a good one."""
    for check in (_shares, _bands, _intent_bands, _not_built, _amounts, _priorities):
        yield from check(policy)
    yield from calendar_problems(policy)
    for of_labels in (_exploration, _pairs, _keys):
        yield from of_labels(policy, labels)


def _shares(policy: Policy) -> Iterator[Problem]:
    shares: dict[Path, float] = {("thresholds", n): getattr(policy.thresholds, n) for n in LIMITS}
    for table in INTENT_TABLES:
        shares |= {(table, intent): v for intent, v in getattr(policy, table).items()}
    shares |= {("floors", n): getattr(policy.floors, n) for n in FLOORS}
    shares["escalation", "repeat_sentiment"] = policy.escalation.repeat_sentiment
    shares["audit_rate",] = policy.audit_rate
    for path, share in shares.items():
        if not 0 <= share <= 1:
            yield path, f"{dotted(path)} is {share}: must be from 0 to 1"


def _bands(policy: Policy) -> Iterator[Problem]:
    if policy.thresholds.suggestion > policy.thresholds.auto_reply:
        for name in ("suggestion", "auto_reply"):  # a document may have said either
            reason = "thresholds.suggestion is above thresholds.auto_reply: lower it"
            yield ("thresholds", name), reason


def _intent_bands(policy: Policy) -> Iterator[Problem]:
    for intent, suggestion in policy.intent_suggestion_thresholds.items():
        auto = policy.intent_thresholds.get(intent, policy.thresholds.auto_reply)
        if suggestion > auto:
            path = ("intent_suggestion_thresholds", intent)
            yield path, f"{dotted(path)} is above {auto}, where automatic replies begin: lower it"


def _exploration(policy: Policy, labels: Labels) -> Iterator[Problem]:
    rate, width = policy.exploration_rate, policy.exploration_width
    if not 0 <= rate <= MOST_EXPLORED:
        yield (
            ("exploration_rate",),
            f"exploration_rate is {rate}: must be from 0 to {MOST_EXPLORED}",
        )
    if not 0 < width <= WIDEST:
        reason = f"exploration_width is {width}: must be above 0, at most {WIDEST}"
        yield ("exploration_width",), reason
    for place, intent in enumerate(policy.exploration_intents):
        if intent in UNSAFE_INTENTS:
            reason = f"exploration_intents: {intent!r} is never explored, take it out"
            yield ("exploration_intents", place), reason
        elif intent not in labels.intents:
            reason = f"exploration_intents: no intent {intent!r} in the taxonomy"
            yield ("exploration_intents", place), reason
    if rate and not policy.exploration_intents:
        reason = "exploration_rate: nothing is explored while exploration_intents is empty"
        yield ("exploration_rate",), reason


def _not_built(policy: Policy) -> Iterator[Problem]:
    for name in ("knowledge", "prompt"):
        if getattr(policy.active, name):
            yield ("active", name), f"active.{name}: nothing switches by it yet, leave it empty"


def _amounts(policy: Policy) -> Iterator[Problem]:
    weights = policy.escalation
    amounts: dict[Path, float] = {
        ("escalation", f.name): getattr(weights, f.name) for f in fields(weights)
    }
    amounts["thresholds", "high_value_amount"] = policy.thresholds.high_value_amount
    amounts |= {("queues", k, "sla_hours"): q.sla_hours for k, q in policy.queues.items()}
    for path, amount in amounts.items():
        divides = path[-1] in DIVISORS
        if not isfinite(amount) or amount < 0 or (divides and amount == 0):
            yield (
                path,
                f"{dotted(path)} is {amount}: must be {'above 0' if divides else '0 or more'}",
            )


def _priorities(policy: Policy) -> Iterator[Problem]:
    for key, queue in policy.queues.items():
        if queue.priority not in PRIORITIES:
            path = ("queues", key, "priority")
            yield path, f"{dotted(path)} is {queue.priority}: must be from 1 to 5"


def _pairs(policy: Policy, labels: Labels) -> Iterator[Problem]:
    """Pairs that no ticket can have: they would never do anything."""
    for place, pair in enumerate(policy.whitelist):
        if pair.sub_category not in labels.category_of:
            reason = f"whitelist: no sub-category {pair.sub_category!r} in the taxonomy"
            yield ("whitelist", place), reason
        if pair.intent not in labels.intents:
            yield ("whitelist", place), f"whitelist: no intent {pair.intent!r} in the taxonomy"


def _keys(policy: Policy, labels: Labels) -> Iterator[Problem]:
    """Tables whose keys are labels."""
    for table in INTENT_TABLES:
        for intent in getattr(policy, table):
            if intent not in labels.intents:
                yield (table, intent), f"{table}: no intent {intent!r}"
    for key in policy.queues:
        route, _, category = key.partition("/")
        if route not in get_args(Route):
            yield ("queues", key), f"queues: {route!r} is no route"
        elif category and category not in labels.category_of.values():
            yield ("queues", key), f"queues: {key!r} names no category of the taxonomy"


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(map(str, path))
