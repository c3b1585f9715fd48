"""replay outcomes over an archive: an estimate where the log can tell, a refusal where not."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import orjson
import pytest
from tests.unit.doors.test_certifying import ticket
from tests.unit.projections.archived import add_all, routed, sample
from typer.testing import CliRunner

from ticketstream.doors.equip import archive_of
from ticketstream.doors.main import app
from ticketstream.doors.settings import load
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.outcome import TicketClosed

EXPLORED = {"agent_suggestion": 0.9, "manual_queue": 0.1}


def happened(count: int, eligible: dict[str, float]) -> Iterator[Event]:
    """Every tenth went to the manual queue by chance, and was rated worse."""
    for number in range(1, count + 1):
        one = ticket(number, 0.8)
        way = "manual_queue" if number % 10 == 0 and len(eligible) > 1 else "agent_suggestion"
        yield one
        yield routed(one, route=way, eligible=eligible, shadow=None)
        yield replace(
            sample(TicketClosed),
            event_id=type(one.event_id)(int=one.event_id.int + 30_000),
            ticket_id=one.ticket_id,
            occurred_at=one.occurred_at,
            csat=2 if way == "manual_queue" else 5,
        )


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TICKETSTREAM_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "strict.toml").write_text("[thresholds]\nsuggestion = 0.84")
    return tmp_path


def run(*words: str) -> Any:
    return CliRunner().invoke(app, ["replay", "outcomes", "--policy", "strict.toml", *words])


@pytest.mark.usefixtures("home")
def test_ratings_under_a_stricter_policy_are_estimated_from_what_was_explored() -> None:
    add_all(archive_of(load()), happened(600, EXPLORED))
    told = orjson.loads(run("--json").stdout)
    assert (told["supported"], told["moved"], told["telling"]) == (600, 600, 60)
    assert told["after"]["low"] < 2.0 + 0.4
    assert told["after"]["value"] == pytest.approx(2.0, abs=0.4)
    assert told["gain"]["high"] < 0
    assert "gives less, beyond chance" in run().output


@pytest.mark.usefixtures("home")
def test_without_exploration_nothing_is_estimated_and_the_part_is_named() -> None:
    add_all(archive_of(load()), happened(50, {"agent_suggestion": 1.0}))
    told = orjson.loads(run("--json").stdout)
    assert told["supported"] == 0
    assert told["after"] is None
    said = run().output
    assert "No estimate for 50 of 50 tickets" in said
    assert "suggestion for an agent → manual queue" in said
