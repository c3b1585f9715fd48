"""Shadow mode on a real broker: everything is decided, nothing is sent, and agents are compared."""

import json
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any, cast
from uuid import NAMESPACE_URL, uuid5

import pytest
from tests.system.test_line import MAILBOX, Line

from ticketstream.doors import intake_door
from ticketstream.doors.equip import key_source
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.outcome import AgentReplied, Labels
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream import topics
from ticketstream.stream.census import settled
from ticketstream.stream.local import broker
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all
from ticketstream.vault.facts import load_sample_shop

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
PARCELS = 40
ESCALATED = ("legal-lawyer.en.eml", "legal-lawyer.de.eml", "safety-lamp-caught-fire.en.eml")
SAID = (
    "Where is my order KB-48219{n:02}? The tracking shows nothing. Regards, Ada Invented",
    "Wo ist meine Bestellung KB-48219{n:02}? Die Sendungsverfolgung zeigt nichts. Ada Invented",
)
POLICY = """\
id = "trying"
version = "1"
mode = "shadow"
whitelist = [{ sub_category = "track_order", intent = "ask_status" }]
[thresholds]
auto_reply = 0.3
suggestion = 0.2
"""


@dataclass(frozen=True)
class Reported:
    """What a shop in shadow mode was told."""

    line: Line
    printed: str
    numbers: dict[str, Any]
    page: str
    rewritten: set[str]
    rerouted: str


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Reported]:
    home = tmp_path_factory.mktemp("shadow")
    policy = home / "policy.toml"
    policy.write_text(POLICY)
    with broker.start(home / "kafka", cache, die_with_parent=True, seconds=180) as kafka:
        settings = Settings(
            home=home, cache=cache, brokers=kafka.bootstrap, policy=policy, shop_db=home / "shop.db"
        )
        key_source(settings).create()
        load_sample_shop(ROOT / "knowledge" / "shop", home / "shop.db")
        topics.create(kafka.bootstrap, settings.partitions)
        intake_door.ensure_knowledge(settings)
        line = Line(settings)
        try:
            yield report(line, home / "report")
            line.process.send_signal(signal.SIGINT)
            assert line.process.wait(60) == 0, line.log.read_text()
        finally:
            line.process.kill()


def report(line: Line, out: Path) -> Reported:
    """Tickets through all stages, agents' answers through review, and what the shop is told."""
    publish(line)
    line.wait(lambda t: t[0].came_in == PARCELS + len(ESCALATED) and settled(t), seconds=300)
    rewritten, rerouted = answer(line)
    line.wait(settled, seconds=200)
    line.command("project", "--once")
    printed = line.command("shadow", "report", "--bar", "0.6", "--out", str(out))
    numbers = json.loads((out / "shadow.json").read_bytes())
    page = (out / "index.html").read_text("utf-8")
    return Reported(line, printed, numbers, page, rewritten, rerouted)


def publish(line: Line) -> None:
    """Forms that ask where a parcel is, and mails that must go to a specialist."""
    rows = [
        {"channel": "form", "submission_id": f"p{n}", "received_at": "2026-11-23T09:00:00+01:00"}
        | {"sender": {"name": "Ada Invented", "address": f"ada{n}@mail.example"}}
        | {"text": SAID[n % len(SAID)].format(n=n)}
        for n in range(PARCELS)
    ]
    file = line.settings.home / "parcels.jsonl"
    file.write_text("\n".join(map(json.dumps, rows)))
    files = [file, *(MAILBOX / name for name in ESCALATED)]
    settings, key = line.settings, key_source(line.settings).load("intake")
    done = intake_door.publish_paths(files, settings, settings.brokers, line.codec, key)
    assert (done.tickets, done.dead) == (PARCELS + len(ESCALATED), 0)


def answer(line: Line) -> tuple[set[str], str]:
    """Agents send the drafts as they are but for two, which they write anew; one escalation is
    given to the ordinary queue."""
    raw = [r.value for r in read_all(line.settings.brokers, ["draft.created"]) if r.value]
    drafts = [(line.codec.decode(DraftCreated, value), value) for value in raw]
    drafted = [(d, value) for d, value in drafts if d.status == "drafted"]
    handed = [(d, value) for d, value in drafts if d.route == "escalate_specialist"]
    assert len(drafted) > PARCELS / 2
    assert len(handed) == len(ESCALATED)
    with Publisher(line.settings.brokers, line.codec) as publisher:
        for n, (draft, value) in enumerate(drafted):
            new = {"actions": ("rejected", "replied"), "final_text": "We look into it. Bo Made-Up"}
            publisher.send(
                reply(draft, value, **(new if n < 2 else {"actions": ("sent_unchanged",)}))
            )
        for n, (draft, value) in enumerate(handed):
            other = {"actions": ("rerouted",), "label_after": Labels(route="manual_queue")}
            publisher.send(reply(draft, value, **(other if n == 0 else {"actions": ("replied",)})))
    return {d.ticket_id for d, _ in drafted[:2]}, handed[0][0].ticket_id


def reply(draft: DraftCreated, value: bytes, **did: Any) -> AgentReplied:
    return AgentReplied(
        event_id=uuid5(NAMESPACE_URL, f"shadow/{draft.event_id}"),
        ticket_id=draft.ticket_id,
        case_id=draft.case_id,
        cause_id=draft.event_id,
        occurred_at=draft.occurred_at + timedelta(minutes=5),
        shop=draft.shop,
        producer=Producer("crm", "1"),
        draft=value,
        agent="bo@desk.example",
        **did,
    )


def test_nothing_is_sent_though_machines_would_have_answered(reported: Reported) -> None:
    line = reported.line
    routed = cast("list[TicketRouted]", line.events("ticket.routed"))
    would = [e for e in routed if e.shadow and e.shadow.would_be == "auto_reply"]
    assert len(would) > PARCELS / 2
    assert {e.route for e in would} == {"agent_suggestion"}
    drafts = cast("list[DraftCreated]", line.events("draft.created"))
    assert len(drafts) == len(routed)
    assert {d.send.action for d in drafts} <= {"after_review", "never"}
    assert line.events("reply.sent") == []
    assert reported.numbers["sent"] == 0
    assert "A machine sent none of them." in " ".join(reported.printed.split())


def test_the_report_counts_what_the_log_says(reported: Reported) -> None:
    line, numbers = reported.line, reported.numbers
    routed = cast("list[TicketRouted]", line.events("ticket.routed"))
    edited = {e.ticket_id for e in line.events("agent.edited")}
    assert numbers["decisions"] == len(routed) == PARCELS + len(ESCALATED)
    assert numbers["reviewed"] == len(edited)
    by_category = {a["name"]: a for a in numbers["by_category"]}
    counted = {c: sum(e.category == c for e in routed) for c in {e.category for e in routed}}
    assert {name: a["decisions"] for name, a in by_category.items()} == counted
    assert sum(a["decisions"] for a in numbers["by_band"]) == len(routed)
    apart = {d["ticket_id"] for d in numbers["disagreements"]}
    assert apart == reported.rewritten | {reported.rerouted}, numbers["disagreements"]
    over = numbers["over_escalated"]
    assert (over["decisions"], over["reviewed"], over["agreed"]) == (3, 3, 1)


def test_a_category_is_ready_by_the_lower_end_of_what_agents_did(reported: Reported) -> None:
    (verdict,) = (v for v in reported.numbers["verdicts"] if v["category"] == "order_status")
    assert verdict["agreed"] == verdict["reviewed"] - 2
    assert 0.6 <= verdict["share"]["low"] < verdict["share"]["value"] < 1
    assert verdict["verdict"] == "ready"
    for told in (reported.printed, reported.page):
        assert "ready: even the lower end, " in told


def test_page_and_print_name_tickets_and_reasons_and_nobody(reported: Reported) -> None:
    told = reported.printed + reported.page + json.dumps(reported.numbers)
    for ticket in (*reported.rewritten, reported.rerouted):
        assert ticket in reported.printed
        assert ticket in reported.page
    assert "words for a specialist" in reported.page
    assert "the draft was dropped or rewritten" in reported.page
    assert "to a specialist → manual queue" in reported.page
    for event in reported.line.events("ticket.received"):
        assert isinstance(event, TicketReceived)
        sender = event.sender
        personal = [sender.name, sender.address, event.subject, event.text[:40]]
        assert [value for value in personal if value.strip() and value in told] == []
    assert "Made-Up" not in told
    assert "desk.example" not in told
