"""Shadow decisions beside what agents did: what is agreement, and when a category is ready."""

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.learning.judged import archive_of, closed, edited
from tests.unit.learning.replayed import decided, policy
from tests.unit.processors.decision.varied_tickets import varied
from tests.unit.projections.archived import sample
from typer.testing import CliRunner

from ticketstream.doors.main import app
from ticketstream.learning.counterfactual.archived import read
from ticketstream.learning.replay.stored import Wanted
from ticketstream.learning.shadow.agreement import Report, more_needed, report
from ticketstream.learning.shadow.reviews import Shadowed, shadowed
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.projections.archive import Archive
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.outcome import AgentEdited, Labels, ReplySent
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted

SHADOW = replace(policy(), mode="shadow")
BARE = replace(SHADOW, whitelist=())
PLAIN = replace(
    varied(0), category="order_status", sub_category="track_order", intent="ask_status",
    confidence=0.97, triggers=(), secondary=(), second_opinion=None, auto_submitted="no",
    spam=0.0, injection=0.0, out_of_scope=0.0,
)  # fmt: skip
PLAIN = replace(
    PLAIN,
    facts=replace(PLAIN.facts, order_amount=20.0, payment="", tickets_30d_same_case=0),
    sentiment=replace(PLAIN.sentiment, anger=0.0),
    language=replace(PLAIN.language, code="en"),
)
THREATENING = replace(PLAIN, triggers=("lawyer",))
Act = Callable[[TicketRouted], AgentEdited | None]


def many(number: int, base: TicketClassified = PLAIN) -> list[TicketClassified]:
    ids = [varied(n) for n in range(number)]
    return [replace(base, event_id=t.event_id, ticket_id=t.ticket_id, shop=t.shop) for t in ids]


def rows_of(archive: Archive) -> tuple[Shadowed, ...]:
    return shadowed(*(read(archive, m, Wanted()) for m in ("decisions", "outcomes"))).decisions


def one(tmp_path: Path, act: Act, base: TicketClassified = PLAIN, by: Policy = SHADOW) -> Shadowed:
    tickets = many(1, base)
    (row,) = rows_of(archive_of(tmp_path, tickets, decided(tickets, by), act))
    return row


def relabelled(decision: TicketRouted, **labels: str) -> AgentEdited:
    before = edited(decision).before
    return edited(decision, after=replace(before, **labels), actions=("edited", "reclassified"))


def test_a_reply_that_went_out_as_it_was_is_agreement(tmp_path: Path) -> None:
    row = one(tmp_path, edited)
    assert (row.would_be, row.sendable, row.agreed) == ("auto_reply", True, True)


@pytest.mark.parametrize(
    ("changes", "agreed"),
    [
        ({"actions": ("edited",), "edit_distance": 0.1}, True),
        ({"actions": ("edited",), "edit_distance": 0.5}, False),
        ({"actions": ("rejected", "replied")}, False),
        ({"actions": ("replied",)}, False),
        ({"actions": ("sent_unchanged", "escalated")}, False),
        ({"actions": ("rerouted",), "edit_distance": None}, False),
    ],
)
def test_what_an_agent_did_to_a_reply_tells_whether_it_may_go_alone(
    tmp_path: Path, changes: dict[str, Any], agreed: bool
) -> None:
    assert one(tmp_path, lambda d: edited(d, **changes)).agreed is agreed


@pytest.mark.parametrize("label", ["category", "sub_category", "intent"])
def test_another_label_is_disagreement(tmp_path: Path, label: str) -> None:
    assert not one(tmp_path, lambda d: relabelled(d, **{label: "eta"})).agreed


def test_an_escalated_ticket_needs_no_draft_to_be_agreed_with(tmp_path: Path) -> None:
    act: Act = lambda d: edited(d, actions=(), edit_distance=None)  # noqa: E731
    row = one(tmp_path, act, THREATENING)
    assert (row.would_be, row.sendable, row.agreed) == ("escalate_specialist", False, True)


def test_an_escalation_that_an_agent_sends_to_the_queue_is_one_too_many(tmp_path: Path) -> None:
    def act(decision: TicketRouted) -> AgentEdited:
        after = replace(edited(decision).before, route="manual_queue")
        return edited(decision, after=after, actions=("rerouted",))

    row = one(tmp_path, act, THREATENING)
    assert (row.over_escalated, row.missed, row.agreed) == (True, False, False)


def test_the_route_at_the_close_tells_of_it_too(tmp_path: Path) -> None:
    tickets = [*many(1, THREATENING), many(2)[1]]
    ends = {tickets[0].ticket_id: "agent_suggestion", tickets[1].ticket_id: "escalate_senior"}
    archive = archive_of(
        tmp_path, tickets, decided(tickets, SHADOW), lambda d: closed(d, route=ends[d.ticket_id])
    )
    by_id = {row.ticket_id: row for row in rows_of(archive)}
    first, second = (by_id[t.ticket_id] for t in tickets)
    assert (first.over_escalated, first.missed) == (True, False)
    assert (second.over_escalated, second.missed) == (False, True)


def test_what_an_agent_escalates_was_missed(tmp_path: Path) -> None:
    row = one(tmp_path, lambda d: edited(d, actions=("escalated",)))
    assert (row.missed, row.over_escalated) == (True, False)


def test_who_only_lacks_the_whitelist_is_judged_as_if_it_were_sent(tmp_path: Path) -> None:
    row = one(tmp_path, edited, by=BARE)
    assert (row.would_be, row.sendable) == ("agent_suggestion", True)
    angry = replace(PLAIN, sentiment=replace(PLAIN.sentiment, anger=0.35))
    (tmp_path / "angry").mkdir()
    assert not one(tmp_path / "angry", edited, angry, BARE).sendable


def test_the_last_word_of_agents_counts(tmp_path: Path) -> None:
    tickets = many(1)
    decisions = decided(tickets, SHADOW)
    archive = archive_of(tmp_path, tickets, decisions, lambda d: relabelled(d, intent="complain"))
    from tests.unit.projections.archived import table_of
    from tests.unit.projections.rows import START

    later = replace(edited(decisions[0]), event_id=decisions[0].event_id)
    archive.add("agent.edited", table_of([later], START.replace(year=2027)), {})
    (row,) = rows_of(archive)
    assert row.agreed


def reported(tmp_path: Path, number: int, wrong: int, bar: float = 0.95) -> Report:
    tickets = many(number)
    bad = {t.ticket_id for t in tickets[:wrong]}
    archive = archive_of(
        tmp_path,
        tickets,
        decided(tickets, SHADOW),
        lambda d: relabelled(d, sub_category="eta") if d.ticket_id in bad else edited(d),
    )
    return report(shadowed(*(read(archive, m, Wanted()) for m in ("decisions", "outcomes"))), bar)


def test_a_category_is_ready_on_the_lower_end_and_not_on_the_mean(tmp_path: Path) -> None:
    (tmp_path / "few").mkdir()
    few, enough = reported(tmp_path / "few", 30, 0), reported(tmp_path, 90, 0)
    assert few.verdicts[0].share.value == enough.verdicts[0].share.value == 1.0
    assert (few.verdicts[0].verdict, enough.verdicts[0].verdict) == ("not enough", "ready")
    assert (few.verdicts[0].more, few.verdicts[0].at) == (73 - 30, "as often")


def test_with_too_many_disagreements_more_tickets_do_not_help(tmp_path: Path) -> None:
    (verdict,) = reported(tmp_path, 60, 20).verdicts
    assert (verdict.verdict, verdict.more) == ("not ready", None)


def test_the_bar_is_the_teams(tmp_path: Path) -> None:
    assert reported(tmp_path, 60, 3, bar=0.8).verdicts[0].verdict == "ready"


@pytest.mark.parametrize(("hits", "number"), [(0, 0), (30, 30), (57, 60), (99, 100)])
def test_so_many_more_reach_the_bar_and_one_less_does_not(hits: int, number: int) -> None:
    from ticketstream.learning.replay.intervals import wilson

    more = more_needed(hits, number, 0.95)
    assert more is not None
    rate = hits / number if number and hits / number > 0.95 else 1.0
    lows = [wilson(hits + round(rate * n), number + n).low for n in (more - 1, more)]
    assert lows[0] < 0.95 <= lows[1]


def test_a_report_counts_confusions_and_lists_what_to_read(tmp_path: Path) -> None:
    found = reported(tmp_path, 40, 4)
    assert (found.decisions, found.reviewed, found.overall.agreed) == (40, 40, 36)
    (confused,) = found.labels
    assert (confused.ours, confused.theirs, confused.tickets) == (
        "track_order/ask_status", "eta/ask_status", 4,
    )  # fmt: skip
    assert [d.ticket_id for d in found.disagreements] == [t.ticket_id for t in many(4)]
    assert found.disagreements[0].reasons[0] == "whitelisted"
    assert sum(c.tickets for c in found.routes) == sum(c.tickets for c in found.categories) == 40
    assert found.by_band[0].name == "0.95 and more"
    assert found.unreviewed.value == 0


def test_live_decisions_the_forgotten_and_the_unreviewed_are_told_apart(tmp_path: Path) -> None:
    tickets = many(20)
    decisions = [*decided(tickets[:5], policy()), *decided(tickets[5:], SHADOW)]
    seen = {t.ticket_id for t in tickets[8:]}
    archive = archive_of(
        tmp_path, tickets, decisions, lambda d: edited(d) if d.ticket_id in seen else None
    )
    archive.purge([tickets[-1].ticket_id])
    found = shadowed(*(read(archive, m, Wanted()) for m in ("decisions", "outcomes")))
    told = report(found)
    assert (told.live, told.erased, told.decisions, told.reviewed) == (5, 1, 14, 11)
    assert told.unreviewed.value == pytest.approx(3 / 14)


def run(home: Path, *more: str) -> Any:
    environment = {"TICKETSTREAM_HOME": str(home)}
    return CliRunner().invoke(app, ["shadow", "report", *more], env=environment)


def test_the_command_gives_a_verdict_for_each_category_in_plain_words(tmp_path: Path) -> None:
    reported(tmp_path, 40, 4)
    done = run(tmp_path, "--out", str(tmp_path / "out"))
    assert done.exit_code == 0, done.output
    said = " ".join(done.stdout.split())
    assert "40 decisions in shadow mode, 40 of them reviewed by an agent" in said
    assert "order status not yet: the lower end, 76.9 %, is below 95 %; about " in said
    called = [shipped_labels().called(n, "en") for n in ("track_order", "eta", "ask_status")]
    assert f"{called[0]} / {called[2]} {called[1]} / {called[2]} 4" in said
    assert "wrote" in said
    told = json.loads((tmp_path / "out" / "shadow.json").read_bytes())
    assert told | {"files": []} == json.loads(run(tmp_path, "--json").stdout)
    assert told["verdicts"][0]["verdict"] == "not enough"
    page = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert [d["ticket_id"] for d in told["disagreements"] if d["ticket_id"] not in page] == []
    assert "is not empty" in str(run(tmp_path, "--out", str(tmp_path / "out")).exception)


@pytest.mark.parametrize(
    ("tongue", "words"),
    [
        (
            "en",
            ["not yet: the lower end, 76.9", "sub-category: ", "sure, and a machine may answer"],
        ),
        (
            "de",
            ["noch nicht: das untere Ende, 76,9", "Unterkategorie: ", "sicher, und eine Maschine"],
        ),
    ],
)
def test_page_and_print_say_the_same_in_both_languages_without_a_code(
    tmp_path: Path, tongue: str, words: list[str]
) -> None:
    reported(tmp_path, 40, 4)
    printed = run(tmp_path, "--out", str(tmp_path / "out"), "--language", tongue).stdout
    shown = (tmp_path / "out" / "index.html").read_text("utf-8")
    assert f'<html lang="{tongue}">' in shown
    text = re.sub("<style>.*?</style>|<[^>]+>", " ", shown, flags=re.DOTALL)
    for told in (" ".join(printed.split()), text):
        assert [word for word in words if word not in told] == []
    for code in ("auto_reply", "ask_status", "track_order", "not_whitelisted", "not enough"):
        assert code not in text
        assert code not in printed.replace(str(tmp_path), "")


def test_a_machines_reply_in_shadow_mode_is_said_loudly(tmp_path: Path) -> None:
    tickets = many(3)
    first = tickets[0].ticket_id
    sent = sample(ReplySent)
    archive = archive_of(
        tmp_path,
        tickets,
        decided(tickets, SHADOW),
        edited,
        lambda d: (
            replace(
                sent, ticket_id=d.ticket_id, occurred_at=d.occurred_at, mode="auto", status="sent"
            )
            if d.ticket_id == first
            else None
        ),
    )
    assert [row.ticket_id for row in rows_of(archive) if row.sent] == [first]
    assert "A machine sent a reply to 1 of them, which shadow mode forbids" in " ".join(
        run(tmp_path).stdout.split()
    )


def test_without_shadow_decisions_it_says_what_makes_them(tmp_path: Path) -> None:
    archive_of(tmp_path, many(2), decided(many(2), policy()))
    said = run(tmp_path).stdout
    assert "0 decisions in shadow mode" in said
    assert 'mode = "shadow"' in said


def test_a_bar_that_is_no_share_is_refused(tmp_path: Path) -> None:
    assert "--bar is 95" in str(run(tmp_path, "--bar", "95").exception)


def test_no_text_and_nobody_is_in_the_report(tmp_path: Path) -> None:
    reported(tmp_path, 10, 2)
    said = run(tmp_path, "--json").stdout
    for gone in ("person", 'agent"', "sealed", "p1"):
        assert gone not in said
    assert Labels.__name__ not in said
