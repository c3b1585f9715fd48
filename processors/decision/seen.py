"""Columns and a policy -> what several rules look at, worked out once for all of them."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ticketstream.processors.decision.columns import Columns, Floats, Mask
from ticketstream.processors.decision.escalation import Escalations, escalations_of
from ticketstream.processors.taxonomy import LEGAL, QUESTION
from ticketstream.schemas.policy import Policy


@dataclass(frozen=True, slots=True)
class Seen:
    """The rows under a policy.

    Attributes:
        special: a trigger that the policy gives to the specialist.
        demand: a legal or privacy demand, not a mere question.
        safety: a danger to somebody.
        auto, suggestion: each row's thresholds.
        against: what speaks against an automatic reply, by the code of the reason.
    """

    columns: Columns
    policy: Policy
    special: Mask
    demand: Mask
    safety: Mask
    escalation: Escalations
    auto: Floats
    suggestion: Floats
    against: Mapping[str, Mask]

    @property
    def sure(self) -> Mask:
        """Confidence enough for an automatic reply."""
        return self.columns.confidence >= self.auto

    @property
    def barred(self) -> Mask:
        """Anything against an automatic reply."""
        barred: Mask = np.logical_or.reduce(tuple(self.against.values()))
        return barred


def see(columns: Columns, policy: Policy) -> Seen:
    """What the rules look at."""
    triggers, intent = columns.triggers, columns.intent
    specialist = frozenset(policy.specialist_triggers)
    mere_question = intent.where(QUESTION.__eq__)
    return Seen(
        columns,
        policy,
        special=triggers.where(lambda classes: not specialist.isdisjoint(classes)),
        demand=columns.category.where(LEGAL.__eq__) & ~mere_question,
        safety=triggers.where(lambda classes: "safety" in classes),
        escalation=escalations_of(columns, policy.escalation),
        auto=intent.mapped(policy.intent_thresholds, policy.thresholds.auto_reply),
        suggestion=intent.mapped(policy.intent_suggestion_thresholds, policy.thresholds.suggestion),
        against=_against(columns, policy),
    )


def _against(columns: Columns, policy: Policy) -> dict[str, Mask]:
    return {
        "not_whitelisted": ~_whitelisted(columns, policy),
        "several_requests": columns.secondary > 0,
        "anger": ~(columns.anger < policy.thresholds.anger),  # so that NaN is not calm
        "second_opinion": columns.unmeasured,
        "kill_switch": np.full(len(columns), policy.kill_switch),
    }


def _whitelisted(columns: Columns, policy: Policy) -> Mask:
    subs, intents = columns.sub_category, columns.intent
    pairs = {(pair.sub_category, pair.intent) for pair in policy.whitelist}
    table = [(sub, intent) in pairs for sub in subs.vocabulary for intent in intents.vocabulary]
    listed: Mask = np.array(table, np.bool_)
    return listed.take(subs.codes * len(intents.vocabulary) + intents.codes)
