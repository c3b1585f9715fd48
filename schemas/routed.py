"""ticket.routed: who answers, why, and under which policy."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from ticketstream.schemas.classified import Label, Sentiment
from ticketstream.schemas.envelope import Channel, Event, External, Route
from ticketstream.schemas.masked import Facts, Identity, Language, TicketText
from ticketstream.schemas.policy import PolicyVersion
from ticketstream.schemas.record import UNSEALED, Erased, Record, Sealed


@dataclass(frozen=True, slots=True)
class Reason(Record):
    """A rule that fired, with the values it looked at, as text."""

    code: str = ""
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Escalation(Record):
    """The escalation score and every term: score = sentiment x (base + value + trigger + history).

    `sentiment` is max(anger, floor for repeat contacts).
    """

    score: float = 0.0
    sentiment: float = 0.0
    base: float = 0.0
    value: float = 0.0
    trigger: float = 0.0
    history: float = 0.0


@dataclass(frozen=True, slots=True)
class Shadow(Record):
    """What would have been done, had the shop been live."""

    would_be: Route = "manual_queue"


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketRouted(Event):
    """A decided request. `propensity` is the probability with which `route` was chosen."""

    channel: Channel = "mail"
    external: External | None = None
    language: Language = field(default_factory=Language)
    text: TicketText | Sealed | Erased = UNSEALED
    identity: Identity | Sealed | Erased = UNSEALED
    person: str = ""
    facts: Facts = field(default_factory=Facts)
    category: str = ""
    sub_category: str = ""
    intent: str = ""
    confidence: float = 0.0
    open_requests: tuple[Label, ...] = ()
    sentiment: Sentiment = field(default_factory=Sentiment)
    triggers: tuple[str, ...] = ()
    route: Route = "manual_queue"
    queue: str = ""
    priority: int = 3
    due_at: datetime | None = None
    reasons: tuple[Reason, ...] = ()
    hint: str = ""
    escalation: Escalation = field(default_factory=Escalation)
    policy: PolicyVersion = field(default_factory=PolicyVersion)
    eligible: Mapping[str, float] = field(default_factory=dict)
    propensity: float = 1.0
    explored: bool = False
    audit: bool = False
    shadow: Shadow | None = None
