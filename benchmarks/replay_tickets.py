"""A number -> an invented classification of usual size; two policies to decide it by."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from ticketstream.processors.policy import load_policy
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import (
    Calibration,
    Label,
    Model,
    Sentiment,
    Taxonomy,
    TicketClassified,
)
from ticketstream.schemas.envelope import External, Producer
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import Pair, Policy, PolicyVersion
from ticketstream.schemas.record import Sealed

BEGAN = datetime(2026, 1, 1, tzinfo=UTC)
SECONDS = 31  # between two tickets: a million in a year
TEXT, IDENTITY = 700, 400  # bytes of what is sealed
LABELS = shipped_labels()
SUBS = LABELS.sub_categories[:24]
INTENTS = LABELS.intents
PAIRS = tuple(Pair(sub, intent) for sub in SUBS[:8] for intent in INTENTS[:3])
PARTS = (Producer("classify", "0.1.0+encoder-1"), Taxonomy("1", "ab" * 8), PolicyVersion("a", "1"))


def policy(text: str) -> Policy:
    return replace(load_policy(text, "benchmark"), mode="live", whitelist=PAIRS)


OLD = policy('id = "old"')
NEW = policy(
    'id = "new"\naudit_rate = 0.05\n'
    "thresholds = { auto_reply = 0.8, suggestion = 0.6, high_value_amount = 400.0 }\n"
)


def classified(number: int) -> TicketClassified:
    """The same for ever."""
    dice = random.Random(number)  # noqa: S311  (invented tickets, no secret)
    sub = dice.choice(SUBS)
    event_id, ticket = (UUID(int=dice.getrandbits(128)) for _ in range(2))
    producer, taxonomy, by = PARTS
    odd = dice.random() < 0.1
    return TicketClassified(
        event_id=event_id,
        ticket_id=str(ticket),
        case_id=str(ticket),
        cause_id=UUID(int=number),
        occurred_at=BEGAN + timedelta(seconds=SECONDS * number),
        shop=dice.choice(("kestrel", "birch")),
        producer=producer,
        external=External("crm", str(number), "") if odd else None,
        language=Language(dice.choice(("en", "de")), 0.99),
        text=Sealed(dice.randbytes(TEXT)),
        identity=Sealed(dice.randbytes(IDENTITY)),
        person=str(UUID(int=number + 1)),
        facts=Facts(
            dice.choice((None, 80.0, 950.0)),
            dice.choice((None, 25.0, 25.0, 120.0, 450.0)),
            "EUR",
            dice.randrange(60),
            dice.randrange(3),
            dice.choice((0, 0, 0, 0, 1, 2)),
            payment=dice.choice(("", "paid", "open")),
        ),
        category=LABELS.category_of[sub],
        sub_category=sub,
        intent=dice.choice(INTENTS),
        confidence=dice.random() ** 0.4,
        scores=dice.randbytes(4 * len(LABELS.sub_categories)),
        intent_scores=dice.randbytes(4 * len(INTENTS)),
        taxonomy=taxonomy,
        secondary=(Label("account", "edit", 0.3),) if odd else (),
        prediction_set=(sub,),
        models=(Model("encoder", "1", "ab" * 32), Model("heads", "1", "cd" * 32)),
        calibration=Calibration("c1", "temperature+platt", 900),
        sentiment=Sentiment(-0.1, dice.random() ** 6, 0.2),
        triggers=("press",) if dice.random() < 0.03 else (),
        injection=dice.random() ** 9,
        spam=dice.random() ** 9,
        out_of_scope=dice.random() ** 9,
        policy=by,
    )
