import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier
from typing import Any

import pytest
from starlette.testclient import TestClient

from ticketstream.doors.intake.counts import DoorCounts
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.http import Gate, create_app
from ticketstream.doors.intake.lines import LONGEST
from ticketstream.doors.intake.notes import Notes
from ticketstream.schemas.codec import encode_record
from ticketstream.schemas.errors import BrokerError
from ticketstream.schemas.received import TicketReceived

FORM = {
    "channel": "form",
    "subject": "Lampe flackert",
    "text": "Sie flackert seit gestern.",
    "sender": {"name": "Jana Brandt", "address": "jana@brandt.example"},
}
CHAT = {
    "channel": "chat",
    "transcript": [
        {"role": "customer", "author": "Jana", "text": "Wo ist mein Paket?"},
        {"role": "bot", "text": "Ich verbinde Sie."},
    ],
}


class Shop:
    """An endpoint whose broker is a list; `away` holds what the broker says instead."""

    def __init__(self, door: Door, folder: Path, token: str = "") -> None:
        self.door = door
        self.published: list[TicketReceived] = []
        self.away: list[Exception] = []
        self.counts = DoorCounts("http")
        self.notes = Notes(folder / "home" / "intake.db")
        gate = Gate(lambda: self.door, self.notes, self.publish, self.counts, token)
        self.client = TestClient(create_app(gate), base_url="http://localhost")

    def publish(self, ticket: TicketReceived) -> None:
        if self.away:
            raise self.away.pop()
        self.published.append(ticket)
        self.door = replace(self.door, received_at=self.door.received_at + timedelta(minutes=1))

    def post(self, body: Any = FORM, key: str | None = "k1", **headers: str) -> tuple[int, Any]:
        sent = {"Content-Type": "application/json"} | headers
        if key is not None:
            sent["Idempotency-Key"] = key
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.client.post("/tickets", content=data, headers=sent)
        return answer.status_code, answer.json()


@pytest.fixture
def shop(door: Door, tmp_path: Path) -> Shop:
    return Shop(door, tmp_path)


def test_a_form_is_taken_with_the_ticket_id_of_what_was_published(shop: Shop) -> None:
    status, told = shop.post()
    (ticket,) = shop.published
    assert (status, told) == (202, {"ticket_id": ticket.ticket_id})
    assert (ticket.channel, ticket.subject, ticket.text) == ("form", FORM["subject"], FORM["text"])
    assert ticket.sender.address == "jana@brandt.example"
    assert ticket.occurred_at < shop.door.received_at


def test_a_chat_is_taken_with_its_transcript(shop: Shop) -> None:
    assert shop.post(CHAT)[0] == 202
    (ticket,) = shop.published
    assert ticket.channel == "chat"
    assert ticket.text == "Wo ist mein Paket?"
    assert [turn.role for turn in ticket.transcript] == ["customer", "bot"]


def test_a_body_that_names_no_channel_is_a_form(shop: Shop) -> None:
    assert shop.post({"text": "Hallo"})[0] == 202
    assert shop.published[0].channel == "form"


def test_the_same_key_and_body_again_is_one_event(shop: Shop) -> None:
    first = shop.post()
    other_order = dict(reversed(FORM.items()))
    assert shop.post(other_order) == first == shop.post()
    assert len(shop.published) == 1


def test_the_same_key_with_another_body_is_a_conflict(shop: Shop) -> None:
    shop.post()
    status, told = shop.post(FORM | {"text": "Etwas anderes"})
    assert status == 409
    assert "Idempotency-Key" in told["error"]
    assert len(shop.published) == 1


@pytest.mark.parametrize("bodies", [1, 8])
def test_of_requests_that_race_under_one_key_the_first_body_is_taken_once(
    shop: Shop, bodies: int
) -> None:
    start = Barrier(8)

    def post(number: int) -> tuple[int, Any]:
        start.wait(10)
        return shop.post(FORM | {"text": f"Nummer {number % bodies}"})

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(post, range(8)))
    (ticket,) = shop.published
    taken = [told for status, told in answers if status == 202]
    assert taken == [{"ticket_id": ticket.ticket_id}] * (8 // bodies)
    assert [status for status, _ in answers if status != 202] == [409] * (8 - 8 // bodies)


def test_a_number_of_a_form_stands_for_one_body_whatever_the_key(shop: Shop) -> None:
    named = FORM | {"submission_id": "F-1"}
    first = shop.post(named, key="k1")
    assert shop.post(named, key="k2") == first
    status, told = shop.post(named | {"text": "Etwas anderes"}, key="k3")
    assert (status, "submission_id" in told["error"]) == (409, True)
    assert len(shop.published) == 1


def test_another_key_is_another_ticket_unless_the_form_names_itself(shop: Shop) -> None:
    one, two = shop.post(key="k1"), shop.post(key="k2")
    assert one != two
    named = FORM | {"submission_id": "F-1"}
    assert shop.post(named, key="k3") == shop.post(named, key="k4")


def test_what_the_broker_did_not_take_is_sent_again_with_the_same_bytes(shop: Shop) -> None:
    shop.away.append(BrokerError("no answer"))
    status, told = shop.post()
    assert (status, shop.published) == (503, [])
    assert "again" in told["error"]
    shop.door = replace(shop.door, received_at=shop.door.received_at + timedelta(hours=1))
    before = shop.door.received_at
    assert shop.post()[0] == 202
    (ticket,) = shop.published
    assert ticket.occurred_at == before - timedelta(hours=1)


def test_a_door_that_was_started_again_remembers_its_keys(
    shop: Shop, door: Door, tmp_path: Path
) -> None:
    first = shop.post()
    again = Shop(door, tmp_path)
    assert again.post() == first
    assert again.post(FORM | {"text": "x"})[0] == 409
    assert again.published == []


def test_a_key_is_free_again_after_a_week_for_another_ticket(shop: Shop) -> None:
    shop.post()
    shop.door = replace(shop.door, received_at=shop.door.received_at + timedelta(days=8))
    assert shop.post(FORM | {"text": "x"})[0] == 202
    assert len({ticket.ticket_id for ticket in shop.published}) == 2


def test_a_retry_makes_the_same_event_on_a_door_that_forgot(
    shop: Shop, door: Door, tmp_path: Path
) -> None:
    other = Shop(door, tmp_path / "other")
    shop.post()
    other.post()
    assert encode_record(shop.published[0]) == encode_record(other.published[0])


@pytest.mark.parametrize("key", [None, "", "x" * 256, "a\tb"])
def test_without_a_proper_key_nothing_is_taken(shop: Shop, key: str | None) -> None:
    status, told = shop.post(key=key)
    assert status == 400
    assert "Idempotency-Key" in told["error"]
    assert shop.published == []


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "JSON"),
        (b"{", "JSON"),
        (b"[1]", "object"),
        (b'"Jana Brandt"', "object"),
        ({"channel": "Jana Brandt", "text": "x"}, "channel must be one of form, chat"),
        ({"channel": "mail", "text": "x"}, "channel must be one of form, chat"),
        ({"text": {"a": "Jana Brandt"}}, "text must be a string"),
        ({"subject": " ", "text": ""}, "says nothing"),
        ({"jana@brandt.example": 1}, "unknown key"),
        ({"id": "Jana Brandt", "text": "x"}, "unknown key 'id'"),
        ({"text": "x", "received_at": "Jana Brandt"}, "received_at must be a time"),
        ({"text": "x", "sender": "Jana Brandt"}, "sender: must be a JSON object"),
        ({"text": "x", "sender": {"address": ["Jana Brandt"]}}, "address must be a string"),
        ({"channel": "chat", "transcript": [{"role": "Jana Brandt"}]}, "role must be one of"),
    ],
)
def test_bad_input_is_told_by_place_and_never_by_value(shop: Shop, body: Any, says: str) -> None:
    status, told = shop.post(body)
    assert status == 400
    assert says in told["error"]
    assert "jana" not in told["error"].lower()
    assert shop.published == []
    assert shop.post()[0] == 202, "a key is free until something was taken under it"


def test_what_is_too_large_is_refused_whether_or_not_its_length_is_told(shop: Shop) -> None:
    large = json.dumps({"text": "x" * LONGEST}).encode()
    assert shop.post(large)[0] == 413

    def chunks() -> Iterator[bytes]:
        yield from (large[n : n + 9999] for n in range(0, len(large), 9999))

    headers = {"Content-Type": "application/json", "Idempotency-Key": "k"}
    answer = shop.client.post("/tickets", content=chunks(), headers=headers)
    assert answer.status_code == 413
    assert shop.published == []


def test_the_largest_body_fits_a_kafka_message(shop: Shop) -> None:
    turns = [{"text": "ä" * 2_000}] * 120
    body = json.dumps({"channel": "chat", "transcript": turns}, ensure_ascii=False).encode()
    assert 400_000 < len(body) < LONGEST
    assert shop.post(body)[0] == 202
    assert len(encode_record(shop.published[0])) < 2_000_000


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
def test_only_json_is_taken_so_that_no_foreign_page_can_post(shop: Shop, kind: str) -> None:
    assert shop.post(**{"Content-Type": kind})[0] == 415


def test_a_host_that_was_not_named_is_refused(shop: Shop) -> None:
    answer = shop.client.post("http://evil.example/tickets", json=FORM)
    assert answer.status_code == 400
    assert shop.published == []


def test_a_door_with_a_token_asks_for_it(door: Door, tmp_path: Path) -> None:
    shop = Shop(door, tmp_path, token="s3cret")
    assert shop.post()[0] == 401
    assert shop.post(Authorization="Bearer wrong")[0] == 401
    assert shop.post(Authorization="Bearer s3cret")[0] == 202


def test_other_paths_and_methods_are_refused(shop: Shop) -> None:
    assert shop.client.get("/tickets").status_code == 405
    assert shop.client.post("/").status_code == 404


def test_the_memory_of_the_door_holds_no_key_and_no_text(shop: Shop, tmp_path: Path) -> None:
    shop.post(key="jana@brandt.example")
    kept = b"".join(f.read_bytes() for f in (tmp_path / "home").iterdir())
    assert shop.published[0].ticket_id.encode() in kept
    assert b"jana" not in kept.lower()
    assert b"flackert" not in kept


def test_what_was_taken_and_refused_is_counted(shop: Shop) -> None:
    shop.post()
    shop.post()  # the same again is no second ticket
    shop.post(b"{", key="k2")
    value = shop.counts.registry.get_sample_value
    assert value("ticketstream_intake_tickets_total", {"door": "http"}) == 1
    assert value("ticketstream_intake_refused_total", {"door": "http", "status": "400"}) == 1
