"""What the machine decided is said in words, in English and German, from one table."""

from string import Formatter
from typing import get_args

import pytest

from ticketstream.processors.decision.reasons import VALUES
from ticketstream.processors.decision.rules import RULES
from ticketstream.processors.decision.words import REASONS, chances, reason
from ticketstream.processors.policy import default_policy
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.processors.words import (
    MACHINES,
    OPINIONS,
    QUEUES,
    ROUTES,
    TERMS,
    TRIGGERS,
    number,
)
from ticketstream.schemas.classified import OpinionStatus
from ticketstream.schemas.envelope import AutoKind, Route
from ticketstream.schemas.routed import Escalation

LABELS = shipped_labels()
TOLD = {  # a value of each name that reasons have
    "kind": ("bulk", "a circular", "eine Rundmail"),
    "score": ("0.81", "0.81", "0,81"),
    "limit": ("1500.00", "1,500.00", "1.500,00"),
    "amount": ("12345.60", "12,345.60", "12.345,60"),
    "intent": ("exercise_right", "exercise right", "nimmt ein Recht wahr"),
    "trigger": ("lawyer", "lawyer", "Anwalt"),
    "language": ("unknown", "unknown", "unbekannt"),
    "instead_of": ("manual_queue", "manual queue", "manuelle Bearbeitung"),
    "pair": ("delay_not_received/ask_status", "late, not received / ask status", " / "),
    "confidence": ("0.91", "91\N{NARROW NO-BREAK SPACE}%", "91\N{NARROW NO-BREAK SPACE}%"),
    "anger": ("0.35", "35\N{NARROW NO-BREAK SPACE}%", "35\N{NARROW NO-BREAK SPACE}%"),
    "count": ("2", "2", "2"),
    "status": ("kept", "the own answer stays", "die eigene Antwort bleibt"),
}


@pytest.mark.parametrize("code", sorted({rule.code for rule in RULES}))
def test_every_reason_of_the_rules_is_a_sentence_in_both_languages(code: str) -> None:
    english, german = REASONS[code]
    assert english != german
    assert all(text[0].isupper() and text.endswith(".") for text in (english, german))
    assert _blanks(english) == _blanks(german)
    for tongue, place in (("en", 1), ("de", 2)):
        values = {name: TOLD[name][0] for name in _blanks(english)}
        said = reason(code, values, tongue, LABELS)  # type: ignore[arg-type]
        assert "?" not in said
        assert "_" not in said
        assert all(TOLD[name][place] in said for name in _blanks(english))


def test_the_table_has_no_reason_that_no_rule_gives() -> None:
    assert set(REASONS) == {rule.code for rule in RULES}


def test_every_value_that_a_sentence_names_is_stored_with_its_reason() -> None:
    stored = {*VALUES, "trigger"}
    for code, (english, _) in REASONS.items():
        assert not _blanks(english) or code in stored


def test_there_is_a_word_for_every_way_queue_term_keyword_and_kind() -> None:
    policy = default_policy()
    assert set(get_args(Route)) <= set(ROUTES)
    assert {queue.name for queue in policy.queues.values()} == set(QUEUES)
    assert set(policy.triggers) == set(TRIGGERS)
    assert set(Escalation.__dataclass_fields__) - {"score"} == set(TERMS)
    assert set(get_args(AutoKind)) - {"no"} == set(MACHINES)
    assert set(get_args(OpinionStatus)) == set(OPINIONS)


def test_a_reason_of_another_release_is_told_by_its_code_and_values() -> None:
    assert reason("brand_new", {"a_b": "1"}, "en", LABELS) == "brand new (a b 1)"
    assert reason("spam", {}, "en", LABELS) == "It is spam (score ?)."


def test_numbers_are_written_as_the_tongue_writes_them() -> None:
    assert (number(-1234.5, "en"), number(-1234.5, "de")) == ("-1,234.50", "-1.234,50")
    assert (number("7", "en"), number("0.125", "de")) == ("7", "0,125")


def test_what_was_drawn_among_is_told_likeliest_first() -> None:
    told = chances({"manual_queue": 0.015, "agent_suggestion": 0.985}, "de").replace("\u202f", " ")
    assert told == "Vorschlag für Bearbeiter 98,5 %, manuelle Bearbeitung 1,5 %"


def _blanks(sentence: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(sentence) if name}
