"""ticket.classified: what it is about, how sure that is, and how the customer feels."""

from dataclasses import dataclass, field
from typing import Literal

from ticketstream.schemas.envelope import AutoKind, Channel, Event, External
from ticketstream.schemas.masked import Facts, Identity, Language, TicketText
from ticketstream.schemas.policy import PolicyVersion
from ticketstream.schemas.record import UNSEALED, Erased, Record, Sealed


@dataclass(frozen=True, slots=True)
class Taxonomy(Record):
    """The label set: version, and the hash of its label order."""

    version: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Label(Record):
    """A further request in the same ticket, with its score."""

    category: str = ""
    sub_category: str = ""
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Model(Record):
    """A model that had a say."""

    name: str = ""
    version: str = ""
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class Calibration(Record):
    """The calibration that made scores into a confidence: its id, method and sample size."""

    id: str = ""
    method: str = ""
    size: int = 0


OpinionStatus = Literal[
    "agreed", "overruled", "kept", "failed", "over_budget", "circuit_open", "withheld"
]
ANSWERED: tuple[OpinionStatus, ...] = ("agreed", "overruled", "kept")


@dataclass(frozen=True, slots=True)
class SecondOpinion(Record):
    """What came of asking a language model about an unsure ticket; cost in EUR.

    `status` says which label won: the model's (overruled), the own one (kept, or agreed where both
    are the same), or the own one for want of an answer (failed, over_budget, circuit_open,
    withheld); `reason` is the code of why. Whether text left the house is told by `attempts`.

    `label` and `intent` are the answer, whole; what fitted no label is not kept, for it may quote
    the customer. `prompt_hash` is of all but the ticket's text, `examples` names the seeds shown.
    `calibration` is the id of the measurement that made the confidence, empty for none.
    """

    status: OpinionStatus = "failed"
    reason: str = ""
    model: str = ""
    prompt_hash: str = ""
    examples: tuple[str, ...] = ()
    label: str = ""
    intent: str = ""
    own_label: str = ""
    own_intent: str = ""
    calibration: str = ""
    attempts: int = 0
    latency_ms: float = 0.0
    tokens_in: int = 0
    tokens_out: int = 0
    cost: float = 0.0


@dataclass(frozen=True, slots=True)
class Sentiment(Record):
    """Polarity -1 to 1; anger and urgency 0 to 1. Anger is not negativity."""

    polarity: float = 0.0
    anger: float = 0.0
    urgency: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClassified(Event):
    """A judged request.

    `scores` and `intent_scores` are little-endian float32, before calibration, in the label order
    of `taxonomy`; `confidence` is the calibrated probability of the (sub-category, intent) pair.
    `policy` is the one whose phrases, model and calibration judged.
    """

    channel: Channel = "mail"
    external: External | None = None
    language: Language = field(default_factory=Language)
    text: TicketText | Sealed | Erased = UNSEALED
    identity: Identity | Sealed | Erased = UNSEALED
    person: str = ""
    facts: Facts = field(default_factory=Facts)
    auto_submitted: AutoKind = "no"
    category: str = ""
    sub_category: str = ""
    intent: str = ""
    confidence: float = 0.0
    scores: bytes = b""
    intent_scores: bytes = b""
    taxonomy: Taxonomy = field(default_factory=Taxonomy)
    secondary: tuple[Label, ...] = ()
    out_of_scope: float = 0.0
    prediction_set: tuple[str, ...] = ()
    models: tuple[Model, ...] = ()
    calibration: Calibration = field(default_factory=Calibration)
    second_opinion: SecondOpinion | None = None
    sentiment: Sentiment = field(default_factory=Sentiment)
    triggers: tuple[str, ...] = ()
    injection: float = 0.0
    spam: float = 0.0
    policy: PolicyVersion = field(default_factory=PolicyVersion)
