"""calibrate and certify over an archive: a policy to read, its guarantee, and when that ends."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.unit.projections.archived import add_all, classified, routed, sample
from typer.testing import CliRunner

from ticketstream.doors.equip import archive_of
from ticketstream.doors.main import app
from ticketstream.doors.settings import load
from ticketstream.processors.policy import load_policy
from ticketstream.schemas.classified import Sentiment, TicketClassified
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import PolicyError, SettingError
from ticketstream.schemas.outcome import AgentEdited, Labels

MINE = """
id = "mine"
[[whitelist]]
sub_category = "track_order"
intent = "ask_status"
[[whitelist]]
sub_category = "eta"
intent = "ask_information"
"""
CALM = Sentiment(0.0, 0.0, 0.0)


def ticket(number: int, confidence: float, **changes: Any) -> TicketClassified:
    base = classified(
        number,
        category="order_status",
        confidence=confidence,
        **{"sub_category": "track_order", "intent": "ask_status", **changes},
        secondary=(),
        triggers=(),
        sentiment=CALM,
        out_of_scope=0.0,
        injection=0.0,
        spam=0.0,
        auto_submitted="no",
        second_opinion=None,
    )
    facts = replace(base.facts, order_amount=20.0, customer_value=0.0, tickets_30d_same_case=0)
    day = sample(TicketClassified).occurred_at + timedelta(days=number // 100)
    return replace(base, facts=facts, occurred_at=day)


def judged(of: TicketClassified, *actions: str, distance: float = 0.0) -> AgentEdited:
    labels = Labels(of.category, of.sub_category, of.intent, "agent_suggestion")
    return replace(
        sample(AgentEdited),
        event_id=type(of.event_id)(int=of.event_id.int + 20_000),
        ticket_id=of.ticket_id,
        occurred_at=of.occurred_at,
        actions=actions,
        edit_distance=distance,
        before=labels,
        after=labels,
    )


def happened(
    count: int, *, first: int = 0, wrong: int = 0, eligible: dict[str, float] | None = None
) -> Iterator[Event]:
    """Tickets, the surest right; their decision, and what the agent did."""
    chances = eligible or {"agent_suggestion": 1.0}
    for place in range(count):
        number = first + place + 1
        one = ticket(number, 0.99 - 0.2 * place / count)
        yield one
        yield routed(one, route="agent_suggestion", eligible=chances, shadow=None)
        bad = place >= count - wrong
        yield judged(one, "edited" if bad else "sent_unchanged", distance=0.8 if bad else 0.1)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TICKETSTREAM_HOME", str(tmp_path))
    monkeypatch.setenv("TICKETSTREAM_POLICY", str(tmp_path / "mine.toml"))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.toml").write_text(MINE)
    return tmp_path


def archive(*events: Event) -> None:
    add_all(archive_of(load()), events)


def run(*words: str) -> Any:
    return CliRunner().invoke(app, words)


def test_what_is_certified_is_a_policy_to_read_with_its_certificate_beside(home: Path) -> None:
    archive(*happened(1200, wrong=60))
    done = run("calibrate", "--out", "new.toml", "--json")
    assert done.exit_code == 0, done.output
    told = orjson.loads(done.stdout)
    shown = told["intents"]["ask_status"]
    assert shown["verdict"] == "certified"
    assert 0.79 < shown["threshold"] < 0.85
    assert shown["limit"] <= 0.02
    new = load_policy((home / "new.toml").read_text(), "new.toml")
    assert new.intent_thresholds == {"ask_status": shown["threshold"]}
    assert [p.intent for p in new.whitelist] == ["ask_status"]  # of the other nothing is known
    assert told["intents"]["ask_information"]["verdict"] == "few"
    said = run("certify", "new.toml")
    assert said.exit_code == 0, said.output
    assert "With 95% certainty at most 2.0% of the automatic replies" in said.output
    assert f"set {told['set_id']}" in said.output
    assert "days old" in said.output


def test_nothing_is_written_where_too_many_are_wrong(home: Path) -> None:
    archive(*happened(800, wrong=700))
    done = run("calibrate", "--out", "new.toml")
    assert done.exit_code == 1
    assert "Nothing is certified" in done.output
    assert "too many wrong" in done.output
    assert not (home / "new.toml").exists()


def test_a_certificate_expires_when_mistakes_become_more(home: Path) -> None:
    archive(*happened(1200))
    assert run("calibrate", "--out", "new.toml").exit_code == 0
    archive(*happened(300, first=2000, wrong=60))
    later = run("certify", "new.toml")
    assert later.exit_code == 1
    assert "drift: mistakes in ask_status was 0.020, is" in later.output
    assert "has expired" in later.output


def test_a_certificate_expires_when_tickets_are_of_another_kind(home: Path) -> None:
    archive(*happened(1200))
    assert run("calibrate", "--out", "new.toml").exit_code == 0
    archive(*(e for n in range(2000, 2400) for e in happened(1, first=n)))  # all very sure
    later = run("certify", "new.toml")
    assert later.exit_code == 1
    assert "drift: confidences" in later.output


def test_the_same_kind_of_tickets_later_is_no_drift(home: Path) -> None:
    archive(*happened(1200))
    assert run("calibrate", "--out", "new.toml").exit_code == 0
    archive(*happened(400, first=2000))
    assert run("certify", "new.toml").exit_code == 0


@pytest.mark.parametrize("changed", ["new.toml", "new.toml.certificate.json"])
def test_a_changed_document_or_certificate_is_worth_nothing(home: Path, changed: str) -> None:
    archive(*happened(1200))
    run("calibrate", "--out", "new.toml")
    text = (home / changed).read_text()
    changes = {"new.toml": "audit_rate = 0.", "new.toml.certificate.json": '"wrong": '}
    mark = changes[changed]
    assert mark in text
    (home / changed).write_text(text.replace(mark, mark + "1", 1))
    refused = run("certify", "new.toml")
    assert isinstance(refused.exception, PolicyError)


def test_a_policy_without_certificate_is_tested_as_it_stands(home: Path) -> None:
    archive(*happened(1200, wrong=100))
    said = run("certify", "mine.toml")
    assert said.exit_code == 0, said.output
    assert "were not chosen by looking at these tickets" in said.output
    (home / "mine.toml").write_text(MINE.replace('"mine"', '"mine"\nthresholds.auto_reply = 0.76'))
    assert run("certify", "mine.toml").exit_code == 1


def test_what_always_goes_to_people_does_not_outweigh_what_is_audited(home: Path) -> None:
    """The sure are audited at 20 %; of the unsure, which are often wrong, all are reviewed."""
    archive(*happened(1500, eligible={"auto_reply": 0.8, "agent_suggestion": 0.2}))
    told = orjson.loads(run("calibrate", "--out", "a.toml", "--json").stdout)
    assert told["size"] == 1500  # equally likely, so none is left out
    archive(*happened(1000, first=4000, wrong=1000))
    told = orjson.loads(run("calibrate", "--out", "b.toml", "--json").stdout)
    assert 1600 < told["size"] < 1800  # a fifth of those that were sure to be seen


def test_a_ticket_that_was_judged_again_counts_once(home: Path) -> None:
    once = list(happened(600))
    archive(*once)
    size = orjson.loads(run("calibrate", "--out", "a.toml", "--json").stdout)["size"]
    for old in [e for e in once if isinstance(e, TicketClassified)][:5]:
        new = replace(old, event_id=type(old.event_id)(int=old.event_id.int + 50_000))
        made = routed(new, route="agent_suggestion", eligible={"agent_suggestion": 1.0})
        archive(new, made)
    told = orjson.loads(run("calibrate", "--out", "b.toml", "--json").stdout)
    assert told["size"] == size == 600


def test_without_audit_nothing_is_known_of_what_was_sent(home: Path) -> None:
    archive(*happened(300, eligible={"auto_reply": 1.0}))
    refused = run("calibrate", "--out", "new.toml")
    assert isinstance(refused.exception, SettingError)
    assert "set audit_rate" in str(refused.exception)


def test_a_policy_that_lists_nothing_has_nothing_to_calibrate(home: Path) -> None:
    (home / "mine.toml").write_text('id = "mine"')
    archive(*happened(10))
    refused = run("calibrate", "--out", "new.toml")
    assert isinstance(refused.exception, SettingError)
    assert "has no whitelist" in str(refused.exception)
