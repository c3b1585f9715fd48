"""A stored decision, decided again by the policy that it names, is the same event to the byte.

The ticket comes from its bytes on `ticket.classified`, the policy from those of `policy.changed`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.processors.decision.varied_tickets import BASE, PAIRS, POLICIES, varied
from tests.unit.schemas.samples import AT

from ticketstream.processors.policy import policy_hash
from ticketstream.processors.policy_problems import problems
from ticketstream.processors.route import RouteResources, route
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import Sentiment, TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.policy import EscalationWeights, Policy, PolicyChanged, Thresholds
from ticketstream.schemas.routed import TicketRouted

CODEC = Codec()
KEY = b"the key of the draws"
SHARE = st.floats(0, 1)
INTENTS = ("ask_status", "ask_information")


@st.composite
def tickets(draw: st.DrawFn) -> TicketClassified:
    ticket = varied(draw(st.integers(0, 10**6)))
    changes: dict[str, Any] = {
        "confidence": draw(SHARE),
        "spam": draw(st.just(0.0) | SHARE),
        "injection": draw(st.just(0.0) | SHARE),
        "sentiment": Sentiment(draw(st.floats(-1, 1)), draw(st.just(0.0) | SHARE), draw(SHARE)),
        "triggers": draw(st.just(()) | st.just(ticket.triggers)),
    }
    return replace(ticket, **changes)


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    suggestion, auto = sorted((draw(SHARE), draw(SHARE)))
    policy = replace(
        draw(st.sampled_from(list(POLICIES.values()))),
        version=str(draw(st.integers(1, 99))),
        mode=draw(st.sampled_from(["live", "live", "shadow"])),
        kill_switch=draw(st.sampled_from([False, False, True])),
        thresholds=Thresholds(auto_reply=auto, suggestion=suggestion, spam=draw(SHARE)),
        intent_thresholds=draw(st.dictionaries(st.sampled_from(INTENTS), SHARE)),
        whitelist=tuple(draw(st.lists(st.sampled_from(PAIRS)))),
        escalation=EscalationWeights(threshold=draw(st.floats(0, 2)), value=draw(st.floats(0, 2))),
        audit_rate=draw(SHARE),
        exploration_rate=draw(st.floats(0, 0.03)),
        exploration_width=draw(st.floats(0.01, 0.25)),
        exploration_intents=INTENTS,
    )
    assert not list(problems(policy, shipped_labels()))
    return policy


def published(policies: Sequence[Policy]) -> list[bytes]:
    """The records of `policy.changed`."""
    envelope: dict[str, Any] = {"ticket_id": "kestrel", "case_id": "", "cause_id": None}
    return [
        CODEC.encode(
            PolicyChanged(
                **envelope,
                event_id=UUID(int=place),
                occurred_at=AT,
                shop="kestrel",
                producer=Producer("operator", "1"),
                policy=policy,
            )
        )
        for place, policy in enumerate(policies)
    ]


def decided_again(routed: bytes, classified: bytes, changed: Sequence[bytes]) -> bytes:
    """What the log alone says of a stored decision: ticket, policy and code version are in it."""
    stored = CODEC.decode(TicketRouted, routed)
    ticket = CODEC.decode(TicketClassified, classified)
    known = {
        policy_hash(p): p
        for p in (CODEC.decode(PolicyChanged, record).policy for record in changed)
    }
    code_version = stored.producer.version.partition("+")[0]
    resources = RouteResources.of(known[stored.policy.hash], KEY, code_version)
    return CODEC.encode(route([ticket], resources)[0])


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(tickets(), min_size=1, max_size=5), st.lists(policies(), min_size=1, max_size=3))
def test_an_old_decision_is_the_same_bytes_when_its_own_policy_decides_again(
    given_tickets: list[TicketClassified], given_policies: list[Policy]
) -> None:
    changed = published(given_policies)
    for policy in given_policies:
        resources = RouteResources.of(policy, KEY, "0.1.0")
        for ticket, event in zip(given_tickets, route(given_tickets, resources), strict=True):
            routed = CODEC.encode(event)
            assert decided_again(routed, CODEC.encode(ticket), changed) == routed


@settings(deadline=None)
@given(tickets(), policies())
def test_every_decision_has_a_reason_a_propensity_and_a_route_that_was_eligible(
    ticket: TicketClassified, policy: Policy
) -> None:
    (event,) = route([ticket], RouteResources.of(policy, KEY, "0.1.0"))
    assert event.reasons
    assert event.propensity == event.eligible[event.route] > 0
    assert abs(sum(event.eligible.values()) - 1) < 1e-12
    if policy.mode == "shadow" or policy.kill_switch:
        assert "auto_reply" not in event.eligible


def test_another_key_draws_otherwise_so_the_key_is_part_of_what_decides() -> None:
    policy = replace(POLICIES["open"], audit_rate=0.5)
    calm = [
        replace(
            BASE,
            event_id=UUID(int=n),
            sub_category="eta",
            confidence=0.99,
            triggers=(),
            secondary=(),
            second_opinion=None,
        )
        for n in range(50)
    ]
    one, other = (route(calm, RouteResources.of(policy, key, "1")) for key in (b"one", b"two"))
    assert [e.route for e in one] != [e.route for e in other]
