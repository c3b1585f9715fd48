"""The default policy, rule by rule, in the order in which the rules decide."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import (
    ANSWERED,
    Label,
    OpinionStatus,
    SecondOpinion,
    Sentiment,
    TicketClassified,
)
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import Pair, Policy
from ticketstream.schemas.routed import TicketRouted

POLICY = default_policy()
PAIR = Pair("track_order", "ask_status")
OPEN = replace(POLICY, whitelist=(PAIR,))
CALM = replace(
    next(e for e in SAMPLES if isinstance(e, TicketClassified)),
    language=Language("en", 0.99),
    category="order_status",
    sub_category="track_order",
    intent="ask_status",
    confidence=0.93,
    secondary=(),
    sentiment=Sentiment(-0.2, 0.0, 0.1),
    triggers=(),
    facts=Facts(customer_value=100.0, order_amount=40.0, tickets_30d=0, tickets_30d_same_case=0),
)


def decide(policy: Policy = POLICY, **changes: Any) -> TicketRouted:
    return route([replace(CALM, **changes)], RouteResources.of(policy, b"key", "0.1.0"))[0]


def codes(routed: TicketRouted) -> list[str]:
    return [reason.code for reason in routed.reasons]


def angry(anger: float) -> Sentiment:
    return Sentiment(-0.9, anger, 0.5)


def test_a_confident_ticket_is_a_suggestion_for_the_shipped_whitelist_is_empty() -> None:
    routed = decide()
    assert routed.route == "agent_suggestion"
    assert codes(routed) == ["not_whitelisted", "confident"]


def test_a_confident_whitelisted_calm_single_request_is_answered_automatically() -> None:
    routed = decide(OPEN)
    assert routed.route == "auto_reply"
    assert codes(routed)[0] == "whitelisted"


@pytest.mark.parametrize(
    ("confidence", "expected"),
    [
        (0.85, "auto_reply"),
        (0.849, "agent_suggestion"),
        (0.75, "agent_suggestion"),
        (0.749, "manual_queue"),
        (0.0, "manual_queue"),
    ],
)
def test_the_bands_begin_at_their_thresholds(confidence: float, expected: str) -> None:
    assert decide(OPEN, confidence=confidence).route == expected


def test_an_intent_may_have_a_threshold_of_its_own() -> None:
    strict = replace(OPEN, intent_thresholds={"ask_status": 0.95})
    assert decide(strict).route == "agent_suggestion"


def test_an_intent_may_have_a_threshold_for_suggestions_of_its_own() -> None:
    own = replace(OPEN, intent_suggestion_thresholds={"ask_status": 0.4})
    assert decide(own, confidence=0.4).route == "agent_suggestion"
    assert decide(own, confidence=0.39).route == "manual_queue"
    assert decide(own, confidence=0.4, intent="complain").route == "manual_queue"


def test_a_score_that_is_no_number_is_not_taken_for_a_harmless_one() -> None:
    nan = float("nan")
    assert decide(OPEN, injection=nan).route == "manual_queue"
    assert decide(OPEN, out_of_scope=nan).route == "manual_queue"
    assert decide(OPEN, sentiment=angry(nan)).route == "agent_suggestion"
    assert decide(OPEN, confidence=nan).route == "manual_queue"


def test_another_pair_of_the_same_sub_category_is_not_whitelisted() -> None:
    assert decide(OPEN, intent="complain").route == "agent_suggestion"


def test_two_requests_in_one_ticket_are_not_answered_automatically() -> None:
    routed = decide(OPEN, secondary=(Label("account", "edit", 0.4),))
    assert routed.route == "agent_suggestion"
    assert "several_requests" in codes(routed)
    assert routed.open_requests == (Label("account", "edit", 0.4),)


def test_somebody_a_little_angry_is_not_answered_automatically() -> None:
    assert codes(decide(OPEN, sentiment=angry(0.3)))[0] == "anger"


def test_mail_of_machines_goes_to_the_junk_queue_that_people_can_review() -> None:
    routed = decide(auto_submitted="auto_replied")
    assert (routed.route, routed.queue, codes(routed)[0]) == ("no_reply", "junk", "auto_generated")


def test_spam_goes_to_the_junk_queue_from_its_limit_on() -> None:
    assert decide(spam=0.95).route == "no_reply"
    assert decide(spam=0.94).route != "no_reply"


@pytest.mark.parametrize("trigger", ["lawyer", "gdpr", "chargeback", "consumer_protection"])
def test_a_legal_trigger_goes_to_the_specialist_even_in_mail_of_a_machine(trigger: str) -> None:
    routed = decide(triggers=(trigger,), auto_submitted="auto_generated", spam=0.99)
    assert routed.route == "escalate_specialist"
    assert routed.reasons[0].values == {"trigger": trigger}


def test_a_charged_back_payment_goes_to_the_specialist_whatever_the_words_say() -> None:
    routed = decide(facts=Facts(payment="chargeback"))
    assert (routed.route, codes(routed)[0]) == ("escalate_specialist", "charged_back")
    assert decide(facts=Facts(payment="refunded")).route == "agent_suggestion"


def test_a_shop_without_the_trigger_chargeback_leaves_charged_back_payments_where_they_are() -> (
    None
):
    policy = replace(POLICY, specialist_triggers=("lawyer",))
    assert decide(policy, facts=Facts(payment="chargeback")).route == "agent_suggestion"


def test_a_gdpr_request_goes_to_the_specialist_even_when_the_customer_is_angry() -> None:
    routed = decide(category="legal_privacy", intent="exercise_right", sentiment=angry(1.0))
    assert (routed.route, routed.queue) == ("escalate_specialist", "privacy")
    assert codes(routed)[:2] == ["legal_demand", "escalation"]


def test_a_mere_question_about_privacy_is_no_demand() -> None:
    routed = decide(category="legal_privacy", intent="ask_information")
    assert routed.route == "agent_suggestion"


def test_danger_goes_to_the_specialist() -> None:
    assert codes(decide(triggers=("safety",)))[0] == "safety"
    assert decide(triggers=("safety",), spam=1.0).route == "escalate_specialist"


def test_rage_alone_escalates() -> None:
    routed = decide(sentiment=angry(0.9), facts=Facts())
    assert routed.route == "escalate_senior"
    assert routed.escalation.score == pytest.approx(0.45)


def test_plain_anger_of_an_unknown_first_contact_does_not_escalate() -> None:
    routed = decide(sentiment=angry(0.7), facts=Facts())
    assert routed.route != "escalate_senior"


def test_an_angry_first_contact_of_no_value_with_no_keyword_goes_to_people_but_no_senior() -> None:
    facts = Facts(customer_value=0.0, tickets_30d_same_case=0)
    for anger in (0.3, 0.5, 0.7, 0.89):
        for confidence, way in ((0.99, "agent_suggestion"), (0.5, "manual_queue")):
            routed = decide(OPEN, sentiment=angry(anger), facts=facts, confidence=confidence)
            assert routed.route == way


def test_plain_anger_of_a_valuable_customer_escalates() -> None:
    assert decide(sentiment=angry(0.7), facts=Facts(customer_value=900.0)).route == (
        "escalate_senior"
    )


def test_a_friendly_third_contact_alone_does_not_escalate() -> None:
    facts = Facts(customer_value=0.0, tickets_30d_same_case=2)
    assert decide(facts=facts).route == "agent_suggestion"


def test_a_friendly_third_contact_of_a_valuable_customer_escalates() -> None:
    facts = Facts(customer_value=1_000.0, tickets_30d_same_case=2)
    assert decide(facts=facts).route == "escalate_senior"


def test_a_friendly_third_contact_with_a_trigger_escalates() -> None:
    facts = Facts(tickets_30d_same_case=2)
    assert decide(facts=facts, triggers=("press",)).route == "escalate_senior"


def test_a_factual_complaint_goes_to_agents_and_to_nobody_above_them() -> None:
    factual = {"category": "complaint", "sub_category": "general_complaint", "intent": "complain"}
    routed = decide(OPEN, **factual, sentiment=Sentiment(-1.0, 0.0, 0.9))
    assert (routed.route, routed.queue) == ("agent_suggestion", "agents")


def test_three_tickets_on_one_case_in_30_days_raise_the_score_however_friendly_the_words() -> None:
    friendly = Sentiment(0.9, 0.0, 0.0)
    scores = [
        decide(sentiment=friendly, facts=Facts(tickets_30d_same_case=n)).escalation.score
        for n in range(4)
    ]
    assert scores[0] == scores[1] == 0.0
    assert 0.3 < scores[2] < scores[3]


def test_a_factual_complaint_never_escalates_by_score() -> None:
    facts = Facts(customer_value=9_999.0, tickets_30d_same_case=1)
    factual = Sentiment(-1.0, 0.0, 0.9)
    assert decide(facts=facts, sentiment=factual, triggers=("press",)).escalation.score == 0.0


def test_every_term_of_the_score_is_stored() -> None:
    facts = Facts(customer_value=500.0, tickets_30d_same_case=3)
    terms = decide(sentiment=angry(0.5), facts=facts, triggers=("press",)).escalation
    assert (terms.sentiment, terms.base, terms.value, terms.trigger, terms.history) == (
        0.5,
        0.5,
        0.25,
        0.5,
        0.5,
    )
    assert terms.score == pytest.approx(0.5 * 1.75)


def test_what_is_unknown_adds_nothing_to_the_score() -> None:
    terms = decide(facts=Facts()).escalation
    assert (terms.value, terms.history) == (0.0, 0.0)


def test_a_dear_order_goes_to_the_senior_team_from_its_limit_on() -> None:
    assert decide(facts=Facts(order_amount=500.0)).route == "escalate_senior"
    assert decide(facts=Facts(order_amount=499.99)).route == "agent_suggestion"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"out_of_scope": 0.5}, "out_of_scope"),
        ({"category": "oos"}, "out_of_scope"),
        ({"injection": 0.5}, "injection"),
        ({"language": Language("fr", 0.9)}, "language"),
        ({"language": Language()}, "language"),
    ],
)
def test_what_is_not_for_machines_goes_to_people_however_confident(
    changes: dict[str, Any], code: str
) -> None:
    routed = decide(OPEN, **changes)
    assert (routed.route, codes(routed)[0]) == ("manual_queue", code)


@pytest.mark.parametrize("status", ANSWERED)
def test_no_automatic_reply_rests_on_a_second_opinion_that_nobody_measured(
    status: OpinionStatus,
) -> None:
    """However low the shop sets its threshold."""
    bold = replace(OPEN, intent_thresholds={"ask_status": 0.1})
    unmeasured = SecondOpinion(status=status, attempts=1)
    assert codes(decide(bold, second_opinion=unmeasured))[0] == "second_opinion"
    assert decide(bold, second_opinion=unmeasured).route == "agent_suggestion"
    measured = SecondOpinion(status=status, attempts=1, calibration="m1")
    assert decide(bold, second_opinion=measured).route == "auto_reply"


@pytest.mark.parametrize("status", ["failed", "over_budget", "circuit_open", "withheld"])
def test_a_language_model_that_said_nothing_changes_no_route(status: OpinionStatus) -> None:
    assert decide(OPEN, second_opinion=SecondOpinion(status=status)).route == "auto_reply"


def test_a_high_injection_score_never_reaches_an_automatic_reply() -> None:
    limit = POLICY.thresholds.injection
    for score in (limit, 0.99, 1.0):
        assert decide(OPEN, injection=score).route == "manual_queue"
    assert decide(OPEN, injection=limit - 0.01).route == "auto_reply"


def test_an_unsure_ticket_is_manual_with_the_hypothesis_as_hint() -> None:
    routed = decide(confidence=0.4)
    assert routed.hint == "track_order / ask_status (40%)"


def test_shadow_mode_sends_nothing_and_says_what_it_would_have_done() -> None:
    routed = decide(replace(OPEN, mode="shadow"))
    assert routed.route == "agent_suggestion"
    assert routed.shadow is not None
    assert routed.shadow.would_be == "auto_reply"


def test_the_kill_switch_stops_automatic_replies() -> None:
    assert codes(decide(replace(OPEN, kill_switch=True)))[0] == "kill_switch"


def test_audits_are_drawn_by_a_keyed_hash_at_their_rate_and_drawn_again_alike() -> None:
    policy = replace(OPEN, audit_rate=0.25)
    resources = RouteResources.of(policy, b"key", "0.1.0")
    tickets = [replace(CALM, event_id=type(CALM.event_id)(int=n)) for n in range(2_000)]
    routed = route(tickets, resources)
    audited = [r for r in routed if r.audit]
    assert all(r.route == "agent_suggestion" for r in audited)
    assert 0.22 < len(audited) / len(routed) < 0.28
    assert routed == route(tickets, resources)
    assert routed[0].eligible == {"auto_reply": 0.75, "agent_suggestion": 0.25}
    assert {r.propensity for r in routed} == {0.75, 0.25}


def test_an_audit_is_not_noted_on_a_ticket_that_would_not_have_been_sent() -> None:
    assert not decide(replace(OPEN, audit_rate=1.0), confidence=0.5).audit


def test_the_policy_is_named_in_the_decision_and_changes_the_producer() -> None:
    one, other = decide(), decide(OPEN)
    assert one.policy.hash != other.policy.hash
    assert one.producer.version != other.producer.version
    assert one.event_id != other.event_id
    assert one.cause_id == other.cause_id == CALM.event_id


def test_deciding_again_gives_the_same_event() -> None:
    assert decide() == decide()


def test_the_due_time_counts_from_receipt_by_the_queues_service_level() -> None:
    routed = decide(triggers=("lawyer",))
    assert routed.due_at is not None
    assert (routed.due_at - routed.occurred_at).total_seconds() == 4 * 3600
