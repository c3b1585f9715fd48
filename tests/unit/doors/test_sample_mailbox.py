import json
import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from pathlib import Path
from typing import Any

import pytest

from ticketstream.doors.intake.attachments import AttachmentStore
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import messages
from ticketstream.doors.intake.read import read
from ticketstream.processors.lexicon import fold, shipped_triggers, triggers
from ticketstream.processors.mask import MaskResources, mask
from ticketstream.processors.masker import Masker
from ticketstream.processors.policy import default_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.processors.ticket_parts import judged_text
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import TicketMasked
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.routed import TicketRouted
from ticketstream.vault.facts import SqliteShop, load_sample_shop
from ticketstream.vault.keys import MasterKeys, new_person_key
from ticketstream.vault.store import Vault, sqlite_engine

KNOWLEDGE = Path(__file__).parents[3] / "knowledge"
MAILBOX, SHOP = KNOWLEDGE / "mailbox", KNOWLEDGE / "shop"
EXPECTED: Mapping[str, Mapping[str, str]] = json.loads((MAILBOX / "expected.json").read_text())
BROKEN = {"broken-binary.eml", "forms.jsonl:7"}

# The domain behind an @, in addresses, Message-IDs and Content-IDs alike.
DOMAIN = re.compile(r"@([\w-]+(?:\.[\w-]+)+)")
LINK = re.compile(r"https?://([^/\s\"<>]+)")

Read = Mapping[str, TicketReceived | Dead]


@pytest.fixture(scope="module")
def mailbox(tmp_path_factory: pytest.TempPathFactory) -> Read:
    """Every message by its place: `angry-refund.en.eml`, `more.mbox#3`, `forms.jsonl:5`."""
    store = AttachmentStore(tmp_path_factory.mktemp("attachments"))
    at = datetime(2026, 11, 23, 9, 30, tzinfo=UTC)
    door = Door("kestrel", b"a key of the tests, 32 bytes long", store, at)
    return {r.place.removeprefix("mailbox/"): read(r, door) for r in messages([MAILBOX])}


@pytest.fixture(scope="module")
def tickets(mailbox: Read) -> Mapping[str, TicketReceived]:
    return {place: t for place, t in mailbox.items() if isinstance(t, TicketReceived)}


@pytest.fixture(scope="module")
def masked(
    tickets: Mapping[str, TicketReceived], tmp_path_factory: pytest.TempPathFactory
) -> Mapping[str, TicketMasked]:
    """The tickets as the real stage and vault give them, with the sample shop's facts."""
    database = tmp_path_factory.mktemp("shop") / "shop.db"
    load_sample_shop(SHOP, database)
    keys = MasterKeys(new_person_key(), new_person_key(), new_person_key())
    engine = sqlite_engine(None)
    vault = Vault(engine, keys, SqliteShop(database))
    answers = mask([*tickets.values()], MaskResources(vault, "test", Masker(b"k" * 64)))
    engine.dispose()
    return {p: m for p, m in zip(tickets, answers, strict=True) if isinstance(m, TicketMasked)}


def decided(ticket: TicketMasked) -> TicketRouted:
    """The default policy's decision about a ticket of which the model says nothing at all."""
    classified = TicketClassified(
        **answering(ticket, Producer("classify", "test")),
        language=ticket.language,
        facts=ticket.facts,
        auto_submitted=ticket.auto_submitted,
        triggers=triggers(fold(judged_text(ticket.text)), shipped_triggers()),
    )
    return route([classified], RouteResources.of(default_policy(), b"key", "test"))[0]


def rows(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (SHOP / name).read_text("utf-8").splitlines()]


def all_texts() -> Iterator[str]:
    """All that stands in the mailbox and the shop's data, encoded parts decoded."""
    yield from (path.read_text("utf-8") for path in SHOP.iterdir())
    for raw in messages([MAILBOX]):
        if raw.kind == "line":
            yield raw.data.decode()
        elif raw.place.removeprefix("mailbox/") not in BROKEN:
            for part in message_from_bytes(raw.data).walk():
                yield "\n".join(map(str, part.values()))
                data = part.get_payload(decode=True)
                yield data.decode("utf-8", "replace") if isinstance(data, bytes) else ""


def test_the_mailbox_gives_at_least_sixty_tickets_and_exactly_two_dead_letters(
    mailbox: Read, tickets: Mapping[str, TicketReceived]
) -> None:
    dead = {place for place, answer in mailbox.items() if isinstance(answer, Dead)}
    assert dead == BROKEN
    assert len(tickets) >= 60


def test_every_ticket_says_something_and_all_channels_are_there(
    tickets: Mapping[str, TicketReceived],
) -> None:
    assert {t.channel for t in tickets.values()} == {"mail", "form", "chat"}
    assert [place for place, t in tickets.items() if not t.text.strip()] == []


def test_no_umlaut_was_lost_on_the_way(tickets: Mapping[str, TicketReceived]) -> None:
    texts = {p: f"{t.subject} {t.sender.name} {t.text} {t.quoted}" for p, t in tickets.items()}
    assert [p for p, text in texts.items() if re.search("\ufffd|Ã.|=\\?|=[0-9A-F]{2}", text)] == []


def test_quotes_of_every_mail_program_and_signatures_are_split_off(
    tickets: Mapping[str, TicketReceived],
) -> None:
    signed = {
        "annoyed-no-answer.en.eml",
        "rechnung-korrigieren.de.eml",
        "safety-lamp-caught-fire.en.eml",
        "transportschaden-schuessel.de.eml",
        "warranty-aurora-flickers.en.eml",
        "where-is-my-parcel.en.eml",
    }
    split = {place for place, t in tickets.items() if t.quoted}
    quoting = split - signed
    assert signed < split
    assert quoting == {
        "angry-refund.en.eml",
        "friendly-chain-2.de.eml",
        "friendly-chain-3.de.eml",
        "more.mbox#4",
        "refund-status.en.eml",
        "rueckerstattung-neue-iban.de.eml",
    }
    assert all("Kestrel & Birch" not in tickets[place].text for place in quoting)


def test_attachments_are_what_they_claim_to_be(tickets: Mapping[str, TicketReceived]) -> None:
    kinds = {a.media_type for t in tickets.values() for a in t.attachments}
    assert {"image/png", "application/pdf", "text/plain"} <= kinds
    assert [p for p, t in tickets.items() if "attachment_type_mismatch" in t.signals] == []


def test_english_and_german_are_about_half_each(masked: Mapping[str, TicketMasked]) -> None:
    spoken = [ticket.language.code for ticket in masked.values()]
    assert spoken.count("fr") == 1
    assert spoken.count("en") + spoken.count("de") == len(spoken) - 1
    assert min(spoken.count("en"), spoken.count("de")) >= 0.4 * len(spoken)


def test_a_file_is_in_the_language_of_its_name(masked: Mapping[str, TicketMasked]) -> None:
    named = {p: p.split(".")[-2] for p in masked if p.endswith(".eml")}
    assert {place: masked[place].language.code for place in named} == named


def test_the_same_mail_twice_is_one_ticket(tickets: Mapping[str, TicketReceived]) -> None:
    twice = [t for place, t in tickets.items() if place.startswith("same-mail-twice")]
    assert len(twice) == 2
    assert len({t.ticket_id for t in twice}) == 1
    assert len({t.ticket_id for t in tickets.values()}) == len(tickets) - 1


def test_every_expectation_names_a_file() -> None:
    assert [name for name in EXPECTED if not (MAILBOX / name).is_file()] == []


@pytest.mark.parametrize("name", EXPECTED)
def test_the_default_policy_does_what_is_expected_without_any_model(
    name: str, masked: Mapping[str, TicketMasked]
) -> None:
    expected, ticket = EXPECTED[name], masked[name]
    assert (decided(ticket).route, ticket.language.code) == (
        expected["route"],
        expected["language"],
    )


def test_an_ordinary_message_is_special_to_no_rule(masked: Mapping[str, TicketMasked]) -> None:
    special = (*EXPECTED, "ou-est-mon-colis.fr.eml", "friendly-chain-3.de.eml")
    routes = {p: decided(t).route for p, t in masked.items() if p not in special}
    assert {p: chosen for p, chosen in routes.items() if chosen != "manual_queue"} == {}


def test_the_friendly_chain_is_one_case_and_its_third_contact_escalates(
    masked: Mapping[str, TicketMasked],
) -> None:
    three = [masked[f"friendly-chain-{n}.de.eml"] for n in (1, 2, 3)]
    assert len({t.case_id for t in three}) == 1
    assert [decided(t).route for t in three] == ["manual_queue", "manual_queue", "escalate_senior"]


def test_most_tickets_find_their_sender_and_their_order(
    masked: Mapping[str, TicketMasked],
) -> None:
    facts = [ticket.facts for ticket in masked.values()]
    assert sum(f.customer_value is not None for f in facts) >= 0.85 * len(facts)
    assert sum(f.order_amount is not None for f in facts) >= 0.6 * len(facts)


def test_a_strangers_order_number_finds_no_order(masked: Mapping[str, TicketMasked]) -> None:
    assert masked["injection-refund.en.eml"].facts.order_amount is None


def test_no_domain_could_belong_to_anybody() -> None:
    found = {d for text in all_texts() for pattern in (DOMAIN, LINK) for d in pattern.findall(text)}
    assert {d for d in found if not d.lower().endswith(".example")} == set()
    assert len(found) > 20


def test_every_order_belongs_to_a_customer_whose_turnover_covers_it() -> None:
    turnover = {c["customer_id"]: c["value"] for c in rows("customers.jsonl")}
    orders = [o for o in rows("orders.jsonl") if o["status"] != "cancelled"]
    for customer in {o["customer_id"] for o in orders}:
        spent = sum(o["amount"] for o in orders if o["customer_id"] == customer)
        assert spent <= turnover[customer], customer


def test_shop_data_is_unique_dated_with_a_zone_and_tracked_when_shipped() -> None:
    orders, customers = rows("orders.jsonl"), rows("customers.jsonl")
    assert len({o["number"] for o in orders}) == len(orders) >= 60
    assert len({c["address"] for c in customers}) == len(customers) >= 45
    assert all(datetime.fromisoformat(o["placed_at"]).tzinfo for o in orders)
    assert all(o["tracking"] for o in orders if o["status"] in {"shipped", "delivered"})
