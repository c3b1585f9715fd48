"""A receipt says what was destroyed, what stays and what expires, and names nobody."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.doors.person.notice import LanguageModel
from ticketstream.doors.person.receipt import receipt_of
from ticketstream.doors.person.trace import asked_models
from ticketstream.schemas.classified import Model, SecondOpinion, TicketClassified
from ticketstream.schemas.draft import DraftCreated, Prompt
from ticketstream.schemas.envelope import Event
from ticketstream.vault.forgetting import Erasure

CLASSIFIED = next(e for e in SAMPLES if isinstance(e, TicketClassified))
DRAFT = next(e for e in SAMPLES if isinstance(e, DraftCreated))
MODEL = LanguageModel(
    name="example-7b",
    provider="Example Models",
    endpoint="https://llm.example/v1",
    retention_days=30,
    agreement="2026-01-10",
    training="ruled out",
)
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
FOUND = {
    "records": {"ticket.received": 1, "ticket.masked": 2},
    "dead": {"intake.dead": 1},
    "dead_until": "2026-11-30T09:00:00+00:00",
    "external": {"crm": 1},
    "asked_models": {},
}
DONE = {
    "found": FOUND,
    "vault": {"persons": 1, "addresses": 2, "messages": 1, "tickets": 1},
    "clear": {"files": 0, "elsewhere": 0},
    "doors": {"notes": 2},
    "models": {"timeline": 5},
    "proof": {"at": "2026-11-23T09:01:00+00:00"},
}
ERASURE = Erasure(AT, frozenset({"a keyed hash"}), frozenset({"t1"}), done=DONE)


def test_every_place_is_told_even_where_nothing_lay() -> None:
    told = receipt_of(ERASURE, "now")
    counts = {d["where"]: d for d in told["destroyed"]}
    assert counts["ticket.received"]["count"] == 0
    assert counts["read model timeline"]["rows"] == 5
    assert counts["LanceDB"]["tables"] == []
    assert counts["doors"]["count"] == 2
    assert told["unreadable"][0]["where"] == "ticket.masked"
    assert len(told["unreadable"]) == 1
    assert told["expires"]["dead_letters"] == {"intake.dead": 1}
    assert told["expires"]["latest"] == "2026-11-30T09:00:00+00:00"


def test_the_keyed_hash_that_led_to_the_person_is_not_in_it() -> None:
    assert "a keyed hash" not in repr(receipt_of(ERASURE, "now"))


def test_where_nobody_was_asked_the_receipt_says_so() -> None:
    told = receipt_of(ERASURE, "now", [MODEL])["language_models"]
    assert told["asked"] == []
    assert told["may_hold"].startswith("none asked")


def test_language_models_that_were_asked_are_named_with_endpoint_and_date() -> None:
    asked = {
        "example-7b": {"times": 3, "last": "2026-11-20T08:00:00+00:00"},
        "elsewhere-1": {"times": 1, "last": "2026-11-21T08:00:00+00:00"},
    }
    found = DONE | {"found": FOUND | {"asked_models": asked}}
    told = receipt_of(Erasure(AT, frozenset(), done=found), "now", [MODEL])["language_models"]
    unnamed, named = told["asked"]
    assert named == {
        "model": "example-7b",
        "times": 3,
        "last_asked": "2026-11-20T08:00:00+00:00",
        "provider": "Example Models",
        "endpoint": "https://llm.example/v1",
        "retention_days": 30,
        "may_hold_until": "2026-12-20T08:00:00+00:00",
    }
    assert unnamed["model"] == "elsewhere-1"
    assert unnamed["may_hold_until"].startswith("unknown")
    assert "ask the provider" in told["may_hold"]


ASKED = SecondOpinion("failed", "timeout", model="example-7b", attempts=1)


@pytest.mark.parametrize(
    ("event", "asked"),
    [
        (replace(CLASSIFIED, second_opinion=ASKED), ["example-7b"]),
        (replace(CLASSIFIED, second_opinion=replace(ASKED, attempts=0)), []),
        (replace(CLASSIFIED, second_opinion=None), []),
        (replace(DRAFT, model=Model("example-7b"), prompt=Prompt("p", "hash")), ["example-7b"]),
        (replace(DRAFT, model=Model("extractive", "0.1"), prompt=Prompt()), []),
    ],
)
def test_who_was_asked_is_what_the_events_say(event: Event, asked: list[str]) -> None:
    assert list(asked_models(event)) == asked
