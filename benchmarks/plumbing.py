"""Tickets -> CPU milliseconds that each stage costs in one process, without a broker.

With models and detectors stubbed, codec, sealing, vault and dead-letter paths are left: the
plumbing. With the real resources on the same tickets, the difference is what the thinking costs.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ticketstream.doors.equip import equip
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream.by_policy import always
from ticketstream.stream.memory import MemoryRecord
from ticketstream.stream.pipeline import LINE
from ticketstream.stream.record import Outgoing
from ticketstream.stream.topics import topics
from ticketstream.stream.work import Work, each
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import create_master_keys, load_master_keys
from ticketstream.vault.ports import Admission, Arrival, Identifiers
from ticketstream.vault.store import Vault, sqlite_engine

WARM = 64  # tickets that go through before the clock starts: what is built once is not counted


class Stub:
    """Resources of a stage whose thinking is left out."""

    def __init__(self, name: str, vault: Vault) -> None:
        self.producer = Producer(name, "stub")
        self.vault = vault


def mask_stub(tickets: Sequence[TicketReceived], stub: Stub) -> list[TicketMasked]:
    arrivals = [
        Arrival(
            t.ticket_id, t.shop, t.occurred_at, t.case_id, Identifiers(address=t.sender.address)
        )
        for t in tickets
    ]
    admitted = [a for a in stub.vault.admit(arrivals) if isinstance(a, Admission)]
    return [
        TicketMasked(
            **answering(t, stub.producer) | {"case_id": a.case_id},
            text=TicketText(subject=t.subject, text=t.text, quoted=t.quoted),
            identity=Identity(sender=t.sender, message=t.message),
            person=a.person,
            facts=a.facts,
        )
        for t, a in zip(tickets, admitted, strict=True)
    ]


def classify_stub(ticket: TicketMasked, stub: Stub) -> TicketClassified:
    return TicketClassified(
        **answering(ticket, stub.producer),
        text=ticket.text,
        identity=ticket.identity,
        person=ticket.person,
        facts=ticket.facts,
        category="delivery",
        sub_category="eta",
        intent="ask_status",
        confidence=0.8,
        scores=b"\0" * 332,
        intent_scores=b"\0" * 60,
    )


def draft_stub(ticket: TicketRouted, stub: Stub) -> DraftCreated:
    return DraftCreated(
        **answering(ticket, stub.producer),
        identity=ticket.identity,
        person=ticket.person,
        route=ticket.route,
        status="drafted",
        text=DraftText(answer="A sentence of the knowledge base. " * 10),
    )


def stubbed(home: Path) -> dict[str, Work]:
    """The line with a real vault on an SQLite file in `home`, and no models."""
    create_master_keys(home / "keys")
    vault = Vault(sqlite_engine(home / "vault.db"), load_master_keys(home / "keys"), NoShop())
    thinking: dict[str, tuple[Callable[..., Any], Any]] = {
        "mask": (mask_stub, Stub("mask", vault)),
        "classify": (each(classify_stub), Stub("classify", vault)),
        "route": (route, RouteResources.of(default_policy(), b"key", "bench")),
        "draft": (each(draft_stub), Stub("draft", vault)),
    }
    return {
        s.name: Work(
            replace(s, process=thinking[s.name][0]),
            always(thinking[s.name][1]),
            Codec(),
            vault,
            _limits(),
        )
        for s in LINE
    }


def real(settings: Settings) -> dict[str, Work]:
    """The line as its workers have it; keys and knowledge base must be there."""
    equipped = {stage: equip(stage.name, settings) for stage in LINE}
    return {
        stage.name: Work(stage, always(e.resources), Codec(), e.seals, _limits())
        for stage, e in equipped.items()
    }


def cost(line: dict[str, Work], tickets: list[TicketReceived]) -> dict[str, float]:
    """CPU milliseconds a ticket by stage, all threads of this process; `all` is their sum.

    Raises:
        RuntimeError: a ticket ended as a dead letter.
    """
    codec = Codec()
    records = [
        MemoryRecord("ticket.received", 0, n, t.ticket_id.encode(), codec.encode(t))
        for n, t in enumerate(tickets)
    ]
    spent = {}
    for name, work in line.items():
        outputs = _through(work, records[:WARM])
        began = time.process_time()
        outputs += _through(work, records[WARM:])
        spent[name] = (time.process_time() - began) * 1000 / len(records[WARM:])
        if dead := [o for o in outputs if o.dead]:
            raise RuntimeError(f"{name} buried {len(dead)} tickets, the first as {dead[0].dead}")
        records = [MemoryRecord(o.topic, 0, n, o.key, o.value) for n, o in enumerate(outputs)]
    return spent | {"all": sum(spent.values())}


def _through(work: Work, records: Sequence[MemoryRecord]) -> list[Outgoing]:
    size = work.stage.largest_batch
    slices = (records[start : start + size] for start in range(0, len(records), size))
    return [out for part in slices for out in work(part)]


def _limits() -> dict[str, int]:
    return {topic.name: topic.largest for topic in topics().values()}
