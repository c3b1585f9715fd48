"""A policy is checked before it decides anything; the error names place and reason."""

import pytest

from ticketstream.learning.toml_text import toml
from ticketstream.processors.policy import changes, default_policy, load_policy, policy_hash
from ticketstream.processors.policy_problems import problems
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import PolicyError
from ticketstream.schemas.policy import Active, Policy


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
        ("exploration_rate = 0.1", "exploration_rate is 0.1: must be from 0 to 0.03"),
        ("exploration_rate = -0.01", "exploration_rate is -0.01: must be from 0 to 0.03"),
        ("exploration_rate = nan", "exploration_rate is nan"),
        ("exploration_width = 0.0", "exploration_width is 0.0: must be above 0, at most 0.25"),
        ("exploration_width = 0.3", "exploration_width is 0.3: must be above 0, at most 0.25"),
        ('exploration_intents = ["ask"]', "no intent 'ask' in the taxonomy"),
        ('exploration_intents = ["complain"]', "'complain' is never explored"),
        ('exploration_intents = ["exercise_right"]', "'exercise_right' is never explored"),
        ("intent_suggestion_thresholds = { ask = 0.7 }", "no intent 'ask'"),
        ("intent_suggestion_thresholds = { complain = 1.1 }", "complain is 1.1: must be from 0"),
        ("intent_suggestion_thresholds = { complain = 0.9 }", "above 0.85, where automatic"),
        ("escalation = { repeat_sentiment = 1.5 }", "repeat_sentiment is 1.5: must be from 0 to"),
        ("audit_rate = -1.0", "audit_rate is -1.0"),
        ("thresholds = 3", "thresholds must be a table"),
        ("escalation = { value_scale = 0 }", "must be above 0"),
        ("escalation = { base = -0.5 }", "escalation.base is -0.5: must be 0 or more"),
        ("thresholds = { spam = nan }", "thresholds.spam is nan"),
        ("thresholds = { high_value_amount = inf }", "high_value_amount is inf"),
        ("floors = { ece = 2.0 }", "floors.ece is 2.0: must be from 0 to 1"),
        ("queues.no_reply = { priority = 9 }", "queues.no_reply.priority is 9: must be from 1"),
        ("queues.no_reply = { sla_hours = -1.0 }", "sla_hours is -1.0: must be 0 or more"),
        ('queues."no_reply/shoes" = { name = "x" }', "names no category"),
        ("intent_thresholds = { ask = 0.9 }", "no intent 'ask'"),
        ('whitelist = [{ sub_category = "track" }]', "no sub-category 'track'"),
        ('whitelist = [{ sub_category = "eta", intent = "ask" }]', "no intent 'ask'"),
        ('active = { prompt = "p1" }', "nothing switches by it yet"),
    ],
)
def test_a_bad_policy_is_refused_with_line_place_and_reason(text: str, message: str) -> None:
    with pytest.raises(PolicyError, match=r"^mine\.toml, line 1: ") as caught:
        load_policy(text, "mine.toml")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        (['id = "x"', "exploration_rate = 0.02", "exploration_intents = []"], 2),
        (
            ["exploration_rate = 0.02", "", "exploration_intents = [", '"ask_status", "complain"]'],
            4,
        ),
        (['id = "x"', "", "[thresholds]", "spam = 0.9", "auto_reply = 7.0"], 5),
        (['id = "x"', "[thresholds]", "auto_reply = 0.6"], 3),
        (['id = "x"', 'mode = "off"'], 2),
        (['id = "x"', "[thresholds]", 'spam = "high'], 3),
        (["languages = [", '"en",', "7", "]"], 3),
    ],
)
def test_the_error_names_the_line_of_the_document(lines: list[str], line: int) -> None:
    with pytest.raises(PolicyError, match=rf"^mine\.toml, line {line}: "):
        load_policy("\n".join(lines), "mine.toml")


def test_the_shipped_policy_has_no_problems() -> None:
    assert list(problems(default_policy(), shipped_labels())) == []


def test_a_document_that_says_nothing_of_the_switches_leaves_them_as_they_are() -> None:
    switches = {"kill_switch": True, "active": {"model": "m", "calibration": "c"}}
    left = load_policy("audit_rate = 0.1", "a", switches)
    assert (left.kill_switch, left.active) == (True, Active("m", "c"))
    told = load_policy('kill_switch = false\nactive = { model = "n" }', "b", switches)
    assert (told.kill_switch, told.active) == (False, Active("n", "c"))


def test_what_differs_between_two_policies_is_told_setting_by_setting() -> None:
    before = load_policy('triggers = { press = ["press"] }', "a")
    after = load_policy(
        'triggers = { press = ["press", "tv"] }\n[thresholds]\nspam = 0.9\n'
        "[intent_thresholds]\nask_status = 0.8",
        "b",
    )
    assert changes(before, after) == [
        ("thresholds.spam", 0.95, 0.9),
        ("triggers.press", ["press"], ["press", "tv"]),
        ("intent_thresholds.ask_status", None, 0.8),
    ]
    assert changes(after, after) == []


def test_a_policy_written_as_a_document_is_the_same_policy_again() -> None:
    text = 'whitelist = [{ sub_category = "eta", intent = "ask_status" }]\nkill_switch = true'
    policy = load_policy(text, "a")
    assert load_policy(toml(to_plain(Policy)(policy)), "b") == policy


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
