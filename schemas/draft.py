"""draft.created: a proposed answer with its sources, or why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

from ticketstream.schemas.classified import Label, Model
from ticketstream.schemas.envelope import Channel, Event, External, Route
from ticketstream.schemas.masked import Identity, Language
from ticketstream.schemas.record import UNSEALED, Erased, Record, Sealed

DraftStatus = Literal[
    "drafted", "not_answerable", "no_grounding", "handover", "not_wanted", "failed"
]


@dataclass(frozen=True, slots=True)
class Sentence(Record):
    """A sentence of the answer, the chunks it cites, how well they support it (0 to 1)."""

    text: str = ""
    citations: tuple[str, ...] = ()
    support: float = 0.0
    claim: str = ""


@dataclass(frozen=True, slots=True)
class Handover(Record):
    """For a person: what is known and what is open."""

    facts: tuple[str, ...] = ()
    open_questions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ToolResult(Record):
    """What a live tool answered, masked."""

    name: str = ""
    result: str = ""


@dataclass(frozen=True, slots=True)
class DraftText(Record):
    """The sealed text of a draft."""

    answer: str = ""
    sentences: tuple[Sentence, ...] = ()
    handover: Handover | None = None
    tool_results: tuple[ToolResult, ...] = ()


@dataclass(frozen=True, slots=True)
class Source(Record):
    """A chunk of knowledge that the draft rests on; `score` is the search's."""

    chunk_id: str = ""
    document: str = ""
    version: str = ""
    layer: Literal["product", "process", "live"] = "process"
    score: float = 0.0


@dataclass(frozen=True, slots=True)
class Tool(Record):
    """A live tool that was called."""

    name: str = ""
    fetched_at: datetime | None = None
    ok: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge(Record):
    """The knowledge base's version."""

    version: str = ""


@dataclass(frozen=True, slots=True)
class Prompt(Record):
    """The prompt template and the hash of what was sent."""

    id: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Send(Record):
    """What may happen with the draft, and why."""

    action: Literal["auto", "after_review", "never"] = "never"
    reasons: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftCreated(Event):
    """One for every routed ticket."""

    channel: Channel = "mail"
    external: External | None = None
    language: Language = field(default_factory=Language)
    identity: Identity | Sealed | Erased = UNSEALED
    person: str = ""
    category: str = ""
    sub_category: str = ""
    intent: str = ""
    open_requests: tuple[Label, ...] = ()
    route: Route = "manual_queue"
    status: DraftStatus = "failed"
    reason: str = ""
    text: DraftText | Sealed | Erased = UNSEALED
    sources: tuple[Source, ...] = ()
    tools: tuple[Tool, ...] = ()
    knowledge: Knowledge = field(default_factory=Knowledge)
    model: Model = field(default_factory=Model)
    prompt: Prompt = field(default_factory=Prompt)
    parameters: Mapping[str, str] = field(default_factory=dict)
    usage: Mapping[str, float] = field(default_factory=dict)
    grounding: float = 0.0
    send: Send = field(default_factory=Send)
    ai_notice: str = ""
