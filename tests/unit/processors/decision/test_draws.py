"""Exploration and audit: who is drawn for, how often, and with what probability it is stored."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import numpy as np
import pytest
from tests.unit.processors.decision.varied_tickets import POLICIES, varied
from tests.unit.schemas.samples import SAMPLES

from ticketstream.processors.decision.columns import Floats, Ids, columns_of, ids
from ticketstream.processors.decision.decide import Decisions, decide
from ticketstream.processors.decision.drawn import AUTO, MANUAL, SUGGESTION
from ticketstream.processors.decision.draws import keyed
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import Label, SecondOpinion, Sentiment, TicketClassified
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import Pair, Policy
from ticketstream.schemas.routed import TicketRouted

MANY = 20_000
CALM = replace(
    next(e for e in SAMPLES if isinstance(e, TicketClassified)),
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
OPEN = replace(
    default_policy(),
    whitelist=(Pair("track_order", "ask_status"),),
    exploration_rate=0.03,
    exploration_intents=("ask_information", "ask_status"),
)
NARROW = replace(OPEN.thresholds, auto_reply=0.80, suggestion=0.75)  # both edges near 0.78
AT = {"auto": 0.87, "below auto": 0.83, "suggestion": 0.77, "unsure": 0.72, "far": 0.95}


def decided(policy: Policy, count: int, **changes: Any) -> list[TicketRouted]:
    tickets = [replace(CALM, event_id=UUID(int=n), **changes) for n in range(count)]
    return route(tickets, RouteResources.of(policy, b"key", "0.1.0"))


def decisions(policy: Policy, count: int = MANY, **changes: Any) -> Decisions:
    """The decisions about the same ticket under many ids."""
    one = columns_of([replace(CALM, **changes)] * count)
    many = replace(one, event_id=ids(UUID(int=n).bytes for n in range(count)))
    return decide(many, policy, keyed(b"key"))


def agrees(made: Decisions) -> bool:
    """Whether all carry the same chances, their own among them, and come about that often."""
    chances, count = made.eligible[0], len(made.chosen)
    assert (made.eligible == chances).all()
    assert (made.propensity == chances[made.chosen]).all()
    assert chances.sum() == pytest.approx(1.0, abs=1e-12)
    came = np.bincount(made.chosen, minlength=len(ROUTES)) / count
    return bool((abs(came - chances) <= 4 * np.sqrt(chances * (1 - chances) / count)).all())


def worlds() -> Iterator[tuple[Policy, float]]:
    for audit in (0.0, 0.1, 1.0):
        for confidence in AT.values():
            yield replace(OPEN, audit_rate=audit), confidence
        yield replace(OPEN, audit_rate=audit, thresholds=NARROW), 0.78
        yield replace(OPEN, audit_rate=audit, mode="shadow"), AT["suggestion"]
        yield replace(OPEN, audit_rate=audit, kill_switch=True), AT["suggestion"]


@pytest.mark.parametrize(("policy", "confidence"), [*worlds()])
def test_routes_come_as_often_as_the_propensities_say(policy: Policy, confidence: float) -> None:
    assert agrees(decisions(policy, confidence=confidence))


def test_twenty_thousand_tickets_come_as_often_as_explored_and_audited_together_say() -> None:
    policy = replace(OPEN, audit_rate=0.2, thresholds=NARROW)
    assert agrees(decisions(policy, confidence=0.78))
    events = decided(policy, 3_000, confidence=0.78)
    assert events[0].eligible == {
        "auto_reply": pytest.approx(0.015 * 0.8),
        "agent_suggestion": pytest.approx(0.97 + 0.015 * 0.2),
        "manual_queue": pytest.approx(0.015),
    }
    assert all(e.propensity == e.eligible[e.route] for e in events)
    both = [e for e in events if e.explored and e.audit]
    assert both
    assert {e.route for e in both} == {"agent_suggestion"}
    assert [r.code for r in both[0].reasons] == ["audit", "explored", "confident"]


@pytest.mark.parametrize(
    ("confidence", "eligible"),
    [
        (AT["auto"], {"auto_reply": 0.97, "agent_suggestion": 0.03}),
        (AT["below auto"], {"auto_reply": 0.03, "agent_suggestion": 0.97}),
        (AT["suggestion"], {"agent_suggestion": 0.97, "manual_queue": 0.03}),
        (AT["unsure"], {"agent_suggestion": 0.03, "manual_queue": 0.97}),
        (AT["far"], {"auto_reply": 1.0}),
        (0.5, {"manual_queue": 1.0}),
        (0.85 + 0.0501, {"auto_reply": 1.0}),
        (0.75 - 0.0501, {"manual_queue": 1.0}),
    ],
)
def test_only_near_an_edge_and_only_the_band_beside_is_explored(
    confidence: float, eligible: dict[str, float]
) -> None:
    assert decided(OPEN, 1, confidence=confidence)[0].eligible == pytest.approx(eligible)


def test_what_is_explored_says_so_and_what_it_would_have_been() -> None:
    events = [e for e in decided(OPEN, 2_000, confidence=AT["auto"]) if e.explored]
    assert {e.route for e in events} == {"agent_suggestion"}
    assert events[0].reasons[0].values == {"instead_of": "auto_reply"}
    assert [r.code for r in events[0].reasons] == ["explored", "confident"]
    assert not any(e.audit for e in events)


UNSAFE: list[dict[str, Any]] = [
    {"intent": "request_change"},
    {"category": "legal_privacy", "sub_category": "gdpr_access", "intent": "ask_information"},
    {"category": "product_info", "sub_category": "safety"},
    {"triggers": ("press",)},
    {"triggers": ("gdpr",)},
    {"triggers": ("safety",)},
    {"sentiment": Sentiment(-0.9, 0.3, 0.5)},
    {"sentiment": Sentiment(-0.9, 1.0, 0.5)},
    {"facts": Facts(order_amount=500.0)},
    {"facts": Facts(customer_value=1_000.0, tickets_30d_same_case=5)},
    {"facts": Facts(payment="chargeback")},
    {"secondary": (Label("account", "edit", 0.4),)},
    {"injection": 0.5},
    {"out_of_scope": 0.5},
    {"category": "oos"},
    {"language": Language("fr", 0.9)},
    {"auto_submitted": "bulk"},
    {"spam": 0.99},
]


@pytest.mark.parametrize("changes", UNSAFE, ids=str)
@pytest.mark.parametrize("confidence", [*AT.values()])
def test_whatever_might_do_harm_is_never_explored(
    changes: dict[str, Any], confidence: float
) -> None:
    whitelist = tuple(
        Pair(sub, intent)
        for sub in ("track_order", "gdpr_access", "safety")
        for intent in ("ask_status", "ask_information")
    )
    policy = replace(OPEN, whitelist=whitelist)
    made = decisions(policy, 500, **{"confidence": confidence, **changes})
    assert not made.explored.any()
    assert (made.propensity == 1.0).all()


@pytest.mark.parametrize(
    "policy",
    [
        replace(OPEN, whitelist=()),
        replace(OPEN, whitelist=(Pair("track_order", "complain"), Pair("eta", "ask_status"))),
        replace(OPEN, kill_switch=True),
        replace(OPEN, mode="shadow"),
    ],
)
@pytest.mark.parametrize("confidence", [*AT.values()])
def test_no_automatic_reply_is_explored_into_without_whitelist_in_shadow_or_when_killed(
    policy: Policy, confidence: float
) -> None:
    made = decisions(policy, 2_000, confidence=confidence)
    assert not (made.chosen == AUTO).any()
    assert not made.eligible[:, AUTO].any()


def test_no_automatic_reply_is_explored_into_on_an_unmeasured_second_opinion() -> None:
    opinion = SecondOpinion(status="kept", attempts=1)
    made = decisions(OPEN, 2_000, confidence=AT["below auto"], second_opinion=opinion)
    assert (made.chosen == SUGGESTION).all()


def test_an_intents_own_thresholds_move_its_edges() -> None:
    own = replace(
        OPEN,
        intent_thresholds={"ask_status": 0.95},
        intent_suggestion_thresholds={"ask_status": 0.5},
    )
    assert decided(own, 1, confidence=0.6)[0].route == "agent_suggestion"
    assert decided(own, 1, confidence=0.6)[0].eligible == {"agent_suggestion": 1.0}
    assert set(decided(own, 1, confidence=0.47)[0].eligible) == {"agent_suggestion", "manual_queue"}
    assert set(decided(own, 1, confidence=0.93)[0].eligible) == {"auto_reply", "agent_suggestion"}


def test_nobody_is_drawn_for_who_need_not_be() -> None:
    asked: Counter[str] = Counter()

    def counting(events: Ids, purpose: str) -> Floats:
        asked[purpose] += len(events)
        return keyed(b"key")(events, purpose)

    columns = columns_of([replace(varied(n), triggers=()) for n in range(2_000)])
    decide(columns, POLICIES["open"], counting)
    assert not +asked
    audited = decide(columns, replace(POLICIES["open"], audit_rate=0.5), counting)
    assert +asked == {"audit": (audited.undrawn == AUTO).sum()}
    asked.clear()
    explored = decide(columns, replace(POLICIES["open"], exploration_rate=0.03), counting)
    assert +asked == {"exploration": ((explored.eligible > 0).sum(axis=1) > 1).sum()}
    assert asked["exploration"] > 10


def test_draws_of_two_purposes_and_of_two_keys_are_independent() -> None:
    drawn = ids(UUID(int=n).bytes for n in range(MANY))
    audit, exploration = (keyed(b"key")(drawn, p) for p in ("audit", "exploration"))
    other = keyed(b"other")(drawn, "audit")
    assert abs(np.corrcoef(audit, exploration)[0, 1]) < 0.03
    assert abs(np.corrcoef(audit, other)[0, 1]) < 0.03
    assert 0 <= audit.min() < audit.max() < 1


def test_a_draw_is_the_same_for_one_id_alone_and_among_others() -> None:
    many = ids(UUID(int=n << 70).bytes for n in range(50))
    whole = keyed(b"key")(many, "audit")
    assert [keyed(b"key")(many[n : n + 1], "audit")[0] for n in range(50)] == whole.tolist()


def test_the_bands_are_neighbours_in_the_order_of_the_routes() -> None:
    assert (AUTO, SUGGESTION, MANUAL) == (0, 1, 2)


def test_exploration_is_off_as_shipped_and_its_list_is_harmless() -> None:
    shipped = default_policy()
    assert shipped.exploration_rate == 0.0
    assert shipped.exploration_intents == ("ask_information",)
