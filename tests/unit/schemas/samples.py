"""One full event of every kind, invented, the same in every run."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from ticketstream.schemas.classified import (
    Calibration,
    Label,
    Model,
    SecondOpinion,
    Sentiment,
    TicketClassified,
)
from ticketstream.schemas.draft import DraftCreated, Send, Source
from ticketstream.schemas.envelope import Event, External, Producer
from ticketstream.schemas.masked import Facts, Language, TicketMasked, Token
from ticketstream.schemas.outcome import AgentEdited, AgentReplied, Labels, ReplySent, TicketClosed
from ticketstream.schemas.policy import (
    Active,
    Calendar,
    Pair,
    Policy,
    PolicyChanged,
    PolicyVersion,
    Queue,
)
from ticketstream.schemas.received import (
    Attachment,
    Message,
    Order,
    Sender,
    TicketReceived,
    Turn,
)
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.routed import Escalation, Reason, Shadow, TicketRouted

AT = datetime(2026, 11, 23, 9, 30, 15, 250_000, tzinfo=UTC)
TICKET = "8b1f1d0e-0f3f-5a55-9c39-2f8d0f3f7a10"


def envelope(number: int, stage: str) -> dict[str, Any]:
    return {
        "event_id": UUID(int=number),
        "ticket_id": TICKET,
        "case_id": TICKET,
        "cause_id": UUID(int=number - 1) if number > 1 else None,
        "occurred_at": AT,
        "shop": "kestrel",
        "producer": Producer(stage, "0.1.0"),
    }


SEALED = {"text": Sealed(b"sealed text"), "identity": Sealed(b"sealed identity")}
COMMON = {"person": "p1", "language": Language("de", 0.9), "external": External("crm", "17", "")}

SAMPLES: tuple[Event, ...] = (
    TicketReceived(
        **envelope(1, "intake"),
        channel="chat",
        external=External("crm", "17", "https://crm.example/17"),
        language="de",
        subject="Wo ist mein Päckchen?",
        text="Wo bleibt KB-4821973?",
        quoted="> alt",
        transcript=(Turn("customer", "Lena", "Hallo", AT), Turn("bot", "", "Hi")),
        sender=Sender("Lena Invented", "lena@mail.example", "C-104233"),
        recipient="support@kestrel-birch.example",
        message=Message("<a@mail.example>", "<b@mail.example>", ("<b@mail.example>",), AT),
        attachments=(Attachment("a1", "foto.png", "image/png", 3, "00", "file:a1", "k"),),
        order=Order("KB-4821973", 129.9, "EUR", AT),
        signals={"hidden_text": 1},
    ),
    TicketMasked(
        **envelope(2, "mask"),
        **COMMON,
        **SEALED,
        tokens=(Token("[ORDER_1]", "ORDER", 1),),
        findings={"ORDER": 1},
        facts=Facts(
            120.0, None, "EUR", 3, 1, 0, None, ("order_amount: not found",), "open", "invoice", 64.9
        ),
    ),
    TicketClassified(
        **envelope(3, "classify"),
        **COMMON,
        **SEALED,
        category="delivery",
        sub_category="delay_not_received",
        intent="ask_status",
        confidence=0.91,
        scores=b"\x00\x00\x80?",
        secondary=(Label("account", "edit", 0.2),),
        models=(Model("encoder", "1", "ab"),),
        calibration=Calibration("c1", "temperature", 900),
        second_opinion=SecondOpinion(
            status="overruled",
            reason="unsure",
            model="asked-1",
            prompt_hash="ab",
            examples=("e1",),
            label="eta",
            intent="ask_status",
            own_label="delay_not_received",
            own_intent="complain",
            calibration="m1",
            attempts=1,
            latency_ms=412.5,
            tokens_in=900,
            tokens_out=20,
            cost=0.0002,
        ),
        sentiment=Sentiment(-0.4, 0.1, 0.3),
        triggers=("press",),
        policy=PolicyVersion("default", "1", "ff"),
    ),
    TicketRouted(
        **envelope(4, "route"),
        **COMMON,
        **SEALED,
        route="agent_suggestion",
        queue="agents",
        due_at=AT,
        reasons=(Reason("confident", {"confidence": "0.91"}),),
        escalation=Escalation(0.05, 0.1, 0.5, 0.0, 0.0, 0.0),
        policy=PolicyVersion("default", "1", "ff"),
        eligible={"agent_suggestion": 1.0},
        shadow=Shadow("auto_reply"),
    ),
    DraftCreated(
        **envelope(5, "draft"),
        **COMMON,
        **SEALED,
        route="agent_suggestion",
        status="drafted",
        sources=(Source("d#1", "d", "2026-10-01", "process", 0.03),),
        send=Send("after_review", ("suggestion",)),
        usage={"tokens": 0.0},
    ),
    ReplySent(**envelope(6, "deliver"), person="p1", status="sent", delivered_at=AT),
    AgentReplied(
        **envelope(7, "crm"),
        draft=b"\xc3\x01",
        actions=("edited", "reclassified"),
        final_text="Guten Tag",
        label_after=Labels("delivery", "lost_parcel", "ask_status", "manual_queue"),
        handle_seconds=31.5,
        thumbs=1,
    ),
    AgentEdited(**envelope(8, "review"), **COMMON, **SEALED, edit_distance=0.25),
    TicketClosed(**envelope(9, "crm"), resolution="confirmed", csat=5, resolution_seconds=3600.0),
    PolicyChanged(
        **envelope(10, "operator"),
        policy=Policy(
            whitelist=(Pair("track_order", "ask_status"),),
            triggers={"lawyer": ("anwalt",)},
            queues={"no_reply": Queue("junk", 5, 168.0, "all")},
            calendar=Calendar("Europe/London", "GB", "SCT", {"friday": ("09:00-12:30",)}),
            active=Active("1.ab-cd", "c1"),
        ),
        author="operator",
        note="as agreed",
        effective_from=AT,
    ),
)
