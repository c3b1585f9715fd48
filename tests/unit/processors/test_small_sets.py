"""Small invented sets through classify and route: floors of what was measured on them."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.processors.judging import shipped, ticket

from ticketstream.processors.classify import ClassifyResources, classify
from ticketstream.processors.language import detect
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified

HERE = Path(__file__).parent
POLICY = default_policy()
LEGAL_WORDS = ("lawyer", "consumer_protection", "chargeback", "gdpr", "safety")


@pytest.fixture(scope="module")
def resources() -> ClassifyResources:
    return shipped()


def read(name: str) -> Mapping[str, Any]:
    return tomllib.loads((HERE / name).read_text("utf-8"))


def flat(said: Mapping[str, Sequence[str]]) -> list[str]:
    return [text for texts in said.values() for text in texts]


def events(texts: Sequence[str], resources: ClassifyResources) -> list[TicketClassified]:
    return classify([replace(ticket(text), language=detect(text)) for text in texts], resources)


def routes(found: Sequence[TicketClassified]) -> list[str]:
    return [r.route for r in route(found, RouteResources.of(POLICY, b"key", "1"))]


def test_harmless_mentions_stay_away_from_the_specialist(resources: ClassifyResources) -> None:
    """Of the thirty one goes there: the model takes a phone's pack for a recall, unasked."""
    harmless = flat(read("cues_dev.toml")["harmless"])
    assert routes(events(harmless, resources)).count("escalate_specialist") <= 1


def test_every_threat_of_law_privacy_money_or_danger_goes_to_the_specialist(
    resources: ClassifyResources,
) -> None:
    for name in ("cues_dev.toml", "cues_fresh.toml"):
        threats = read(name)["threats"]
        said = [text for words in LEGAL_WORDS for text in threats[words]]
        assert {*routes(events(said, resources))} == {"escalate_specialist"}


def test_short_questions_are_told_from_foreign_ones(resources: ClassifyResources) -> None:
    """The score leaves 95 % of all tickets in scope, of such short ones 51 of 60."""
    short, limit = read("short.toml"), POLICY.thresholds.out_of_scope
    own, foreign = (events(flat(short[kind]), resources) for kind in ("in_scope", "foreign"))
    assert (len(own), len(foreign)) == (60, 40)
    assert sum(e.out_of_scope < limit for e in own) >= 51
    assert sum(e.out_of_scope >= limit for e in foreign) >= 40


def test_a_false_alarm_is_for_people_and_keeps_its_hint(resources: ClassifyResources) -> None:
    found = events(["Where is my lamp?"], resources)
    routed = route(found, RouteResources.of(POLICY, b"key", "1"))[0]
    assert found[0].out_of_scope >= POLICY.thresholds.out_of_scope
    assert (routed.route, routed.reasons[0].code) == ("manual_queue", "out_of_scope")
    assert routed.hint.startswith("track_order / ask_status")


def test_moods_are_three_and_apart(resources: ClassifyResources) -> None:
    moods = read("moods.toml")
    urgent, factual, angry = (
        [e.sentiment for e in events(flat(moods[kind]), resources)]
        for kind in ("urgent", "factual", "angry")
    )
    assert (len(urgent), len(factual), len(angry)) == (12, 10, 8)
    assert all(s.polarity < 0 and s.anger < 0.1 for s in factual)
    assert all(s.polarity < -0.3 and s.anger > 0.5 for s in angry)
    assert all(s.anger < 0.2 for s in urgent)
    calm = max(s.urgency for s in factual)
    assert sum(s.urgency > calm for s in urgent) >= 11


def test_of_two_requests_the_second_is_mostly_found_and_seldom_invented(
    resources: ClassifyResources,
) -> None:
    """15 of 20 are found, in 4 of 20 one is invented; docs/classification.md says how."""
    wishes = read("wishes.toml")
    two = events([t["text"] for t in wishes["two"]], resources)
    one = events(flat(wishes["one"]), resources)
    found = [{e.category, *(label.category for label in e.secondary)} for e in two]
    wanted = [{*t["categories"]} for t in wishes["two"]]
    assert (len(two), len(one)) == (20, 20)
    assert sum(w <= f for w, f in zip(wanted, found, strict=True)) >= 15
    assert sum(bool(e.secondary) for e in one) <= 4
