"""reply.sent, agent.replied, agent.edited, ticket.closed: what became of a ticket."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ticketstream.schemas.envelope import Channel, Event, External
from ticketstream.schemas.masked import Identity, Language
from ticketstream.schemas.record import UNSEALED, Erased, Record, Sealed

Action = Literal[
    "sent_unchanged", "edited", "rejected", "replied", "reclassified", "rerouted", "escalated"
]
ACTIONS: frozenset[str] = frozenset(Action.__args__)  # type: ignore[attr-defined]


@dataclass(frozen=True, slots=True)
class Labels(Record):
    """What a ticket is held to be: labels and route, before or after an agent looked."""

    category: str = ""
    sub_category: str = ""
    intent: str = ""
    route: str = ""


@dataclass(frozen=True, slots=True)
class Edit(Record):
    """One operation from the draft to what was sent."""

    op: Literal["insert", "delete", "replace"] = "replace"
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class EditText(Record):
    """The sealed text of what an agent did, masked."""

    final_text: str = ""
    operations: tuple[Edit, ...] = ()
    comment: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplySent(Event):
    """What left the house."""

    external: External | None = None
    person: str = ""
    draft_event_id: str = ""
    mode: Literal["auto", "agent", "external"] = "agent"
    status: Literal["sent", "failed", "unknown"] = "unknown"
    message_id: str = ""
    sources_told: tuple[str, ...] = ()
    ai_notice_shown: bool = False
    channel: Channel = "mail"
    delivered_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentReplied(Event):
    """What a person did, in plain words; `draft` is the draft.created event's bytes, unopened."""

    external: External | None = None
    draft: bytes = b""
    actions: tuple[str, ...] = ()
    final_text: str = ""
    label_after: Labels | None = None
    cause: str = ""
    agent: str = ""
    handle_seconds: float | None = None
    after_call_seconds: float | None = None
    comment: str = ""
    thumbs: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AgentEdited(Event):
    """The same, masked with the ticket's own tokens, compared with the draft, sealed."""

    external: External | None = None
    language: Language = field(default_factory=Language)
    person: str = ""
    identity: Identity | Sealed | Erased = UNSEALED
    actions: tuple[str, ...] = ()
    text: EditText | Sealed | Erased = UNSEALED
    edit_distance: float | None = None
    before: Labels = field(default_factory=Labels)
    after: Labels = field(default_factory=Labels)
    cause: str = ""
    agent: str = ""
    handle_seconds: float | None = None
    after_call_seconds: float | None = None
    thumbs: int | None = None
    draft_event_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketClosed(Event):
    """How it ended; a snapshot, the latest wins."""

    external: External | None = None
    person: str = ""
    resolution: Literal["confirmed", "assumed", "unresolved", "merged"] = "assumed"
    reopened: bool = False
    contacts: int = 1
    first_contact: bool = False
    csat: int | None = None
    resolution_seconds: float | None = None
    route: str = ""
