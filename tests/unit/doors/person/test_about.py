"""What stands beside the data: the shop's notice, and the rules with the policy's own numbers."""

import re
from dataclasses import replace
from typing import Literal

import pytest

from ticketstream.doors.person.about import Met, about, rules
from ticketstream.doors.person.labels import KINDS, kind_of
from ticketstream.doors.person.notice import load_notice
from ticketstream.doors.settings import ROOT, load
from ticketstream.processors.decision.rules import RULES
from ticketstream.processors.decision.words import REASONS
from ticketstream.processors.policy import default_policy
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.policy import Pair

NOTICE = load_notice(load().notice_file)
POLICY = default_policy()
MODEL = {
    "model": "example-7b",
    "times": 2,
    "last_asked": "2026-11-23T09:00:00+00:00",
    "provider": "Example Models",
    "endpoint": "https://llm.example/v1",
    "may_hold_until": "2026-12-23T09:00:00+00:00",
}


def told(met: Met, tongue: Literal["en", "de"] = "en") -> str:
    sections = about(NOTICE, POLICY, met, tongue, shipped_labels())
    return "\n".join(
        line for s in sections for line in (s.title, *(f"{k}: {v}" for k, v in s.facts), *s.points)
    )


ALONE = Met(channels=["mail"], systems=[], looked_up=False, models=[])


def test_all_that_the_law_asks_is_told() -> None:
    text = told(ALONE)
    for asked in (
        NOTICE.controller.name,
        NOTICE.controller.contact,
        NOTICE.controller.officer,
        NOTICE.controller.authority,
        *NOTICE.en.purposes,
        *NOTICE.en.recipients,
        NOTICE.en.transfers,
        "from you: by mail",
        "7 days",
        "1095 days",
        "restricted",
        "complain",
    ):
        assert asked in text


def test_it_is_told_in_german_too() -> None:
    text = told(ALONE, "de")
    assert "von Ihnen: per E-Mail" in text
    assert NOTICE.de.transfers in text
    assert "Art. 6 Abs. 1 b DSGVO" in text


def test_sources_and_recipients_are_those_of_the_persons_own_events() -> None:
    assert "crm" not in told(ALONE)
    assert "register of customers and orders, looked up" not in told(ALONE)
    assert "no language model of others" in told(ALONE)
    text = told(Met(["form"], ["crm-7"], looked_up=True, models=[MODEL]))
    assert text.count("crm-7") == 2
    assert "register of customers and orders, looked up" in text
    assert "example-7b at https://llm.example/v1" in text
    assert "no language model of others" not in text


def test_the_rules_are_told_with_the_numbers_of_the_policy() -> None:
    text = "\n".join(rules(POLICY, "en", shipped_labels()))
    assert "alone only about: nothing" in text
    assert "escalation score of 0.45" in text
    thresholds = replace(POLICY.thresholds, high_value_amount=777.5, suggestion=0.61)
    other = replace(
        POLICY, thresholds=thresholds, whitelist=(Pair("eta", "ask_status"),), kill_switch=True
    )
    changed = "\n".join(rules(other, "en", shipped_labels()))
    assert "An order of 777.5 or more" in changed
    assert "at least 0.61 sure" in changed
    assert "alone only about: time of arrival (ask status)" in changed
    assert "At present none does." in changed
    german = "\n".join(rules(other, "de", shipped_labels()))
    assert "Bestellung ab 777,5" in german
    assert "Liefertermin (fragt nach dem Stand)" in german


def test_people_are_told_that_some_questions_are_drawn_by_lot_where_they_are() -> None:
    assert "by lot" not in "\n".join(rules(POLICY, "en", shipped_labels()))
    exploring = replace(POLICY, exploration_rate=0.02)
    assert "2 in 100 are drawn by lot" in "\n".join(rules(exploring, "en", shipped_labels()))
    assert "2 von 100 ausgelost" in "\n".join(rules(exploring, "de", shipped_labels()))


def test_every_reason_that_the_policy_can_give_has_words() -> None:
    given = {rule.code for rule in RULES}
    assert len(given) > 15
    assert given <= set(REASONS)


def test_every_type_that_a_detector_finds_has_words() -> None:
    sources = [p.read_text() for p in (ROOT / "processors" / "detectors").rglob("*.py")]
    kinds = {k for s in sources for k in re.findall(r'Span\([^"]*"([A-Z_]{2,})"', s)}
    kinds |= {k for s in sources for k in re.findall(r'finder\(\s*"([A-Z_]{2,})"', s)}
    assert len(kinds) > 8
    assert kinds <= set(KINDS)
    assert kind_of("DATE_OF_BIRTH", "de") == "Geburtsdatum"


@pytest.mark.parametrize("tongue", ["en", "de"])
def test_no_sentence_is_left_with_a_gap(tongue: Literal["en", "de"]) -> None:
    assert "{" not in told(Met(["chat"], ["x"], looked_up=True, models=[MODEL]), tongue)
