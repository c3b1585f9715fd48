"""A policy -> what makes it unusable, with the place in its document."""

from collections.abc import Iterator
from dataclasses import fields
from math import isfinite
from typing import get_args

from ticketstream.processors.taxonomy import Labels
from ticketstream.schemas.envelope import Route
from ticketstream.schemas.policy import Policy

LIMITS = ("auto_reply", "suggestion", "spam", "injection", "out_of_scope", "anger")
FLOORS = ("category", "sub_category", "right_when_sure", "ece")
DIVISORS = ("value_scale", "history_scale")
PRIORITIES = range(1, 6)

Path = tuple[str | int, ...]
Problem = tuple[Path, str]


def problems(policy: Policy, labels: Labels) -> Iterator[Problem]:
    """What makes a policy unusable, with its place in the document; nothing for a good one."""
    for check in (_shares, _bands, _not_built, _amounts, _priorities):
        yield from check(policy)
    for of_labels in (_pairs, _keys):
        yield from of_labels(policy, labels)


def _shares(policy: Policy) -> Iterator[Problem]:
    shares: dict[Path, float] = {("thresholds", n): getattr(policy.thresholds, n) for n in LIMITS}
    shares |= {("intent_thresholds", k): v for k, v in policy.intent_thresholds.items()}
    shares |= {("floors", n): getattr(policy.floors, n) for n in FLOORS}
    shares |= {("audit_rate",): policy.audit_rate, ("exploration_rate",): policy.exploration_rate}
    for path, share in shares.items():
        if not 0 <= share <= 1:
            yield path, f"{dotted(path)} is {share}: must be from 0 to 1"


def _bands(policy: Policy) -> Iterator[Problem]:
    if policy.thresholds.suggestion > policy.thresholds.auto_reply:
        for name in ("suggestion", "auto_reply"):  # a document may have said either
            reason = "thresholds.suggestion is above thresholds.auto_reply: lower it"
            yield ("thresholds", name), reason


def _not_built(policy: Policy) -> Iterator[Problem]:
    if policy.exploration_rate:
        reason = "exploration_rate: routes are not explored in this release, leave it at 0"
        yield ("exploration_rate",), reason
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
    for intent in policy.intent_thresholds:
        if intent not in labels.intents:
            yield ("intent_thresholds", intent), f"intent_thresholds: no intent {intent!r}"
    for key in policy.queues:
        route, _, category = key.partition("/")
        if route not in get_args(Route):
            yield ("queues", key), f"queues: {route!r} is no route"
        elif category and category not in labels.category_of.values():
            yield ("queues", key), f"queues: {key!r} names no category of the taxonomy"


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(map(str, path))
