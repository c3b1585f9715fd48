"""A receipt says what was destroyed, what stays and what expires, and names nobody."""

from datetime import UTC, datetime

from ticketstream.doors.person.receipt import receipt_of
from ticketstream.vault.forgetting import Erasure

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
FOUND = {
    "records": {"ticket.received": 1, "ticket.masked": 2},
    "dead": {"intake.dead": 1},
    "dead_until": "2026-11-30T09:00:00+00:00",
    "external": {"crm": 1},
    "language_models": [],
}
DONE = {
    "found": FOUND,
    "vault": {"persons": 1, "addresses": 2, "messages": 1, "tickets": 1},
    "clear": {"files": 0, "elsewhere": 0},
    "models": {"timeline": 5},
    "proof": {"at": "2026-11-23T09:01:00+00:00"},
}
ERASURE = Erasure(AT, frozenset({"a keyed hash"}), frozenset({"t1"}), frozenset(), DONE)


def test_every_place_is_told_even_where_nothing_lay() -> None:
    told = receipt_of(ERASURE, "now")
    counts = {d["where"]: d for d in told["destroyed"]}
    assert counts["ticket.received"]["count"] == 0
    assert counts["read model timeline"]["rows"] == 5
    assert counts["LanceDB"]["tables"] == []
    assert told["unreadable"][0]["where"] == "ticket.masked"
    assert len(told["unreadable"]) == 1
    assert told["expires"]["dead_letters"] == {"intake.dead": 1}
    assert told["expires"]["latest"] == "2026-11-30T09:00:00+00:00"


def test_the_keyed_hash_that_led_to_the_person_is_not_in_it() -> None:
    assert "a keyed hash" not in repr(receipt_of(ERASURE, "now"))


def test_language_models_that_were_asked_are_named_with_what_to_do() -> None:
    asked = FOUND | {"language_models": ["gpt-x"]}
    told = receipt_of(Erasure(AT, frozenset(), done=DONE | {"found": asked}), "now")
    assert told["language_models"]["asked"] == ["gpt-x"]
    assert "ask the provider" in told["language_models"]["may_hold"]
    assert receipt_of(ERASURE, "now")["language_models"]["may_hold"].startswith("none")
