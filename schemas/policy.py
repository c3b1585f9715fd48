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
    """A queue: where a route's tickets go, how soon. `sla_hours` counts from receipt.

    `hours` says which hours count: those of the calendar, or all of them, day and night.
    """

    name: str = ""
    priority: int = 3
    sla_hours: float = 24.0
    hours: Literal["business", "all"] = "business"


def _weekdays() -> dict[str, tuple[str, ...]]:
    days = ("monday", "tuesday", "wednesday", "thursday", "friday")
    return dict.fromkeys(days, ("09:00-17:00",))


@dataclass(frozen=True, slots=True)
class Calendar(Record):
    """When the shop is open: the hours in which a due time is counted.

    Times are local to `time_zone`. `hours` maps a weekday to its spans. Public holidays of the
    country (ISO 3166, empty for none) and its region are closed, as are `closed_days`;
    `open_days` maps a day to the spans that hold on it, whatever else would.
    """

    time_zone: str = "Europe/Berlin"
    country: str = "DE"
    region: str = ""
    hours: Mapping[str, tuple[str, ...]] = field(default_factory=_weekdays)
    closed_days: tuple[str, ...] = ()
    open_days: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Active(Record):
    """The versions that decide and draft; empty is the one that ships.

    `model` is a snapshot's id (`ticketstream model list`), `calibration` the id of its calibration.
    """

    model: str = ""
    calibration: str = ""
    knowledge: str = ""
    prompt: str = ""


@dataclass(frozen=True, slots=True)
class Floors(Record):
    """What a model must reach on held-out texts, over all and in each language, to be promoted.

    `texts` counts all of them. `right_when_sure` is the share of pairs that are right among those
    with a confidence of at least 0.85, `covered` that of the prediction sets that hold the truth;
    `ece` is the most, everything else the least.
    """

    texts: int = 1000
    category: float = 0.75
    sub_category: float = 0.7
    right_when_sure: float = 0.88
    ece: float = 0.06
    covered: float = 0.87


@dataclass(frozen=True, slots=True)
class PolicyVersion(Record):
    """The policy that decided."""

    id: str = ""
    version: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Policy(Record):
    """Everything a decision depends on beside the ticket.

    `intent_thresholds` overrides `thresholds.auto_reply` per intent, `intent_suggestion_thresholds`
    overrides `thresholds.suggestion`. `exploration_rate` is the share of tickets of the listed
    intents, no farther than `exploration_width` from the edge of a band, that go into the band
    beside; `audit_rate` the share of automatic replies that a person looks at first. `queues` maps
    a route, or `route/category`, to its queue. `triggers` maps a keyword class to its phrases.
    """

    id: str = "default"
    version: str = "1"
    mode: Literal["shadow", "live"] = "shadow"
    kill_switch: bool = False
    languages: tuple[str, ...] = ("en", "de")
    thresholds: Thresholds = field(default_factory=Thresholds)
    intent_thresholds: Mapping[str, float] = field(default_factory=dict)
    intent_suggestion_thresholds: Mapping[str, float] = field(default_factory=dict)
    whitelist: tuple[Pair, ...] = ()
    escalation: EscalationWeights = field(default_factory=EscalationWeights)
    specialist_triggers: tuple[str, ...] = ()
    triggers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    queues: Mapping[str, Queue] = field(default_factory=dict)
    calendar: Calendar = field(default_factory=Calendar)
    exploration_rate: float = 0.0
    exploration_width: float = 0.05
    exploration_intents: tuple[str, ...] = ()
    audit_rate: float = 0.0
    active: Active = field(default_factory=Active)
    floors: Floors = field(default_factory=Floors)


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyChanged(Event):
    """A policy was published.

    The Kafka key is the shop, which stands in `ticket_id`. `cause_id` names the policy that it
    replaces. Without `effective_from` it is in force at once.
    """

    policy: Policy = field(default_factory=Policy)
    author: str = ""
    note: str = ""
    effective_from: datetime | None = None
