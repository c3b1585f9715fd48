"""A number -> an invented classified ticket, the same for ever: no library's dice are in it."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any, TypeVar
from uuid import UUID

import orjson
from tests.unit.schemas.samples import AT, SAMPLES

from ticketstream.processors.policy import default_policy, load_policy
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import Label, SecondOpinion, Sentiment, TicketClassified
from ticketstream.schemas.json import to_json
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import Pair, Policy
from ticketstream.schemas.routed import TicketRouted

T = TypeVar("T")
BASE = next(e for e in SAMPLES if isinstance(e, TicketClassified))
LABELS = shipped_labels()
PAIRS = tuple(
    Pair(sub, intent)
    for sub in ("track_order", "eta", "invoice_request")
    for intent in ("ask_status", "ask_information")
)
POLICIES: dict[str, Policy] = {
    "shipped": default_policy(),
    "open": replace(default_policy(), whitelist=PAIRS),
    "shadow": replace(default_policy(), whitelist=PAIRS, mode="shadow", audit_rate=0.2),
    "killed": replace(default_policy(), whitelist=PAIRS, kill_switch=True),
    "own": replace(
        load_policy(
            "audit_rate = 0.3\n"
            'languages = ["en"]\n'
            'specialist_triggers = ["lawyer"]\n'
            "thresholds = { auto_reply = 0.6, suggestion = 0.4, anger = 0.6, spam = 0.8 }\n"
            "intent_thresholds = { ask_status = 0.3, ask_information = 0.9 }\n"
            "escalation = { threshold = 0.3, value_scale = 300.0, history = 0.8 }\n",
            "own.toml",
        ),
        whitelist=PAIRS,
    ),
}


def pick(number: int, what: str, options: tuple[T, ...]) -> T:
    return options[int.from_bytes(sha256(f"{number}/{what}".encode()).digest()[:6]) % len(options)]


def share(number: int, what: str, grid: int = 400) -> float:
    return pick(number, what, tuple(range(grid + 1))) / grid


def varied(number: int) -> TicketClassified:
    """Most tickets are ordinary, so that every rule decides some of them."""
    plain = pick(number, "plain", (True, True, False))
    pair = pick(number, "pair", PAIRS)
    sub = pair.sub_category if plain else pick(number, "sub", LABELS.sub_categories)
    changes: dict[str, Any] = {
        "event_id": UUID(int=(number + 1) << 64 | (number % 7) << 8),
        "ticket_id": f"t{number}",
        "shop": pick(number, "shop", ("kestrel", "birch")),
        "occurred_at": AT + timedelta(seconds=997 * number),
        "category": LABELS.category_of[sub],
        "sub_category": sub,
        "intent": pair.intent if plain else pick(number, "intent", LABELS.intents),
        "confidence": share(number, "confidence") ** 0.4,
        "language": Language(
            pick(number, "language", ("en", "de", "en", "de", "en", "de", "fr", ""))
        ),
        "secondary": pick(number, "secondary", ((), (), (), (Label("account", "edit", 0.3),) * 2)),
        "sentiment": Sentiment(-0.1, share(number, "anger") ** 6, 0.2),
        "second_opinion": pick(number, "opinion", (None, None, *OPINIONS)),
        "facts": Facts(
            customer_value=pick(
                number, "value", (None, 0.0, 0.0, 80.0, 80.0, 150.0, 950.0, 4_000.0)
            ),
            order_amount=pick(number, "amount", (None, 20.0, 20.0, 20.0, 20.0, 499.99, 500.0)),
            payment="" if plain else pick(number, "payment", ("", "open", "paid", "chargeback")),
            tickets_30d_same_case=pick(number, "case", (None, 0, 0, 0, 0, 0, 1, 1, 2, 3, 9)),
        ),
    }
    return replace(BASE, **changes, **({} if plain else _odd(number)))


def _odd(number: int) -> dict[str, Any]:
    kinds = ("no", "no", "no", "auto_replied", "bulk")
    words = ((), (), (), ("press",), ("lawyer",), ("gdpr", "press", "lawyer"), ("safety",))
    return {
        "auto_submitted": pick(number, "auto", kinds),
        "triggers": pick(number, "triggers", (*words, ("safety", "chargeback"))),
        "spam": share(number, "spam") ** 0.3 if pick(number, "spam?", (True, False)) else 0.0,
        "injection": share(number, "injection") ** 4,
        "out_of_scope": share(number, "scope") ** 4,
    }


OPINIONS = (
    SecondOpinion(status="agreed", attempts=1),
    SecondOpinion(status="kept", attempts=1, calibration="m1"),
    SecondOpinion(status="failed"),
    None,
)


def decision(routed: TicketRouted) -> dict[str, Any]:
    """What was decided and why, apart from what names the policy and the queue."""
    told = to_json(routed)
    names = ("route", "reasons", "hint", "escalation", "eligible", "propensity", "explored")
    return {name: told[name] for name in (*names, "audit", "shadow")}


def digest(routed: TicketRouted) -> str:
    """Eight letters that change with any bit of the decision, its floats included."""
    return sha256(orjson.dumps(decision(routed))).hexdigest()[:8]
