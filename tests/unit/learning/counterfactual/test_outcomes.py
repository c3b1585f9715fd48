"""From an archive of invented decisions to what another policy would have given."""

import json
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.unit.learning.judged import archive_of, closed, edited
from tests.unit.learning.replayed import decided, policy
from tests.unit.processors.decision.varied_tickets import varied
from typer.testing import CliRunner

from ticketstream.doors.main import app
from ticketstream.learning.counterfactual import archived
from ticketstream.learning.counterfactual.report import WouldHave, would_have
from ticketstream.learning.replay.stored import Wanted
from ticketstream.learning.toml_text import toml
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.projections.archive import Archive
from ticketstream.schemas.convert import to_plain
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.outcome import TicketClosed
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted

TICKETS = [  # nobody explores with words of the press, which most of these would have
    replace(v, triggers=tuple(t for t in v.triggers if t != "press"))
    for v in map(varied, range(1_000))
]
EXPLORING = policy(
    "thresholds = { auto_reply = 0.85, suggestion = 0.5 }\n"
    'exploration_intents = ["ask_status", "ask_information"]',
    exploration_rate=0.2,
    exploration_width=0.05,
)
NEAR = policy("thresholds = { auto_reply = 0.82, suggestion = 0.5 }")
FAR = policy("thresholds = { auto_reply = 0.6, suggestion = 0.5 }")
DECISIONS = decided(TICKETS, EXPLORING)


def ended(decision: TicketRouted) -> TicketClosed:
    """Machines' tickets are opened again; every fourth customer rates, machines 2, people 4."""
    machine = decision.route == "auto_reply"
    rates = decision.event_id.int % 4 == 0
    return closed(decision, reopened=machine, csat=(2 if machine else 4) if rates else None)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Archive:
    return archive_of(tmp_path_factory.mktemp("a"), TICKETS, DECISIONS, ended)


def told(archive: Archive, by: Policy, outcome: Any = "reopened", **wanted: Any) -> WouldHave:
    return would_have(archived.decided(archive, Wanted(**wanted), outcome), by, outcome)


def test_the_stored_chances_are_those_of_the_decisions(archive: Archive) -> None:
    rows = archived.decided(archive, Wanted(), "reopened")
    assert len(rows.columns) == len(DECISIONS)
    chosen = rows.eligible[np.arange(len(rows.taken)), rows.taken]
    by_ticket = {d.event_id.int: d for d in DECISIONS}
    assert sorted(chosen) == sorted(d.propensity for d in by_ticket.values())
    assert np.allclose(rows.eligible.sum(axis=1), 1)


def test_a_nearby_threshold_is_estimated_from_what_was_explored(archive: Archive) -> None:
    found = told(archive, NEAR)
    pairs = zip(DECISIONS, decided(TICKETS, NEAR), strict=True)
    able = [(old, new) for old, new in pairs if old.eligible.get(new.route, 0)]
    truth = np.mean([new.route == "auto_reply" for _, new in able])
    before = np.mean([old.route == "auto_reply" for old, _ in able])
    assert found.supported == len(able) > 0.98 * len(TICKETS)
    assert found.moved > found.telling > 0
    assert found.before is not None
    assert found.after is not None
    assert found.gain is not None
    assert found.before.value == pytest.approx(before)
    assert found.after.low <= truth <= found.after.high
    assert found.gain.low <= truth - before <= found.gain.high
    assert found.after.low < found.after.high


def test_where_the_log_could_not_have_gone_it_refuses_and_says_which_part(archive: Archive) -> None:
    found = told(archive, FAR)
    lost = found.tickets - found.supported
    assert 20 < lost < found.tickets
    assert sum(r.tickets for r in found.refused if r.by == "route") == lost
    assert sum(r.tickets for r in found.refused if r.by == "category") == lost
    assert {r.name for r in found.refused if r.by == "route"} == {"agent_suggestion -> auto_reply"}
    assert {r.name for r in found.refused if r.by == "confidence"} == {
        "0.50 to 0.75",
        "0.75 to 0.85",
    }
    assert told(archive, EXPLORING).supported == found.tickets


def test_silent_customers_are_counted_by_route(archive: Archive) -> None:
    found = told(archive, NEAR, "csat")
    known = {k.route: k for k in found.known}
    assert sum(k.of for k in known.values()) == len(TICKETS)
    rated = [d for d in DECISIONS if d.event_id.int % 4 == 0]
    assert sum(k.known for k in known.values()) == len(rated)
    assert found.before is not None
    assert 3 < found.before.value < 4
    assert found.before.low < found.before.value < found.before.high


def test_work_is_what_agents_noted_and_a_machine_works_for_nothing(tmp_path: Path) -> None:
    some = TICKETS[:60]
    decisions = decided(some, EXPLORING)
    free = {d.ticket_id for d in decisions if d.route == "auto_reply"}
    archive = archive_of(
        tmp_path,
        some,
        decisions,
        ended,
        lambda d: (
            None
            if d.ticket_id in free or d.ticket_id.endswith("7")
            else edited(d, handle_seconds=90.0, after_call_seconds=30.0)
        ),
    )
    rows = archived.decided(archive, Wanted(), "cost")
    auto = rows.taken == ROUTES.index("auto_reply")
    assert free
    assert set(rows.outcome[auto]) == {0.0}
    others = rows.outcome[~auto]
    assert set(others[~np.isnan(others)]) == {2.0}
    assert np.isnan(others).sum() == sum(t.ticket_id.endswith("7") for t in some) - sum(
        f.endswith("7") for f in free
    )


def test_work_beyond_the_cap_counts_as_the_cap_and_is_counted(tmp_path: Path) -> None:
    (decision,) = decisions = decided(TICKETS[:1], EXPLORING)
    archive = archive_of(
        tmp_path, TICKETS[:1], decisions, ended, lambda d: edited(d, handle_seconds=9e9)
    )
    rows = archived.decided(archive, Wanted(), "cost")
    assert decision.route != "auto_reply"
    assert (rows.outcome.tolist(), rows.capped) == ([archived.CAP], 1)


def test_the_forgotten_and_the_undecided_are_left_out_and_counted(tmp_path: Path) -> None:
    archive = archive_of(tmp_path, TICKETS[:30], DECISIONS[5:30], ended)
    archive.purge([TICKETS[9].ticket_id])
    found = told(archive, NEAR)
    assert (found.tickets, found.undecided, found.erased) == (24, 5, 1)


def test_days_and_shop_cut_decisions_and_outcomes_alike(archive: Archive) -> None:
    first = min(t.occurred_at for t in TICKETS).date()
    within = [t for t in TICKETS if t.occurred_at.date() == first and t.shop == "birch"]
    found = told(archive, NEAR, shop="birch", until=date.fromordinal(first.toordinal() + 1))
    assert found.tickets == len(within) > 10
    assert sum(k.known for k in found.known) == found.tickets


def test_no_archive_says_what_writes_one(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="ticketstream project"):
        told(Archive(tmp_path / "none"), NEAR)


def run(archive: Archive, tmp_path: Path, by: Policy, *more: str) -> str:
    document = tmp_path / "new.toml"
    document.write_text(toml(to_plain(Policy)(by)), "utf-8")
    home = str(archive.folder.parent)
    done = CliRunner().invoke(
        app,
        ["replay", "outcomes", "--policy", str(document), *more],
        env={"TICKETSTREAM_HOME": home},
        catch_exceptions=False,
    )
    assert done.exit_code == 0, done.output
    return done.stdout


def test_the_command_says_it_in_plain_words(archive: Archive, tmp_path: Path) -> None:
    said = run(archive, tmp_path, FAR, "--outcome", "reopened")
    assert "No estimate for" in said
    assert "the part with support only" in said
    assert "effective sample size" in said
    assert "an assumption that no figure here can check" in said
    same = run(archive, tmp_path, replace(EXPLORING, exploration_rate=0.0))
    assert "No estimate" not in same


def test_programs_read_the_same(archive: Archive, tmp_path: Path) -> None:
    read = json.loads(run(archive, tmp_path, NEAR, "--outcome", "csat", "--json"))
    found = told(archive, NEAR, "csat")
    assert found.gain is not None
    assert read["gain"] == {
        "value": found.gain.value,
        "low": found.gain.low,
        "high": found.gain.high,
    }
    assert (read["moved"], read["telling"]) == (found.moved, found.telling)
