"""What people see of a shop's policies, and what may be published after them."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from tests.unit.schemas.samples import AT

from ticketstream.doors.policies import Published, Standing, Word, change_to
from ticketstream.processors.policy import default_policy
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.errors import PolicyError
from ticketstream.schemas.policy import Active, Policy, PolicyChanged

HOUR = timedelta(hours=1)
LOCAL = replace(default_policy(), id="local")
WORD = Word("operator", "as agreed")


def policy(version: str = "1", model: str = "", *, killed: bool = False) -> Policy:
    active = Active(model, f"c-{model}" if model else "")
    return replace(default_policy(), id="house", version=version, active=active, kill_switch=killed)


def standing(*given: Policy | tuple[Policy, datetime], now: datetime = AT + 12 * HOUR) -> Standing:
    """Policies published an hour after another from noon on, some for a later moment."""
    published = []
    for offset, one in enumerate(given):
        chosen, since = one if isinstance(one, tuple) else (one, None)
        change = PolicyChanged(
            event_id=uuid4(),
            ticket_id="kestrel",
            case_id="",
            cause_id=None,
            occurred_at=AT + offset * HOUR,
            shop="kestrel",
            producer=Producer("operator", "1"),
            policy=chosen,
            effective_from=since,
        )
        published.append(Published(offset, AT + offset * HOUR, change))
    return Standing("kestrel", published, now, LOCAL)


def states(of: Standing) -> list[str]:
    return [of.state(one) for one in of.published]


def test_where_nothing_is_published_the_local_policy_decides() -> None:
    empty = standing()
    assert (empty.in_force, empty.policy, empty.planned) == (None, LOCAL, [])


def test_the_history_tells_what_decides_what_did_and_what_never_did() -> None:
    now = standing(
        policy("1"),
        (policy("2"), AT + 9 * HOUR),
        policy("3"),
        policy("4"),
        (policy("5"), AT + 20 * HOUR),
    )
    assert states(now) == ["replaced", "never in force", "replaced", "in force", "planned"]
    assert now.policy.version == "4"
    assert [p.change.policy.version for p in now.planned] == ["5"]
    later = replace(now, now=AT + 20 * HOUR)
    assert states(later) == ["replaced", "never in force", "replaced", "replaced", "in force"]


def test_a_model_before_is_the_one_that_decided_before() -> None:
    assert standing().previous_model() is None
    assert standing(policy("1")).previous_model() is None
    assert standing(policy("1", "m1")).previous_model() == Active()
    two = standing(policy("1", "m1"), policy("1", "m2"), policy("2", "m2"))
    assert two.previous_model() == Active("m1", "c-m1")
    back = standing(policy("1", "m1"), policy("1", "m2"), policy("1", "m1"))
    assert back.previous_model() == Active("m2", "c-m2")


def test_a_model_that_was_only_planned_did_not_decide() -> None:
    now = standing(policy("1", "m1"), (policy("1", "m2"), AT + 90 * HOUR), policy("1", "m3"))
    assert now.previous_model() == Active("m1", "c-m1")


def test_a_new_policy_names_the_one_it_replaces_who_wants_it_and_why() -> None:
    now = standing(policy("1"))
    change = change_to(policy("2"), now, WORD)
    assert change.cause_id == now.published[0].change.event_id
    assert (change.author, change.note, change.shop) == ("operator", "as agreed", "kestrel")
    assert change.ticket_id == "kestrel"  # the key of its record
    assert change.effective_from is None  # at once, by every worker's clock
    later = change_to(policy("2"), now, replace_moment(AT + 13 * HOUR))
    assert later.effective_from == AT + 13 * HOUR


def replace_moment(since: datetime) -> Word:
    return WORD._replace(effective_from=since)


def test_a_moment_that_has_passed_is_refused() -> None:
    with pytest.raises(PolicyError, match="has passed"):
        change_to(policy("2"), standing(policy("1")), replace_moment(AT))


def test_a_version_has_one_content() -> None:
    now = standing(policy("1"), policy("2"))
    changed = replace(policy("1"), audit_rate=0.5)
    with pytest.raises(
        PolicyError, match=r"version 1 of the policy house was published with other"
    ):
        change_to(changed, now, WORD)


def test_an_old_version_may_be_published_again_and_switches_change_no_version() -> None:
    now = standing(policy("1"), policy("2"))
    for again in (policy("1"), policy("2", killed=True), policy("2", "m7")):
        assert change_to(again, now, WORD).policy == again
