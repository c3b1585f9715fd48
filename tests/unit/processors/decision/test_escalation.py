"""The escalation score is bounded, rises with each of its terms, and stores all of them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.processors.decision.varied_tickets import BASE

from ticketstream.processors.decision.columns import columns_of
from ticketstream.processors.decision.escalation import escalations_of
from ticketstream.processors.policy import default_policy
from ticketstream.schemas.classified import Sentiment, TicketClassified
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.policy import EscalationWeights
from ticketstream.schemas.routed import Escalation

SHIPPED = default_policy().escalation
WEIGHT = st.floats(0, 10)
WEIGHTS = st.builds(
    EscalationWeights,
    repeat_sentiment=st.floats(0, 1),
    repeat_tickets=st.integers(0, 5),
    base=WEIGHT,
    value=WEIGHT,
    value_scale=st.floats(0, 1e6, exclude_min=True),
    trigger=WEIGHT,
    history=WEIGHT,
    history_scale=st.floats(0, 100, exclude_min=True),
)
TICKETS = st.builds(
    lambda anger, value, before, triggers: replace(
        BASE,
        sentiment=Sentiment(-0.5, anger, 0.5),
        facts=Facts(customer_value=value, tickets_30d_same_case=before),
        triggers=triggers,
    ),
    st.floats(),  # whatever a model may say: NaN, infinite, below 0
    st.none() | st.floats(),
    st.none() | st.integers(-5, 10**9),
    st.sampled_from([(), ("press",), ("safety", "lawyer")]),
)


def score_of(ticket: TicketClassified, weights: EscalationWeights = SHIPPED) -> Escalation:
    return escalations_of(columns_of([ticket]), weights).each()[0]


@given(TICKETS, WEIGHTS)
def test_the_score_is_never_below_0_nor_above_the_sum_of_the_weights(
    ticket: TicketClassified, weights: EscalationWeights
) -> None:
    most = weights.base + weights.value + weights.trigger + weights.history
    assert 0.0 <= score_of(ticket, weights).score <= most * (1 + 1e-12)


@given(TICKETS)
def test_as_shipped_the_score_is_from_0_to_2(ticket: TicketClassified) -> None:
    assert 0.0 <= score_of(ticket).score <= 2.0


def test_the_bound_of_2_is_reached() -> None:
    facts = Facts(customer_value=1_000.0, tickets_30d_same_case=3)
    worst = replace(BASE, sentiment=Sentiment(-1, 1.0, 1), facts=facts, triggers=("press",))
    assert score_of(worst).score == 2.0


@given(TICKETS, WEIGHTS)
def test_the_stored_terms_make_the_score(
    ticket: TicketClassified, weights: EscalationWeights
) -> None:
    terms = score_of(ticket, weights)
    total = terms.base + terms.value + terms.trigger + terms.history
    assert terms.score == terms.sentiment * total


@given(TICKETS, st.integers(0, 8))
def test_further_tickets_on_a_case_never_lower_the_score(
    ticket: TicketClassified, before: int
) -> None:
    fewer, more = (
        replace(ticket, facts=replace(ticket.facts, tickets_30d_same_case=n))
        for n in (before, before + 1)
    )
    assert score_of(fewer).score <= score_of(more).score


@pytest.mark.parametrize("anger", [0.0, 0.1, 0.39])
def test_three_tickets_on_one_case_in_30_days_raise_the_score_however_friendly_the_words(
    anger: float,
) -> None:
    def score(before: int | None) -> float:
        facts = Facts(tickets_30d_same_case=before)
        return score_of(replace(BASE, sentiment=Sentiment(0.9, anger, 0), facts=facts)).score

    assert score(2) > score(1)
    assert score(2) >= 0.4 * (0.5 + 0.5 / 3 * 2)
    assert score(None) == score(0)


@given(st.none() | st.floats(0, 1e9), st.booleans(), st.integers(0, 1))
def test_a_factual_complaint_does_not_escalate_whoever_writes_it(
    value: float | None, press: bool, before: int
) -> None:
    facts = Facts(customer_value=value, tickets_30d_same_case=before)
    triggers = ("press",) if press else ()
    factual = replace(BASE, sentiment=Sentiment(-1.0, 0.0, 1.0), facts=facts, triggers=triggers)
    assert score_of(factual).score == 0.0
