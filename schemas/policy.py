"""policy.changed: the whole policy that decides, as one document."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ticketstream.schemas.envelope import Event
from ticketstream.schemas.record import Record


@dataclass(frozen=True, slots=True)
class Thresholds(Record):
    """Confidence bands and limits, all 0 to 1 except `high_value_amount`."""

    auto_reply: float = 0.85
    suggestion: float = 0.75
    spam: float = 0.95
    injection: float = 0.5
    out_of_scope: float = 0.5
    anger: float = 0.3
    high_value_amount: float = 500.0


@dataclass(frozen=True, slots=True)
class Pair(Record):
    """A whitelisted pair for automatic replies."""

    sub_category: str = ""
    intent: str = ""


@dataclass(frozen=True, slots=True)
class EscalationWeights(Record):
    """The terms of the escalation score; `value_scale` in the shop's currency."""

    threshold: float = 0.45
    repeat_sentiment: float = 0.4
    repeat_tickets: int = 3
    base: float = 0.5
    value: float = 0.5
    value_scale: float = 1000.0
    trigger: float = 0.5
    history: float = 0.5
    history_scale: float = 3.0


@dataclass(frozen=True, slots=True)
class Queue(Record):
    """A queue: where a route's tickets go, how soon. `sla_hours` counts from receipt."""

    name: str = ""
    priority: int = 3
    sla_hours: float = 24.0


@dataclass(frozen=True, slots=True)
class Active(Record):
    """The versions that decide and draft."""

    model: str = ""
    calibration: str = ""
    knowledge: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Policy(Record):
    """Everything a decision depends on beside the ticket.

    `intent_thresholds` overrides `thresholds.auto_reply` per intent. `queues` maps a route, or
    `route/category`, to its queue. `triggers` maps a keyword class to its phrases.
    """

    id: str = "default"
    version: str = "1"
    mode: Literal["shadow", "live"] = "shadow"
    kill_switch: bool = False
    languages: tuple[str, ...] = ("en", "de")
    thresholds: Thresholds = field(default_factory=Thresholds)
    intent_thresholds: Mapping[str, float] = field(default_factory=dict)
    whitelist: tuple[Pair, ...] = ()
    escalation: EscalationWeights = field(default_factory=EscalationWeights)
    specialist_triggers: tuple[str, ...] = ()
    triggers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    exploration_rate: float = 0.0
    audit_rate: float = 0.0
    active: Active = field(default_factory=Active)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Event):
    """A policy was published."""

    policy: Policy = field(default_factory=Policy)
    author: str = ""
    note: str = ""
    effective_from: datetime | None = None
