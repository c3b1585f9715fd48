"""A policy is checked before it decides anything; the error names place and reason."""

import pytest

from ticketstream.processors.policy import default_policy, load_policy, policy_hash
from ticketstream.schemas.errors import PolicyError


def test_the_shipped_policy_sends_nothing_by_itself() -> None:
    assert default_policy().whitelist == ()


def test_the_shipped_numbers_are_those_of_the_plan() -> None:
    limits = default_policy().thresholds
    assert (limits.auto_reply, limits.suggestion, limits.spam) == (0.85, 0.75, 0.95)
    assert limits.high_value_amount == 500.0


def test_the_shipped_policy_has_phrases_for_every_class_that_it_acts_on() -> None:
    policy = default_policy()
    assert {*policy.specialist_triggers, "safety"} <= set(policy.triggers)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a =", "mine.toml, line 1: no TOML"),
        ("treshold = 1", "unknown setting treshold"),
        ("thresholds = { auto = 0.9 }", "unknown setting thresholds.auto"),
        ("thresholds = { auto_reply = 1.7 }", "auto_reply is 1.7: must be from 0 to 1"),
        ('thresholds = { auto_reply = "high" }', "auto_reply is 'high': must be float"),
        ("thresholds = { suggestion = 0.9 }", "suggestion is above thresholds.auto_reply"),
        ('mode = "off"', "mode is 'off'"),
        ('queues.foo = { name = "x" }', "'foo' is no route"),
        ('whitelist = [{ sub_category = "a", intnt = "b" }]', "unknown setting whitelist.0.intnt"),
        ("exploration_rate = 0.1", "leave it at 0"),
        ("audit_rate = -1.0", "audit_rate is -1.0"),
        ("thresholds = 3", "thresholds must be a table"),
        ("escalation = { value_scale = 0 }", "must be above 0"),
    ],
)
def test_a_bad_policy_is_refused_with_place_and_reason(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=r"^mine\.toml") as caught:
        load_policy(text, "mine.toml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_what_a_document_does_not_say_is_as_shipped() -> None:
    policy = load_policy('id = "mine"\n[thresholds]\nsuggestion = 0.5', "mine.toml")
    shipped = default_policy()
    assert policy.thresholds.suggestion == 0.5
    assert policy.thresholds.auto_reply == shipped.thresholds.auto_reply
    assert (policy.queues, policy.triggers) == (shipped.queues, shipped.triggers)


def test_phrases_of_a_document_replace_the_shipped_ones() -> None:
    policy = load_policy('[triggers]\nlawyer = ["avocat"]', "mine.toml")
    assert policy.triggers == {"lawyer": ("avocat",)}


def test_the_hash_changes_with_every_word() -> None:
    one = load_policy("", "a")
    assert policy_hash(one) == policy_hash(load_policy("kill_switch = false", "b"))
    assert policy_hash(one) != policy_hash(load_policy("kill_switch = true", "c"))
