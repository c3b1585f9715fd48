"""The first judgement: what it is about, how sure that is, and what passes through."""

from dataclasses import replace

import numpy as np
import pytest
from tests.unit.processors.judging import shipped, ticket

from ticketstream.processors.calibration import calibrate, probabilities
from ticketstream.processors.classify import (
    ClassifyResources,
    classify,
    prediction_set,
)
from ticketstream.processors.conformal import Conformal
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import External
from ticketstream.schemas.masked import Facts, Language
from ticketstream.schemas.policy import PolicyVersion
from ticketstream.schemas.record import Sealed

LABELS = shipped_labels()


@pytest.fixture(scope="module")
def resources() -> ClassifyResources:
    return shipped()


SAID = [
    ("Where is my order [ORDER_1]? The tracking shows nothing.", "order_status", "track_order"),
    ("Wo bleibt die Erstattung für meine Retoure?", "return_refund", "refund_status"),
    ("Bitte stornieren Sie meine Bestellung [ORDER_1].", "cancellation", "cancel_order"),
    ("Please send me the invoice for my order as a PDF.", "payment_invoice", "invoice_request"),
    ("Ich kann mich nicht einloggen, Passwort vergessen.", "account", "password_login"),
    ("Auskunft nach Art. 15 DSGVO: welche Daten haben Sie?", "legal_privacy", "gdpr_access"),
]


def test_plain_requests_are_understood_in_both_languages(resources: ClassifyResources) -> None:
    events = classify([ticket(text) for text, *_ in SAID], resources)
    assert [(e.category, e.sub_category) for e in events] == [(c, s) for _, c, s in SAID]
    assert all(e.sub_category in e.prediction_set for e in events)


def test_a_friend_who_is_a_lawyer_is_no_legal_demand(resources: ClassifyResources) -> None:
    harmless, threat, both = classify(
        [
            ticket("My lawyer friend loves your shop!"),
            ticket("Your shop will hear from my lawyer!"),
            ticket(
                "My lawyer friend loves your shop. Where is my parcel with the lamp? It is late."
            ),
        ],
        resources,
    )
    assert [harmless.triggers, threat.triggers, both.triggers] == [(), ("lawyer",), ()]
    assert harmless.category != "legal_privacy" != both.category
    assert threat.sub_category == "lawyer_threat"
    assert harmless.confidence < 0.2
    assert "legal_privacy" not in {label.category for label in both.secondary}


def test_a_ticket_is_judged_the_same_alone_and_among_others(resources: ClassifyResources) -> None:
    tickets = [ticket(text, number=i) for i, (text, *_) in enumerate(SAID, 1)]
    together = classify(tickets, resources)
    assert together == [classify([t], resources)[0] for t in tickets]


def test_the_check_of_a_token_changes_no_judgement(resources: ClassifyResources) -> None:
    said = "Order {} for {} is late. Please cancel {} and send me a refund to {}, {} says."
    names = ("ORDER_1", "PERSON_1", "ORDER_1.2", "IBAN_1", "PERSON_2")
    plain = said.format(*(f"[{name}]" for name in names))
    checked = said.format(*(f"[{name}-kfqxt]" for name in names))
    one, other = classify([ticket(plain), ticket(checked)], resources)
    assert replace(other, text=one.text) == one


def test_scores_are_stored_whole_and_give_the_confidence_again(
    resources: ClassifyResources,
) -> None:
    event = classify([ticket("Where is my parcel?")], resources)[0]
    scores = np.frombuffer(event.scores, "<f4")
    intents = np.frombuffer(event.intent_scores, "<f4")
    assert (len(scores), len(intents)) == (83, 15)
    assert LABELS.sub_categories[int(scores.argmax())] == event.sub_category
    assert LABELS.intents[int(intents.argmax())] == event.intent
    assert calibrate(scores, intents, resources.calibration) == event.confidence
    assert event.taxonomy == LABELS.taxonomy
    assert event.calibration == resources.calibration.calibration
    assert {m.name for m in event.models} == {"ticket-trunk", "ticket-heads", "ticket-orders"}


def test_a_simple_question_is_surer_than_a_riddle(resources: ClassifyResources) -> None:
    clear, riddle = classify(
        [ticket("Please cancel my order [ORDER_1]."), ticket("I have a problem with my order.")],
        resources,
    )
    assert clear.confidence > riddle.confidence


def test_the_shipped_model_gives_the_same_bits_in_any_company_and_after_storage(
    resources: ClassifyResources,
) -> None:
    tickets = [ticket(text, number=i) for i, (text, *_) in enumerate(SAID, 1)]
    alone = [classify([t], resources)[0] for t in tickets]
    backwards = classify(tickets[::-1], resources)[::-1]
    again = shipped()
    assert [e.scores for e in backwards] == [e.scores for e in alone]
    assert [e.intent_scores for e in backwards] == [e.intent_scores for e in alone]
    assert backwards == alone == classify(tickets, again)
    sealed = [replace(e, text=Sealed(b"text"), identity=Sealed(b"names")) for e in alone]
    stored = [Codec().decode(TicketClassified, Codec().encode(e)) for e in sealed]
    by = resources.calibration
    for event in stored:
        scores = np.frombuffer(event.scores, "<f4"), np.frombuffer(event.intent_scores, "<f4")
        assert calibrate(*scores, by, language=event.language.code) == event.confidence
        shares = probabilities(scores[0], by.temperature)
        language = event.language.code
        assert prediction_set(shares, by.sets, language, LABELS) == event.prediction_set


def test_what_no_shop_is_asked_is_out_of_scope(resources: ClassifyResources) -> None:
    foreign, own = classify(
        [
            ticket("What will the weather be like in Berlin tomorrow?"),
            ticket("Where is my parcel? It was due on Friday."),
        ],
        resources,
    )
    assert foreign.out_of_scope > 0.5 > own.out_of_scope


def test_what_is_not_judged_passes_through(resources: ClassifyResources) -> None:
    given = replace(
        ticket("Où est mon colis ?"),
        language=Language("fr", 0.9),
        channel="chat",
        external=External("desk", "4", ""),
        identity=Sealed(b"sealed"),
        person="p1",
        facts=Facts(customer_value=10.0),
        auto_submitted="bulk",
    )
    event = classify([given], resources)[0]
    for name in ("language", "channel", "external", "identity", "person", "facts", "text"):
        assert getattr(event, name) == getattr(given, name)
    assert event.auto_submitted == "bulk"
    assert (event.cause_id, event.ticket_id) == (given.event_id, given.ticket_id)


def test_an_empty_ticket_is_judged_too(resources: ClassifyResources) -> None:
    event = classify([ticket("")], resources)[0]
    assert event.sub_category in LABELS.category_of
    assert classify([], resources) == []


def test_the_version_changes_with_a_phrase(resources: ClassifyResources) -> None:
    parts = (resources.encoder, resources.heads, resources.calibration)
    other = ClassifyResources.of(*parts, {"lawyer": ("attorney",)}, "1", orders=resources.orders)
    same = ClassifyResources.of(*parts, dict(resources.phrases), "1", orders=resources.orders)
    assert other.producer != resources.producer == same.producer


def test_the_policy_is_named_and_changes_the_version(resources: ClassifyResources) -> None:
    r = resources
    parts = (r.encoder, r.heads, r.calibration, r.phrases, "1")
    one, other = (
        ClassifyResources.of(*parts, orders=r.orders, policy=PolicyVersion("house", "1", digest))
        for digest in ("aa", "bb")
    )
    assert one.producer != other.producer
    (event,) = classify([ticket("Where is my parcel?")], one)
    assert event.policy == PolicyVersion("house", "1", "aa")
    assert event.producer == one.producer


def test_the_prediction_set_is_made_from_the_calibration(resources: ClassifyResources) -> None:
    wide = replace(resources.calibration, sets=Conformal(0.99, 0.0, 0.999, {"de": 0.0}))
    asked = [ticket("I have a problem with my order.", number=i) for i in (1, 2)]
    asked[1] = replace(asked[1], language=Language("de", 1.0))
    english, german = classify(asked, replace(resources, calibration=wide))
    assert english.prediction_set[0] == english.sub_category
    assert len(english.prediction_set) > 2
    assert german.prediction_set == (german.sub_category,)
    scores = np.frombuffer(english.scores, "<f4")
    shares = probabilities(scores, wide.temperature)
    assert prediction_set(shares, wide.sets, "en", LABELS) == english.prediction_set


def test_a_second_request_in_a_sentence_of_its_own_is_noticed(
    resources: ClassifyResources,
) -> None:
    two, one = classify(
        [
            ticket(
                "Please cancel my order [ORDER_1], I no longer need it. "
                "I also need the invoice for my last order as a PDF."
            ),
            ticket("Please cancel my order [ORDER_1]. I no longer need it, I ordered by mistake."),
        ],
        resources,
    )
    found = {two.sub_category, *(label.sub_category for label in two.secondary)}
    assert found == {"cancel_order", "invoice_request"}
    assert one.secondary == ()
