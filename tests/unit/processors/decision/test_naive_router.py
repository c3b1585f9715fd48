"""The naive router of the issue: the same decisions where it is right, and its three mistakes."""

from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from tests.unit.processors.decision.naive_router import ANGRY, naive_route
from tests.unit.processors.decision.varied_tickets import BASE

from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import Sentiment, TicketClassified
from ticketstream.schemas.envelope import Route
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import Pair

SHIPPED = default_policy()
OPEN = replace(SHIPPED, whitelist=(Pair("track_order", "ask_status"),))
CALM = replace(
    BASE,
    language=Language("en", 0.99),
    category="order_status",
    sub_category="track_order",
    intent="ask_status",
    secondary=(),
    second_opinion=None,
    sentiment=Sentiment(),
    triggers=(),
    facts=Facts(),
)
GDPR = {
    "category": "legal_privacy",
    "sub_category": "gdpr_erasure",
    "intent": "exercise_right",
    "triggers": ("gdpr",),
}


def ticket(anger: float = 0.0, **changes: Any) -> TicketClassified:
    return replace(CALM, **{"sentiment": Sentiment(-0.5, anger, 0.5), **changes})


def ours(given: TicketClassified, whitelisted: bool = True) -> Route:
    policy = OPEN if whitelisted else SHIPPED
    return route([given], RouteResources.of(policy, b"key", "1"))[0].route


@pytest.mark.parametrize("confidence", [0.0, 0.5, 0.7499, 0.75, 0.8, 0.8499, 0.85, 0.9, 1.0])
def test_both_have_the_same_bands_for_a_calm_ticket_of_a_whitelisted_pair(
    confidence: float,
) -> None:
    assert ours(ticket(confidence=confidence)) == naive_route(ticket(confidence=confidence))


@pytest.mark.parametrize(
    "changes",
    [
        GDPR,
        {"triggers": ("lawyer",)},
        {"triggers": ("chargeback",)},
        {"triggers": ("safety",)},
        {"facts": Facts(order_amount=500.0)},
        {"facts": Facts(order_amount=499.99)},
        {"anger": 1.0},
        {"anger": 0.9},
        {"anger": ANGRY, "facts": Facts(customer_value=1_000.0)},
    ],
)
@pytest.mark.parametrize("confidence", [0.5, 0.8, 0.95])
def test_both_agree_on_law_danger_value_and_rage(
    changes: dict[str, Any], confidence: float
) -> None:
    given = ticket(**{**changes, "confidence": confidence})
    assert ours(given) == naive_route(given)


def test_both_agree_on_every_calm_mixture_of_law_value_and_confidence() -> None:
    triggers = ((), ("gdpr",), ("lawyer",), ("safety",))
    amounts = (None, 20.0, 499.0, 500.0, 9_000.0)
    for named, amount, hundredths in product(triggers, amounts, range(101)):
        facts = Facts(order_amount=amount)
        given = ticket(triggers=named, facts=facts, confidence=hundredths / 100)
        assert ours(given) == naive_route(given)


@pytest.mark.parametrize("anger", [ANGRY, 0.9, 1.0])
def test_a_gdpr_demand_goes_to_the_specialist_however_angry_where_the_naive_router_looks_at_anger(
    anger: float,
) -> None:
    """Mistake one: the legal term runs on, while somebody senior apologises."""
    given = ticket(anger, **GDPR)
    assert naive_route(given) == "escalate_senior"
    assert ours(given) == "escalate_specialist"


@pytest.mark.parametrize("anger", [ANGRY, 0.7, 0.8])
def test_anger_alone_goes_to_a_person_but_not_to_the_senior_team_as_the_naive_router_sends_it(
    anger: float,
) -> None:
    """Mistake two: whoever is angry at first and worth nothing more takes the seniors' time."""
    facts = Facts(customer_value=0.0, tickets_30d_same_case=0)
    given = ticket(anger, facts=facts, confidence=0.95)
    assert naive_route(given) == "escalate_senior"
    assert ours(given) == "agent_suggestion"
    assert ours(replace(given, confidence=0.5)) == "manual_queue"


@pytest.mark.parametrize("confidence", [0.85, 0.9, 1.0])
def test_no_machine_answers_a_pair_that_nobody_listed_as_the_naive_router_lets_it(
    confidence: float,
) -> None:
    """Mistake three: it is sure of what the ticket is about, not that its answer is right."""
    given = ticket(confidence=confidence)
    assert naive_route(given) == "auto_reply"
    assert ours(given, whitelisted=False) == "agent_suggestion"
    other = replace(given, sub_category="double_or_unknown_charge", category="payment_invoice")
    assert naive_route(other) == "auto_reply"
    assert ours(other) == "agent_suggestion"
