"""An erasure -> its receipt: what was destroyed where, what stays and why, what expires when."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from ticketstream import __version__
from ticketstream.doors.person.notice import LanguageModel, load_notice
from ticketstream.doors.person.place import Place, iso
from ticketstream.schemas.errors import SettingError
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
        "what": "labels, scores, decisions with their reasons, times, amounts, and the number that "
        "the upstream system gave these tickets",
        "where": "sealed topics (record fields in the clear), read models and the archive of "
        "decisions (without facts and that number)",
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
NOBODY_ASKED = "none asked: no event of these tickets names a model outside the shop's processes"
ASKED = "masked text went there; ask the provider of each to delete it, see docs/privacy.md"


def write_receipt(place: Place, erasure: Erasure) -> tuple[bytes, Path]:
    """Sign it and put it beside the others; returns its bytes and its file.

    Raises:
        SettingError: the key cannot be written or read.
    """
    create_receipt_key(place.keys)
    told = receipt_of(erasure, iso(place.now()), _known_models(place, erasure))
    data = sign(told, signing_key(place.keys))
    place.receipts.mkdir(parents=True, exist_ok=True, mode=0o700)
    file = place.receipts / f"{erasure.id}.json"
    draft = file.with_suffix(".draft")
    draft.write_bytes(data)
    draft.replace(file)
    return data, file


def receipt_of(erasure: Erasure, now: str, models: Sequence[LanguageModel] = ()) -> dict[str, Any]:
    """What the receipt says. It names nobody: ids and counts only."""
    found, clear = erasure.done["found"], erasure.done["clear"]
    return {
        "format": FORMAT,
        "id": erasure.id,
        "version": __version__,
        "asked_at": iso(erasure.began_at),
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
            "why": "these systems, the shop's own customer database and the mailbox keep records "
            "of their own: erase them there too",
        },
        "language_models": {
            "asked": models_told(found["asked_models"], models),
            "may_hold": ASKED if found["asked_models"] else NOBODY_ASKED,
        },
    }


def models_told(
    asked: Mapping[str, Mapping[str, Any]], models: Sequence[LanguageModel]
) -> list[dict[str, Any]]:
    """Each language model that was asked: where that is, and until when it may hold what it got.

    Args:
        asked: by model, how many `times`, and the `last` time.
        models: those that the shop's notice names.
    """
    named = {model.name: model for model in models}
    return [_model_told(name, told, named.get(name)) for name, told in sorted(asked.items())]


def _model_told(name: str, told: Mapping[str, Any], model: LanguageModel | None) -> dict[str, Any]:
    said = {"model": name, "times": told["times"], "last_asked": told["last"]}
    if model is None:
        unknown = "unknown: the shop's notice does not name this model"
        return said | dict.fromkeys(("provider", "endpoint", "may_hold_until"), unknown)
    until = datetime.fromisoformat(told["last"]) + timedelta(days=model.retention_days)
    return said | {
        "provider": model.provider,
        "endpoint": model.endpoint,
        "retention_days": model.retention_days,
        "may_hold_until": iso(until),
    }


def _known_models(place: Place, erasure: Erasure) -> tuple[LanguageModel, ...]:
    """Of the notice, read only where somebody was asked: a missing one must stop no erasure."""
    if not erasure.done["found"]["asked_models"]:
        return ()
    try:
        return load_notice(place.notice).language_models
    except SettingError:
        return ()


def _destroyed(erasure: Erasure) -> list[dict[str, Any]]:
    steps = ("vault", "clear", "doors", "models")
    vault, clear, doors, models = (erasure.done[step] for step in steps)
    proof = {"compaction_proven_at": erasure.done["proof"]["at"]}
    return [
        {"where": "vault", "what": "text key and identity key", "persons": vault["persons"]},
        {"where": "vault", "what": "index entries", "count": vault["addresses"]},
        {"where": "vault", "what": "keyed hashes of Message-IDs", "count": vault["messages"]},
        {"where": "vault", "what": "tickets with case and facts", "count": vault["tickets"]},
        {
            "where": "attachments",
            "what": "files that the person sent, and large messages that could not be read",
            "count": clear["files"],
        },
        {"where": "doors", "what": "keyed hashes of submissions", "count": doors["notes"]},
        *(
            {"where": topic, "what": "records in the clear", "count": clear.get(topic, 0)} | proof
            for topic in CLEAR_TOPICS
        ),
        *(
            {
                "where": name if name.startswith("archive") else f"read model {name}",
                "what": "text, person, facts",
                "rows": count,
            }
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


def _copy(name: str) -> str:
    return name if name.startswith("archive") else f"read model {name}"
