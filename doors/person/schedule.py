"""Topics, tables and files -> how long each is kept, and what ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from ticketstream.projections.store import PROJECTIONS
from ticketstream.projections.store import metadata as read_metadata
from ticketstream.stream.topics import CLEAR, DAY_MS, SEALED, topics
from ticketstream.vault import tables

SEALED_DAYS = int(SEALED["retention.ms"]) // DAY_MS
CLEAR_DAYS = int(CLEAR["retention.ms"]) // DAY_MS
DEAD_ROW_DAYS = 90
# a file that no event names any more: older than any event that could still name it first
ORPHAN_DAYS = CLEAR_DAYS + 1

Kind = Literal["topic", "vault table", "read model", "LanceDB table", "files"]


@dataclass(frozen=True, slots=True)
class Kept:
    """One place. `days` is None for what is kept for ever; `ends` says what removes it."""

    kind: Kind
    name: str
    holds: str
    days: int | None
    ends: str


BROKER = "Kafka's retention"
APPLY = "retention apply"
ERASURE = "person erase, retention apply"
HOLDS: Mapping[str, str] = {
    "ticket.received": "requests in the clear",
    "agent.replied": "replies in the clear",
    "policy.changed": "policies, and who published them",
    "intake.dead": "messages that are no ticket, as they came",
    "ticket.received.dead": "requests in the clear",
    "agent.replied.dead": "replies in the clear",
}
SEALED_HOLDS = "sealed text and identity; labels, numbers, random ids in the clear"
VAULT: Mapping[str, tuple[str, int | None, str]] = {
    "person": ("a person's two wrapped keys", SEALED_DAYS, ERASURE),
    "address": ("keyed hashes of addresses and customer numbers", SEALED_DAYS, ERASURE),
    "message": ("keyed hashes of Message-IDs", SEALED_DAYS, ERASURE),
    "ticket": ("case, facts, keyed hash of the subject", SEALED_DAYS, ERASURE),
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
LANCE: Mapping[str, str] = {"chunks": "the shop's own articles; no text of customers"}


def schedule() -> list[Kept]:
    """Every place that there is. A table or topic without a line here fails a test."""
    return [
        *(_topic(name, topic.settings) for name, topic in topics().items()),
        *(Kept("vault table", n, *VAULT[n]) for n in tables.metadata.tables),
        *(Kept("read model", n, *READ[n]) for n in read_tables()),
        *(Kept("LanceDB table", n, holds, None, "knowledge build") for n, holds in LANCE.items()),
        Kept("files", "attachments", "what customers sent, encrypted", SEALED_DAYS, ERASURE),
        Kept("files", "receipts", "signed receipts: ids and counts", SEALED_DAYS, APPLY),
        Kept("files", "models", "weights of trained models; no text", None, "by hand"),
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
