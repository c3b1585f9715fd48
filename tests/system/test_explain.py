"""A ticket's way is told from a real broker, and its stages answer again, without a trace."""

import json
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from ticketstream import __version__
from ticketstream.doors import equip, intake_door
from ticketstream.doors.main import app
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, Send
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import TicketError
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.record import Sealed
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream.bulk import Span, spans
from ticketstream.stream.by_policy import always
from ticketstream.stream.local import broker
from ticketstream.stream.memory import MemoryLog
from ticketstream.stream.pipeline import LINE, ROUTE
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all
from ticketstream.stream.topics import create
from ticketstream.stream.work import Work
from ticketstream.vault.keys import create_master_keys, load_key
from ticketstream.vault.nokeys import NoKeys

pytestmark = [pytest.mark.system, pytest.mark.timeout(600)]
CODEC = Codec()
MAILBOX = ROOT / "knowledge" / "mailbox"
MAILS = ("where-is-my-parcel.en.eml", "angry-late-parcel.de.eml")
LIVE = tuple(topic for topic in EVENTS if topic != "policy.changed")
LOST = replace(default_policy(), version="2")  # decided once, and was published nowhere


@dataclass(frozen=True)
class Shop:
    """A broker with some tickets on it, decided and drafted, and the vault that knows them."""

    settings: Settings
    tickets: tuple[str, ...]
    lost: str

    def tell(self, *arguments: str) -> str:
        environment = {
            "TICKETSTREAM_BROKERS": self.settings.brokers,
            "TICKETSTREAM_HOME": str(self.settings.home),
        }
        done = CliRunner(env=environment).invoke(app, list(arguments))
        if done.exception and not isinstance(done.exception, SystemExit):
            raise done.exception
        assert done.exit_code == 0, done.output
        return done.stdout

    def told(self, *arguments: str) -> Any:
        return json.loads(self.tell(*arguments, "--json").strip().splitlines()[-1])

    def live(self) -> list[Span]:
        return spans(self.settings.brokers, LIVE)

    def events(self, topic: str, kind: type[Event]) -> list[Any]:
        records = read_all(self.settings.brokers, [topic])
        return [CODEC.decode(kind, r.value or b"") for r in records]

    def vault(self) -> list[str]:
        with sqlite3.connect(self.settings.home / "vault.db") as connection:
            return list(connection.iterdump())


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[Shop]:
    home = tmp_path_factory.mktemp("home")
    create_master_keys(home / "keys")
    with broker.start(home / "kafka", cache, die_with_parent=True, seconds=180) as kafka:
        create(kafka.bootstrap, 3)
        settings = Settings(home=home, brokers=kafka.bootstrap)
        intake_door.ensure_knowledge(settings)
        key = load_key(settings.key_folder, "intake")
        files = [MAILBOX / name for name in MAILS]
        intake_door.publish_paths(files, settings, kafka.bootstrap, CODEC, key)
        first = dict.fromkeys(r.key for r in read_all(kafka.bootstrap, ["ticket.received"]))
        ids = tuple((key or b"").decode() for key in first)
        decide_all(settings, lost=ids[1])
        yield Shop(settings, ids, ids[1])


def decide_all(settings: Settings, lost: str) -> None:
    """The line in memory over what the broker has, written to the broker as the stages would."""
    log = MemoryLog()
    for record in read_all(settings.brokers, ["ticket.received"]):
        log.append(record.topic, record.key, record.value)
    for stage in LINE:
        made: Any = equip.equip(stage.name, settings)
        work = Work(stage, always(made.resources), CODEC, made.seals, {stage.target: 10**7})
        log.run(stage.name, stage.source, work, stage.largest_batch)
    draws = load_key(settings.key_folder, "draws")
    other = RouteResources.of(LOST, draws, __version__)
    under_lost = Work(ROUTE, lambda: lambda _: other, CODEC, NoKeys(), {ROUTE.target: 10**7})
    with Publisher(settings.brokers, CODEC) as publisher:
        for stage in LINE:
            for record in log.topics[stage.target]:
                publisher.send_raw(record.topic, record.key, record.value, list(record.headers))
        for record in log.topics["ticket.classified"]:
            if record.key == lost.encode():
                (out,) = under_lost([record])
                publisher.send_raw(out.topic, out.key, out.value, out.headers)


def test_a_tickets_way_is_told_with_versions_reasons_and_the_same_decision(shop: Shop) -> None:
    before = shop.live()
    said = shop.tell("explain", shop.tickets[0])
    steps = ("received:", "masked:", "classified:", "routed:", "draft made:")
    places = [said.index(step) for step in steps]
    assert places == sorted(places)
    assert f"[route {__version__}+" in said
    assert "policy default 1 (" in said
    assert "<- this decided" in said
    assert "escalation score 0." in said
    assert "calibration" in said
    assert "knowledge " in said
    assert "local): the same event, to the byte" in said
    assert shop.live() == before


def test_a_program_is_told_the_chain_of_causes(shop: Shop) -> None:
    told = shop.told("explain", shop.tickets[0], "--language", "de")
    topics = [e["topic"] for e in told["events"]]
    assert topics == [*("ticket.received", *(stage.target for stage in LINE))]
    ids = [e["event_id"] for e in told["events"]]
    assert [e["cause_id"] for e in told["events"]] == [None, *ids[:-1]]
    assert told["again"] == {"result": "same", "origin": "local", "differs": []}
    assert all(sentence.endswith(".") for sentence in told["why"])


def test_nothing_personal_is_told_and_text_only_where_the_vault_opens_it(shop: Shop) -> None:
    (received, *_) = shop.events("ticket.received", EVENTS["ticket.received"])
    personal = [received.sender.name, received.sender.address, received.subject]
    told = shop.tell("explain", received.ticket_id)
    told += shop.tell("explain", received.ticket_id, "--json")
    assert not [value for value in personal if value and value in told]
    opened = shop.tell("explain", received.ticket_id, "--text")
    assert "what the customer wrote, masked:" in opened
    assert received.sender.address not in opened


def test_a_policy_that_is_nowhere_is_said_to_be_missing(shop: Shop) -> None:
    assert shop.told("explain", shop.lost)["again"]["result"] == "no_policy"
    assert "neither published nor on this machine" in shop.tell("explain", shop.lost)


def test_a_published_policy_is_found_by_its_hash(shop: Shop) -> None:
    document = shop.settings.home / "lost.toml"
    document.write_text('version = "2"')
    shop.tell("policy", "publish", str(document), "--note", "found again")
    told = shop.told("explain", shop.lost)
    assert told["again"] == {"result": "same", "origin": "published", "differs": []}


def test_the_same_model_classifies_again_as_it_did(shop: Shop) -> None:
    before, vault = shop.live(), shop.vault()
    told = shop.told("replay", "classify", "--producer", "trial-1", "--emit")
    assert (told["compared"], told["moved"], told["dead"]) == (2, 0, {})
    assert told["number_before"] == pytest.approx(told["number_after"])
    assert told["topic"] == "ticket.classified.replay.trial-1"
    then = {e.event_id: e for e in shop.events("ticket.classified", TicketClassified)}
    made = shop.events(told["topic"], TicketClassified)
    assert {e.producer.name for e in made} == {"classify.replay"}
    assert all(e.producer.version.endswith("+trial-1") for e in made)
    assert not {e.event_id for e in made} & set(then)
    assert {e.cause_id for e in made} == {e.cause_id for e in then.values()}
    assert (shop.live(), shop.vault()) == (before, vault)


def test_a_draft_that_is_made_again_is_never_sent(shop: Shop) -> None:
    told = shop.told("replay", "draft", "--producer", "trial-1", "--emit")
    assert (told["moved"], told["sources_moved"]) == (0, 0)
    assert told["compared"] + told["first_answers"] == 3  # one ticket was decided twice
    made = shop.events(told["topic"], DraftCreated)
    assert {e.send for e in made} == {Send("never", ("replay",))}


def test_masking_again_admits_nobody_and_seals_with_the_persons_own_keys(shop: Shop) -> None:
    before, vault = shop.live(), shop.vault()
    told = shop.told("replay", "mask", "--producer", "trial-1", "--emit")
    assert (told["compared"], told["moved"]) == (2, 0)
    assert (shop.live(), shop.vault()) == (before, vault)
    made = shop.events(told["topic"], TicketMasked)
    opener = equip.open_vault(shop.settings, identity=False)
    for event in made:
        assert isinstance(event.text, Sealed)
        assert opener.open(event, frozenset({"text"})).text.text


def test_the_latest_alone_may_be_asked_for(shop: Shop) -> None:
    told = shop.told("replay", "draft", "--producer", "trial-3", "--limit", "1")
    assert told["compared"] + told["first_answers"] == 1
    nobody = shop.told("replay", "draft", "--producer", "trial-3", "--shop", "of-nobody")
    assert (nobody["compared"], nobody["first_answers"], nobody["dead"]) == (0, 0, {})


def test_a_ticket_that_mask_never_took_in_is_counted_and_not_admitted_by_a_trial(
    shop: Shop,
) -> None:
    brokers, key = shop.settings.brokers, load_key(shop.settings.key_folder, "intake")
    late = [MAILBOX / "invoice-copy.en.eml"]
    intake_door.publish_paths(late, shop.settings, brokers, CODEC, key)
    vault = shop.vault()
    told = shop.told("replay", "mask", "--producer", "trial-4")
    assert (told["compared"], told["dead"]) == (2, {"not_admitted": 1})
    assert all(found["before"] == found["after"] for found in told["found"])
    assert shop.vault() == vault


def test_who_is_unknown_or_forgotten_is_said_to_be(shop: Shop) -> None:
    with pytest.raises(TicketError, match="no topic has a ticket nobody"):
        shop.tell("explain", "nobody")
    (masked, *_) = (
        e for e in shop.events("ticket.masked", TicketMasked) if e.ticket_id == shop.tickets[0]
    )
    equip.open_vault(shop.settings, identity=True).forget(masked.person)
    with pytest.raises(TicketError, match="is erased: its person was forgotten"):
        shop.tell("explain", shop.tickets[0])
    told = shop.told("replay", "mask", "--producer", "trial-2")
    assert told["dead"] == {"erased": 1, "not_admitted": 1}
    told = shop.told("replay", "draft", "--producer", "trial-2")
    assert told["dead"] == {"erased": 1}
