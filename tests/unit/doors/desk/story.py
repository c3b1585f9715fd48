"""Invented tickets as real, sealed events: what the desk's tests and its browser tests show."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from ticketstream.projections.placed import DeadLetter, Placed
from ticketstream.projections.store import ReadModels
from ticketstream.schemas.classified import Label, Model, Sentiment, TicketClassified
from ticketstream.schemas.draft import (
    DraftCreated,
    DraftText,
    Handover,
    Knowledge,
    Send,
    Sentence,
    Source,
)
from ticketstream.schemas.envelope import Event, Producer
from ticketstream.schemas.masked import Facts, Language, TicketMasked, TicketText
from ticketstream.schemas.outcome import AgentEdited, EditText, Labels, TicketClosed
from ticketstream.schemas.policy import PolicyVersion
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import Erased
from ticketstream.schemas.routed import Escalation, Reason, TicketRouted
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
SPACE = UUID(int=23)


def ticket_id(number: int) -> str:
    return str(uuid5(SPACE, str(number)))


@dataclass
class Desk:
    """Read models and a vault that tell of the same tickets."""

    models: ReadModels
    vault: Vault
    ends: dict[str, int] = field(default_factory=dict)

    def happens(self, events: Sequence[Event | DeadLetter]) -> None:
        """Seal events and apply them, as the loop and the projector would."""
        sealed = self.vault.seal_all([e for e in events if isinstance(e, Event)])
        assert not any(isinstance(e, Erased) for e in sealed)
        letters = [e for e in events if isinstance(e, DeadLetter)]
        records: list[Any] = [*sealed, *letters]
        lives = self.models.start().lives
        self.models.apply([self._placed(r) for r in records], lives)

    def _placed(self, event: Any) -> Placed:
        dead = isinstance(event, DeadLetter)
        topic = "ticket.masked.dead" if dead else TOPIC_OF[type(event)]
        offset = self.ends.get(topic, 0)
        self.ends[topic] = offset + 1
        at = (NOON if dead else event.occurred_at) + timedelta(milliseconds=340 * (1 + offset % 5))
        return Placed(topic, 0, offset, at, event)

    def person(self, number: int) -> str:
        arrival = Arrival(
            ticket_id(number),
            "kestrel",
            NOON,
            ticket_id(number),
            Identifiers(address=f"person{number}@mail.example"),
        )
        (admission,) = self.vault.admit([arrival])
        assert isinstance(admission, Admission)
        return admission.person


def make_vault(folder: Path) -> Vault:
    create_master_keys(folder / "keys")
    keys = load_master_keys(folder / "keys")
    return Vault(sqlite_engine(folder / "vault.db"), keys, NoShop())


def story(
    desk: Desk,
    number: int = 1,
    *,
    subject: str = "Where is my order [ORDER_1-kfqxt]?",
    text: str = "Hello,\n\nI ordered the Aurora lamp on 2 November, [ORDER_1-kfqxt] is not here."
    "\nCan you tell me when it comes?\n\nKind regards\n[NAME_1]",
    language: str = "en",
    route: Any = "agent_suggestion",
    queue: str = "agents",
    labels: tuple[str, str, str] = ("delivery", "delay_not_received", "ask_status"),
    reasons: tuple[Reason, ...] = (
        Reason("not_whitelisted", {"pair": "delay_not_received/ask_status"}),
        Reason("confident", {"confidence": "0.91"}),
    ),
    **more: Any,
) -> list[Event]:
    """The line's five events of one ticket, open; each number came a minute before the next."""
    envelope = _envelope(number)
    common: Any = {"person": desk.person(number), "language": Language(language, 0.99)}
    category, sub_category, intent = labels
    judged: Any = {"category": category, "sub_category": sub_category, "intent": intent}
    confidence = more.get("confidence", 0.91)
    mood = Sentiment(-0.3, more.get("anger", 0.12), 0.4)
    seen: Any = {"confidence": confidence, "sentiment": mood, "triggers": more.get("triggers", ())}
    facts = more.get("facts", Facts(320.0, 129.9, "EUR", 18, 1, 0))
    ticket_text = TicketText(subject, text, more.get("quoted", ""))
    return [
        TicketReceived(**envelope("intake")),
        TicketMasked(
            **envelope("mask"), **common, text=ticket_text, facts=facts, findings={"ORDER": 1}
        ),
        TicketClassified(
            **envelope("classify"), **common, **judged, **seen, text=ticket_text, facts=facts,
            secondary=(Label("account", "saved_address", 0.3),),
        ),
        TicketRouted(
            **envelope("route"), **common, **judged, **seen, text=ticket_text, facts=facts,
            route=route, queue=queue, priority=3, due_at=NOON + timedelta(hours=24),
            reasons=reasons, escalation=Escalation(0.08, 0.12, 0.5, 0.16, 0.0, 0.0),
            policy=PolicyVersion("default", "1", "ff"),
        ),
        _draft(envelope, common, route),
    ]  # fmt: skip


def _envelope(number: int) -> Any:
    stages = ("intake", "mask", "classify", "route", "draft", "review", "crm")

    def envelope(stage: str) -> dict[str, Any]:
        step = stages.index(stage)
        return {
            "event_id": UUID(int=number * 100 + step),
            "ticket_id": ticket_id(number),
            "case_id": ticket_id(number),
            "cause_id": UUID(int=number * 100 + step - 1) if step else None,
            "occurred_at": NOON + timedelta(minutes=number),
            "shop": "kestrel",
            "producer": Producer(stage, "0.1.0"),
        }

    return envelope


def _draft(envelope: Any, common: Any, route: Any) -> DraftCreated:
    wanted = route in {"agent_suggestion", "auto_reply"}
    sentences = (
        Sentence("Delivery in Germany takes 2 to 4 working days.", ("delivery#2",), 0.71),
        Sentence("You can follow your parcel under “My orders”.", ("tracking#1",), 0.58),
    )
    answer = (
        "Hello,\n\nDelivery in Germany takes 2 to 4 working days. [1] You can follow your parcel "
        "under “My orders”. [2]\n\nKind regards\n\nThis answer was put together by a machine."
    )
    handover = Handover(("order age in days: 18", "tickets in 30 days: 1"), ("customer_value",))
    return DraftCreated(
        **envelope("draft"), **common, route=route,
        status="drafted" if wanted else "handover",
        reason="" if wanted else "a person answers this",
        text=DraftText(answer, sentences) if wanted else DraftText(handover=handover),
        sources=(
            Source("delivery#2", "shipping/delivery-times", "2026-10-01", "process", 0.034),
            Source("tracking#1", "shipping/tracking", "2026-09-15", "process", 0.031),
        ) if wanted else (),
        knowledge=Knowledge("k-4f1c"),
        model=Model("extractive", "0.1.0") if wanted else Model(),
        grounding=0.71 if wanted else 0.0,
        send=Send("after_review", ("suggestion",)) if wanted else Send("never", ("handover",)),
    )  # fmt: skip


def outcome(desk: Desk, number: int = 1) -> list[Event]:
    """What a person did with it, and how it ended."""
    envelope = _envelope(number)
    return [
        AgentEdited(
            **envelope("review"), person=desk.person(number), language=Language("en", 0.99),
            actions=("edited", "reclassified"), edit_distance=0.2,
            text=EditText("Hello [NAME_1],\n\nyour parcel arrives tomorrow."),
            before=Labels("delivery", "delay_not_received", "ask_status", "agent_suggestion"),
            after=Labels("delivery", "lost_parcel", "ask_status", "agent_suggestion"),
        ),
        TicketClosed(**envelope("crm"), resolution="confirmed", csat=5),
    ]  # fmt: skip


LETTER = DeadLetter(
    "raised", "classify", "0.1.0", "ticket.masked/0/7", "ValueError in classify", "", 512
)
