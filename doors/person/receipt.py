"""An erasure -> its receipt: what was destroyed where, what stays and why, what expires when."""

from pathlib import Path
from typing import Any

from ticketstream import __version__
from ticketstream.doors.person.place import Place
from ticketstream.schemas.topics import CLEAR_TOPICS
from ticketstream.vault.forgetting import Erasure
from ticketstream.vault.receipts import create_receipt_key, sign, signing_key

FORMAT = "ticketstream-erasure-receipt/1"
# LanceDB tables that hold text of customers: none. A table that is not named in docs/privacy.md
# fails a test, so that this list cannot fall behind in silence.
CUSTOMER_TABLES: tuple[str, ...] = ()

UNREADABLE = "sealed with the destroyed keys; nobody can open it any more; expires with its topic"
STAYS = (
    {
        "what": "labels, scores, decisions with their reasons, times and amounts of these tickets",
        "where": "sealed topics (record fields in the clear), read models (without amounts)",
        "why": "proof of how decisions were taken, and statistics; under a ticket id that leads "
        "to nobody; expires with its topic",
    },
    {
        "what": "the ticket ids, as a list of what must not be taken in again",
        "where": "vault, this receipt",
        "why": "a late redelivery would bring the text back",
    },
    {
        "what": "what a trained model learned from these texts",
        "where": "weights of the classifier, if it was trained with --corrections",
        "why": "weights hold no text; the next training is without them",
    },
    {
        "what": "what the person's text says in tickets of other people (quotes, names)",
        "where": "sealed under those people's keys",
        "why": "it belongs to their correspondence and cannot be told apart",
    },
)
NO_LANGUAGE_MODEL = (
    "none: no language-model endpoint was asked about these tickets, so none holds anything"
)
LANGUAGE_MODEL = (
    "masked text went there; ask the provider of each to delete it, see docs/privacy.md"
)


def write_receipt(place: Place, erasure: Erasure) -> tuple[bytes, Path]:
    """Sign it and put it beside the others; returns its bytes and its file.

    Raises:
        SettingError: the key cannot be written or read.
    """
    create_receipt_key(place.keys)
    data = sign(receipt_of(erasure, place.now().isoformat("T", "seconds")), signing_key(place.keys))
    place.receipts.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place.receipts / f"{erasure.id}.json"
    draft = file.with_suffix(".draft")
    draft.write_bytes(data)
    draft.replace(file)
    return data, file


def receipt_of(erasure: Erasure, now: str) -> dict[str, Any]:
    """What the receipt says. It names nobody: ids and counts only."""
    found, clear = erasure.done["found"], erasure.done["clear"]
    return {
        "format": FORMAT,
        "id": erasure.id,
        "version": __version__,
        "asked_at": erasure.began_at.isoformat("T", "seconds"),
        "done_at": now,
        "tickets": sorted(erasure.tickets),
        "destroyed": _destroyed(erasure),
        "unreadable": [
            {"where": topic, "records": count, "why": UNREADABLE}
            for topic, count in sorted(found["records"].items())
            if topic not in CLEAR_TOPICS
        ],
        "stays": list(STAYS),
        "expires": {
            "dead_letters": found["dead"],
            "latest": found["dead_until"],
            "why": "dead letters cannot be taken out one by one; they expire within days",
        },
        "upstream": {
            "tickets": found["external"],
            "files_in_other_stores": clear["elsewhere"],
            "why": "these systems keep records of their own: erase them there too",
        },
        "language_models": {
            "asked": found["language_models"],
            "may_hold": LANGUAGE_MODEL if found["language_models"] else NO_LANGUAGE_MODEL,
        },
    }


def _destroyed(erasure: Erasure) -> list[dict[str, Any]]:
    vault, clear, models = (erasure.done[step] for step in ("vault", "clear", "models"))
    proof = {"compaction_proven_at": erasure.done["proof"]["at"]}
    return [
        {"where": "vault", "what": "text key and identity key", "persons": vault["persons"]},
        {"where": "vault", "what": "index entries", "count": vault["addresses"]},
        {"where": "vault", "what": "keyed hashes of Message-IDs", "count": vault["messages"]},
        {"where": "vault", "what": "tickets with case and facts", "count": vault["tickets"]},
        {"where": "attachments", "what": "files", "count": clear["files"]},
        *(
            {"where": topic, "what": "records in the clear", "count": clear.get(topic, 0)} | proof
            for topic in CLEAR_TOPICS
        ),
        *(
            {"where": f"read model {name}", "what": "text, person, facts", "rows": count}
            for name, count in sorted(models.items())
        ),
        {
            "where": "LanceDB",
            "what": "rows with text of customers",
            "tables": list(CUSTOMER_TABLES),
            "why": "" if CUSTOMER_TABLES else "no table holds any: articles of the shop only",
        },
        {
            "where": "training rows and cached prompts",
            "what": "none are kept: training opens the read models while it runs",
        },
    ]
