"""Topics, tables and files -> how long each is kept, and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ticketstream.doors.intake.notes import KEPT as NOTES_KEPT
from ticketstream.projections.store import PROJECTIONS
from ticketstream.projections.store import metadata as read_metadata
from ticketstream.stream.topics import CLEAR, DAY_MS, SEALED, topics
from ticketstream.vault import tables

SEALED_DAYS = int(SEALED["retention.ms"]) // DAY_MS
CLEAR_DAYS = int(CLEAR["retention.ms"]) // DAY_MS
DEAD_ROW_DAYS = 90
DOOR_DAYS = NOTES_KEPT.days
# a file that no event names any more: older than any event that could still name it first
ORPHAN_DAYS = CLEAR_DAYS + 1

Kind = Literal[
    "topic", "vault table", "read model", "door table", "shop table", "LanceDB table", "files"
]
# where under HOME each kind lies, unless a setting names a server
WHERE: Mapping[Kind, str] = {
    "topic": "kafka",
    "vault table": "vault.db",
    "read model": "read.db",
    "door table": "intake.db",
    "shop table": "shop.db",
    "LanceDB table": "knowledge",
}


@dataclass(frozen=True, slots=True)
class Kept:
    """One place. `days` is None for what is kept for ever; `ends` says what removes it."""

    kind: Kind
    name: str
    holds: str
    days: int | None
    ends: str

    @property
    def where(self) -> str:
        """The file or folder under HOME."""
        return WHERE.get(self.kind, self.name)


BROKER = "Kafka's retention"
APPLY = "retention apply"
ERASURE = "person erase, retention apply"
HOLDS: Mapping[str, str] = {
    "ticket.received": "requests in the clear",
    "agent.replied": "replies in the clear",
    "policy.changed": "policies, and who published them",
    "intake.dead": "messages that are no ticket, as they came; of large ones the key of their file",
    "reply.sent": "times, states, random ids; no text",
    "ticket.closed": "outcome, rating, times, random ids; no text",
    "ticket.received.dead": "requests in the clear",
    "agent.replied.dead": "replies in the clear",
}
SEALED_HOLDS = "sealed text and identity; labels, numbers, random ids in the clear"
VAULT: Mapping[str, tuple[str, int | None, str]] = {
    "person": ("a person's two wrapped keys", SEALED_DAYS, ERASURE),
    "address": ("keyed hashes of addresses and customer numbers", SEALED_DAYS, ERASURE),
    "message": ("keyed hashes of Message-IDs", SEALED_DAYS, ERASURE),
    "admission": ("case, facts, keyed hash of the subject", SEALED_DAYS, ERASURE),
    "erased": ("ids of erased tickets: random, nobody's", None, "never: a redelivery must not"),
    "erasure": ("journal while underway, then the receipt", SEALED_DAYS, APPLY),
    "master_key": ("fingerprints of the master keys", None, "vault rotate"),
}
READ: Mapping[str, tuple[str, int | None, str]] = {
    "ticket": ("labels, decisions, times, amounts", SEALED_DAYS, ERASURE),
    "timeline": ("every step, sealed text", SEALED_DAYS, ERASURE),
    "correction": ("what agents changed, sealed text", SEALED_DAYS, ERASURE),
    "dead": ("why and where, never what", DEAD_ROW_DAYS, APPLY),
    "model": ("versions of the read models", None, "project --rebuild"),
    "position": ("offsets", None, "project --rebuild"),
}
DOORS: Mapping[str, str] = {
    "submission": "keyed hashes of Idempotency-Keys and bodies, ticket ids",
    "arrival": "keyed hashes of senders and matters, ticket ids: how often who wrote",
}
SHOP: Mapping[str, str] = {
    "customer": "the shop's own register of customers, read only",
    "order": "the shop's own register of orders, read only",
    "payment": "the shop's own register of payments, read only",
}
LANCE: Mapping[str, str] = {"chunks": "the shop's own articles; no text of customers"}
FILES: Mapping[str, tuple[str, int | None, str]] = {
    "attachments": (
        f"what customers sent, encrypted; large unreadable messages ({ORPHAN_DAYS} days)",
        SEALED_DAYS,
        ERASURE,
    ),
    "archive": (
        "labels, scores, decisions, outcomes, amounts by day; no text, no person",
        SEALED_DAYS,
        ERASURE,
    ),
    "language-model": ("what was spent today, vectors of examples; nobody's data", None, "by hand"),
    "receipts": ("signed receipts: ids and counts", SEALED_DAYS, APPLY),
    "models": ("weights of trained models; no text", None, "by hand"),
    "keys": ("master keys; nobody's data", None, "vault rotate"),
    "state": ("locks, offsets, ids of workers; nobody's data", None, "nothing"),
}


def schedule() -> list[Kept]:
    """Every place that there is. A table or topic without a line here fails a test."""
    return [
        *(_topic(name, topic.settings) for name, topic in topics().items()),
        *(Kept("vault table", n, *VAULT[n]) for n in tables.metadata.tables),
        *(Kept("read model", n, *READ[n]) for n in read_tables()),
        *(Kept("door table", n, holds, DOOR_DAYS, ERASURE) for n, holds in DOORS.items()),
        *(Kept("shop table", n, holds, None, "the shop") for n, holds in SHOP.items()),
        *(Kept("LanceDB table", n, holds, None, "knowledge build") for n, holds in LANCE.items()),
        *(Kept("files", n, *FILES[n]) for n in FILES),
    ]


def read_tables() -> list[str]:
    """The tables of all read models."""
    own = [t.name for p in PROJECTIONS for t in p.metadata.sorted_tables if not t.is_view]
    return [*own, *read_metadata.tables]


def _topic(name: str, settings: Mapping[str, str]) -> Kept:
    kept = int(settings["retention.ms"])
    holds = HOLDS.get(name, SEALED_HOLDS)
    ends = f"{BROKER}, tombstones" if "compact" in settings["cleanup.policy"] else BROKER
    return Kept("topic", name, holds, None if kept < 0 else kept // DAY_MS, ends)
