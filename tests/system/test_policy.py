"""Policies and models change while tickets flow through separate processes on a real broker."""

import json
import re
import time
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from shutil import copytree
from typing import Any
from uuid import UUID

import pytest
from tests.system.test_line import Line

from ticketstream import __version__
from ticketstream.doors import intake_door
from ticketstream.doors.deciding import snapshots_of
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.learning.model_folder import write_calibration
from ticketstream.learning.toml_text import toml
from ticketstream.processors.policy import default_policy, policy_hash
from ticketstream.processors.route import RouteResources, route
from ticketstream.processors.snapshots import Snapshot
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.policy import Policy, PolicyChanged
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream import topics
from ticketstream.stream.census import settled
from ticketstream.stream.local import broker
from ticketstream.stream.publish import Publisher
from ticketstream.vault.keys import create_master_keys, load_key

pytestmark = [pytest.mark.system, pytest.mark.timeout(420)]
SHIPPED = ROOT / "models" / "heads"
WAVE = 24  # tickets of one wave
SAID = (
    "Where is my order KB-48219{n:02}? The tracking shows nothing.",
    "Wo ist meine Bestellung KB-48219{n:02}? Die Sendungsverfolgung zeigt nichts.",
    "Please cancel my order KB-48219{n:02}.",
)
POLICY = """\
id = "kestrel"
version = "1"
whitelist = [{ sub_category = "track_order", intent = "ask_status" }]
[thresholds]
auto_reply = 0.3
suggestion = 0.2
"""


class House(Line):
    """A running line, and a source of tickets that does not end."""

    sent = 0

    def wave(self) -> None:
        """One more wave of tickets, in one file as a form would send them."""
        lines = []
        for n in range(WAVE):
            text = SAID[n % len(SAID)].format(n=n)
            row = {"id": f"w{self.sent + n}", "text": text, "channel": "form"}
            lines.append(json.dumps(row))
        self.sent += WAVE
        file = self.settings.home / "wave.jsonl"
        file.write_text("\n".join(lines))
        key = load_key(self.settings.key_folder, "intake")
        settings, codec = self.settings, self.codec
        done = intake_door.publish_paths([file], settings, settings.brokers, codec, key)
        assert (done.tickets, done.dead) == (WAVE, 0)

    def told(self, *arguments: str) -> Any:
        """What a command says to a program; the Kafka client may warn behind it."""
        return json.loads(self.command(*arguments, "--json").splitlines()[0])

    def flows_until(self, done: Callable[[], bool], seconds: float = 150) -> None:
        """Waves come in, one on the heels of another, until something is seen at the other end."""
        end = time.monotonic() + seconds
        while not done():
            assert time.monotonic() < end, self.log.read_text()[-4_000:]
            if len(self.routed()) > self.sent - WAVE / 2:
                self.wave()
            time.sleep(0.7)

    def routed(self) -> list[TicketRouted]:
        return [e for e in self.events("ticket.routed") if isinstance(e, TicketRouted)]

    def classified(self) -> list[TicketClassified]:
        return [e for e in self.events("ticket.classified") if isinstance(e, TicketClassified)]

    def changes(self) -> list[PolicyChanged]:
        return [e for e in self.events("policy.changed") if isinstance(e, PolicyChanged)]

    def in_force(self) -> Policy:
        """The policy that was published last."""
        return self.changes()[-1].policy

    def decided_by(self, policy: Policy) -> list[TicketRouted]:
        return [e for e in self.routed() if e.policy.hash == policy_hash(policy)]

    def judged_by(self, calibration: str) -> list[TicketClassified]:
        return [e for e in self.classified() if e.calibration.id == calibration]

    def metrics(self, stage: str) -> str:
        told = re.sub(r"\x1b\[\d*m", "", self.log.read_text())
        lines = [x for x in told.splitlines() if "worker_starts" in x and f"stage={stage} " in x]
        port = re.search(r"metrics_port=(\d+)", lines[-1])
        assert port
        with urllib.request.urlopen(f"http://127.0.0.1:{port[1]}/metrics", timeout=5) as page:
            return str(page.read().decode())


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[House]:
    home = tmp_path_factory.mktemp("house")
    with broker.start(home / "kafka", cache, die_with_parent=True) as kafka:
        settings = Settings(home=home, cache=cache, brokers=kafka.bootstrap)
        create_master_keys(settings.key_folder)
        topics.create(kafka.bootstrap, settings.partitions)
        intake_door.ensure_knowledge(settings)
        running = House(settings)
        yield running
        running.process.kill()
        running.process.wait()


def trained(settings: Settings, temperature: float, **figures: float) -> Snapshot:
    """A snapshot in a home: the shipped heads, calibrated otherwise, with other figures."""
    snapshots = snapshots_of(settings)
    folder, shipped = snapshots.begin(), snapshots.find("")
    copytree(SHIPPED, folder, dirs_exist_ok=True)
    document = json.loads(json.dumps(shipped.manifest.document))
    document["scores"]["held_out_seeds"]["de"] |= figures
    (folder / "manifest.toml").write_text(toml(document))
    other = replace(shipped.calibration, temperature=temperature)
    write_calibration(folder / "calibration.toml", other)
    return snapshots.keep(folder)


def test_policies_and_models_change_while_tickets_flow_and_every_event_says_by_which(
    house: House, tmp_path: Path
) -> None:
    local = default_policy()
    document = tmp_path / "policy.toml"
    document.write_text(POLICY)
    house.flows_until(lambda: len(house.decided_by(local)) > 0)

    # a policy, by a running worker, from one slice to the next
    said = house.command(
        "policy", "publish", str(document), "--note", "we begin", "--author", "ops"
    )
    assert "thresholds.suggestion: 0.75 -> 0.2" in said
    first = house.in_force()
    house.flows_until(lambda: any(e.route == "auto_reply" for e in house.decided_by(first)))

    # all automatic replies stop by one line
    house.command("policy", "kill")
    killed = house.in_force()
    assert killed.kill_switch
    house.flows_until(lambda: len(house.decided_by(killed)) > WAVE)
    assert not any(e.route == "auto_reply" for e in house.decided_by(killed))
    reasons = [r.code for e in house.decided_by(killed) for r in e.reasons]
    assert "kill_switch" in reasons

    # another model, and back
    shipped = snapshots_of(house.settings).find("")
    better, worse = trained(house.settings, 0.9), trained(house.settings, 0.8, sub_category=0.4)
    refused = house.command("model", "promote", worse.id, status=2)
    assert "de: sub_category is 0.400, the floor is 0.700" in refused
    house.command("model", "promote", better.id, "--note", "trained on more")
    promoted = house.in_force()
    assert (promoted.active, promoted.kill_switch) == (better.active, True)
    house.flows_until(lambda: len(house.judged_by(better.calibration.id)) > 0)
    before = len(house.judged_by(shipped.calibration.id))
    house.command("model", "rollback")
    house.flows_until(lambda: len(house.judged_by(shipped.calibration.id)) > before)

    house.command("policy", "revive")
    revived = house.in_force()
    house.flows_until(lambda: any(e.route == "auto_reply" for e in house.decided_by(revived)))

    tallies = house.wait(lambda t: t[0].came_in == house.sent and settled(t))
    for tally in tallies[:4]:
        assert (tally.came_in, tally.out, tally.dead) == (house.sent, house.sent, 0)
        assert (tally.tombstones, tally.waiting, tally.twice) == (0, 0, 0)
    assert_every_event_follows_from_the_policy_that_it_names(house, local)
    assert house.log.read_text().count("child_started") == 5  # nobody was started again
    listed = house.told("policy", "history")
    assert [row["state"] for row in listed] == ["replaced"] * 4 + ["in force"]


def assert_every_event_follows_from_the_policy_that_it_names(house: House, local: Policy) -> None:
    policies = {policy_hash(p): p for p in (local, *(c.policy for c in house.changes()))}
    key = load_key(house.settings.key_folder, "draws")
    judged = {e.event_id: e for e in house.classified()}
    snapshots = snapshots_of(house.settings)
    for event in judged.values():
        named = snapshots.of(policies[event.policy.hash].active)
        assert event.calibration == named.calibration.calibration
        assert named.manifest.model in event.models
    for decided in house.routed():
        resources = RouteResources.of(policies[decided.policy.hash], key, __version__)
        assert decided.cause_id is not None
        assert route([judged[decided.cause_id]], resources) == [decided]
    drafts = [e for e in house.events("draft.created") if isinstance(e, DraftCreated)]
    halted = [e for e in drafts if e.producer.version.endswith("+kill_switch")]
    assert halted
    assert not any(e.send.action == "auto" for e in halted)


def test_a_model_that_a_worker_does_not_have_is_told_loudly_and_taken_when_it_comes(
    house: House, tmp_path: Path
) -> None:
    """The operator's machine has the snapshot, the worker's has not."""
    operator = house.settings.model_copy(update={"home": tmp_path})
    snapshot = trained(operator, 1.1)
    here = house.environment
    house.environment = here | {"TICKETSTREAM_HOME": str(tmp_path)}
    house.command("model", "promote", snapshot.id)
    house.environment = here
    mine = house.in_force()
    house.flows_until(lambda: len(house.decided_by(mine)) > WAVE)  # route needs no model
    assert not house.judged_by(snapshot.calibration.id)
    assert "policy_refused" in house.log.read_text()
    assert 'ticketstream_policies_refused{shop="kestrel",stage="classify"} 1.0' in house.metrics(
        "classify"
    )
    copytree(snapshot.folder, house.settings.home / "models" / snapshot.id)
    house.flows_until(lambda: len(house.judged_by(snapshot.calibration.id)) > 0)
    assert 'ticketstream_policies_refused{shop="kestrel",stage="classify"} 0.0' in house.metrics(
        "classify"
    )


def test_a_bad_policy_is_refused_with_its_line_and_nothing_is_published(
    house: House, tmp_path: Path
) -> None:
    document = tmp_path / "policy.toml"
    document.write_text(POLICY + "spam = 7\n")
    before = len(house.changes())
    said = house.command("policy", "publish", str(document), "--note", "oh", status=2)
    assert "policy.toml, line 7: thresholds.spam is 7.0: must be from 0 to 1" in said
    document.write_text(POLICY + "spam = 0.9\n")
    said = house.command("policy", "publish", str(document), "--note", "oh", status=2)
    assert "version 1 of the policy kestrel was published with other content" in said
    assert len(house.changes()) == before


def test_a_planned_policy_waits_and_is_shown_and_the_shown_one_can_be_published_again(
    house: House, tmp_path: Path
) -> None:
    document = tmp_path / "policy.toml"
    document.write_text(POLICY.replace('"1"', '"2"').replace("0.2", "0.25"))
    assert "thresholds.suggestion: 0.2 -> 0.25" in house.command("policy", "diff", str(document))
    before = house.in_force()
    given = ("--note", "later", "--from", "2099-01-01T09:00")
    house.command("policy", "publish", str(document), *given)
    listed = house.told("policy", "history")
    assert [row["state"] for row in listed][-2:] == ["in force", "planned"]
    shown = house.command("policy", "show")
    assert policy_hash(before)[:12] in shown.splitlines()[0]
    again = tmp_path / "again.toml"
    again.write_text(shown)
    said = house.command("policy", "publish", str(again), "--note", "as before")
    assert "no longer planned: policy kestrel 2" in said
    assert house.in_force() == before


def test_models_are_listed_with_their_figures_and_the_one_that_decides(house: House) -> None:
    told = house.told("model", "list")
    decides = [row["id"] for row in told["models"] if row["decides"]]
    assert decides == [house.in_force().active.model]
    assert all(row["sub_category"] > 0.7 for row in told["models"])
    assert told["broken"] == []


def test_a_policy_of_another_release_stops_who_decides_and_no_ticket_is_lost(
    house: House,
) -> None:
    """The last test here: such a topic must be mended by hand."""
    decided = len(house.routed())
    with Publisher(house.settings.brokers, house.codec) as publisher:
        stranger = b"\xc3\x01" + UUID(int=7).bytes
        publisher.send_raw("policy.changed", b"kestrel", stranger)
    time.sleep(2)
    house.wave()
    end = time.monotonic() + 60
    while "child_given_up" not in house.log.read_text():
        assert time.monotonic() < end
        time.sleep(0.5)
    assert "this release cannot read" in house.log.read_text()
    assert len(house.routed()) == decided
