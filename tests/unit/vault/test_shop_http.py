"""A shop over HTTP, on a real server that answers, dawdles, breaks, lies or is not there."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from tests.unit.vault.conftest import Open

from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.masked import Facts
from ticketstream.schemas.received import Customer
from ticketstream.vault.breaker import FAILURES, PAUSE, Breaker
from ticketstream.vault.ports import Admission, Arrival, Identifiers, Question
from ticketstream.vault.shop_http import LARGEST, TOGETHER, HttpShop, body, checked, parsed
from ticketstream.vault.told import facts_of

NOW = datetime(2026, 11, 23, tzinfo=UTC)
LENA = Identifiers("lena@mail.example", order_numbers=("KB-1",))
ANSWER: dict[str, Any] = {
    "customers": [{"customer_id": "C-1", "addresses": ["Lena@mail.example"], "value": 840}],
    "orders": [
        {
            "number": "KB-1", "customer_id": "C-1", "amount": 64.9, "currency": "EUR",
            "placed_at": "2026-11-20T12:00:00+01:00",
            "payment": {"state": "open", "method": "invoice", "due": 64.9},
        }
    ],
    "told_beside": "what a later version of the shop adds",
}  # fmt: skip
Script = Callable[[Any, Any], None]  # the request's handler, its body


@dataclass
class Place:
    """A server and what it was asked; `script` answers a request."""

    script: Script = lambda *_: None
    asked: list[tuple[dict[str, str], dict[str, Any]]] = field(default_factory=list)
    most_at_once: int = 0
    url: str = ""


@pytest.fixture
def place() -> Iterator[Place]:
    held, lock, now = Place(), threading.Lock(), [0]

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.loads(self.rfile.read(length))
            with lock:
                held.asked.append((dict(self.headers), body))
                now[0] += 1
                held.most_at_once = max(held.most_at_once, now[0])
            try:
                held.script(self, body)
            except OSError:
                pass  # the one who asked did not wait
            finally:
                with lock:
                    now[0] -= 1

        def log_message(self, *_: object) -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        request_queue_size = 64

        def handle_error(self, *_: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Handler)
    held.url = f"http://127.0.0.1:{server.server_port}/facts"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def shop(place: Place) -> Iterator[HttpShop]:
    made = HttpShop(place.url, "s3cret", seconds=0.6)
    yield made
    made.close()


def says(body: Any, status: int = 200, **headers: str) -> Script:
    data = body if isinstance(body, bytes) else json.dumps(body).encode()

    def script(handler: Any, _: Any) -> None:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return script


def sleeps(seconds: float) -> Script:
    def script(handler: Any, body: Any) -> None:
        time.sleep(seconds)
        says(ANSWER)(handler, body)

    return script


def trickles(handler: Any, _: Any) -> None:
    """A byte now and then: nothing that waits for the next byte only would ever give up."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(40):
        handler.wfile.write(b" ")
        handler.wfile.flush()
        time.sleep(0.1)


def hangs_up(handler: Any, _: Any) -> None:
    handler.connection.shutdown(socket.SHUT_RDWR)


def ask(shop: HttpShop, who: Identifiers = LENA) -> Facts:
    (facts,) = shop.facts([Question("kestrel", who, NOW)])
    return facts


def reasons(facts: Facts) -> set[str]:
    return {u.partition(": ")[2] for u in facts.unknown}


def test_the_answer_becomes_facts(place: Place, shop: HttpShop) -> None:
    place.script = says(ANSWER)
    assert ask(shop) == Facts(
        customer_value=840.0, order_amount=64.9, currency="EUR", order_age_days=2,
        payment="open", payment_method="invoice", payment_due=64.9,
    )  # fmt: skip


def test_the_question_is_a_body_with_a_bearer_token_and_no_address_is_in_the_url(
    place: Place, shop: HttpShop
) -> None:
    place.script = says(ANSWER)
    ask(shop, Identifiers(" lena@mail.example", "C-1", ("KB-1",), claimed_customer_id="C-9"))
    ((headers, body),) = place.asked
    assert headers["Authorization"] == "Bearer s3cret"
    assert body == {
        "shop": "kestrel", "at": "2026-11-23T00:00:00+00:00", "address": "lena@mail.example",
        "customer_id": "C-1", "claimed_customer_id": "C-9", "orders": ["KB-1"],
    }  # fmt: skip


def test_what_is_somebody_elses_does_not_count_even_when_the_shop_tells_it(
    place: Place, shop: HttpShop
) -> None:
    place.script = says(ANSWER)
    facts = ask(shop, Identifiers("otto@mail.example", "", ("KB-1",), claimed_customer_id="C-1"))
    assert (facts.customer_value, facts.order_amount, facts.payment) == (None, None, "")
    assert reasons(facts) == {"not the sender's"}


@pytest.mark.parametrize(
    ("script", "reason", "requests"),
    [
        (sleeps(3), "timeout", 1),
        (trickles, "timeout", 1),
        (says(ANSWER, 500), "status 500", 1),
        (says(ANSWER, 503), "status 503", 2),
        (says(ANSWER, 401), "status 401", 1),
        (says(b"", 302, Location="http://127.0.0.1:1/"), "status 302", 1),
        (hangs_up, "no connection", 2),
        (says(b"<html>Sorry</html>"), "no valid answer", 1),
        (says(b""), "no valid answer", 1),
        (says({}), "no valid answer", 1),
        (says({**ANSWER, "customers": [{"customer_id": "C-1", "value": "much"}]}),
         "no valid answer", 1),
        (says({**ANSWER, "customers": {"C-1": 840}}), "no valid answer", 1),
        (says(json.dumps(ANSWER).replace("840", "NaN").encode()), "no valid answer", 1),
        (says(json.dumps(ANSWER).replace("+01:00", "").encode()), "no valid answer", 1),
        (says(json.dumps(ANSWER).replace("invoice", "4111 1111").encode()), "no valid answer", 1),
        (says(json.dumps(ANSWER).replace('"EUR"', '"Lena"').encode()), "no valid answer", 1),
        (says(b" " * (LARGEST + 1)), "answer too large", 1),
    ],
)  # fmt: skip
def test_whatever_goes_wrong_is_a_reason_and_never_a_number(
    place: Place, shop: HttpShop, script: Script, reason: str, requests: int
) -> None:
    place.script = script
    began = time.monotonic()
    facts = ask(shop)
    assert time.monotonic() - began < 2
    assert facts == Facts(unknown=facts.unknown)
    assert reasons(facts) == {reason}
    assert len(facts.unknown) == 4
    assert len(place.asked) == requests


def test_what_upstream_said_is_known_even_when_the_shop_is_not_there() -> None:
    with socket.socket() as taken:  # bound, not listening: nobody else gets the port
        taken.bind(("127.0.0.1", 0))
        shop = HttpShop(f"http://127.0.0.1:{taken.getsockname()[1]}/", "", seconds=1)
        facts = ask(shop, Identifiers("lena@mail.example", customer=Customer(12.0)))
        shop.close()
    assert facts.customer_value == 12.0
    assert reasons(facts) == {"no connection"}


def test_what_passes_is_asked_again_once(place: Place, shop: HttpShop) -> None:
    scripts = iter([says(b"", 503), says(ANSWER)])

    def script(handler: Any, body: Any) -> None:
        next(scripts)(handler, body)

    place.script = script
    assert ask(shop).customer_value == 840.0
    assert len(place.asked) == 2


def test_a_batch_is_asked_together_and_answered_in_order(place: Place) -> None:
    def echo(handler: Any, body: Any) -> None:
        time.sleep(0.2)
        number = body["customer_id"]
        customer = {"customer_id": number, "value": float(number)}
        says({"customers": [customer], "orders": []})(handler, body)

    place.script = echo
    shop = HttpShop(place.url, "", seconds=5)
    questions = [Question("k", Identifiers(customer_id=str(n)), NOW) for n in range(48)]
    began = time.monotonic()
    answers = shop.facts(questions)
    took = time.monotonic() - began
    shop.close()
    assert [a.customer_value for a in answers] == [float(n) for n in range(48)]
    assert took < 48 * 0.2 / 3
    assert 4 < place.most_at_once <= TOGETHER


def test_a_dead_shop_stalls_one_batch_for_one_timeout_and_the_next_not_at_all(
    place: Place,
) -> None:
    place.script = sleeps(5)
    shop = HttpShop(place.url, "", seconds=0.5)
    batch = [Question("k", LENA, NOW)] * 64
    began = time.monotonic()
    first = shop.facts(batch)
    middle = time.monotonic()
    second = shop.facts(batch)
    after = time.monotonic()
    shop.close()
    assert middle - began < 2
    assert after - middle < 0.3
    assert {r for f in first for r in reasons(f)} == {"timeout", "shop is away"}
    assert {r for f in second for r in reasons(f)} == {"shop is away"}
    assert FAILURES <= len(place.asked) <= TOGETHER + FAILURES


def test_after_a_pause_one_question_tries_for_all_and_an_answer_brings_the_shop_back(
    place: Place,
) -> None:
    now = [0.0]
    shop = HttpShop(place.url, "", 1, Breaker(lambda: now[0]))
    place.script = says(b"", 500)
    shop.facts([Question("k", LENA, NOW)] * 20)
    asked = len(place.asked)
    now[0] += PAUSE
    shop.facts([Question("k", LENA, NOW)] * 20)
    assert len(place.asked) == asked + 1
    place.script = says(ANSWER)
    now[0] += PAUSE
    assert ask(shop).customer_value == 840.0
    found = shop.facts([Question("k", LENA, NOW)] * 20)
    assert {f.customer_value for f in found} == {840.0}
    shop.close()


def test_a_redelivered_ticket_keeps_its_facts_when_the_shop_answers_otherwise_or_not_at_all(
    place: Place, shop: HttpShop, opened: Open
) -> None:
    def facts(ticket: str) -> Facts:
        vault = opened(shop)
        (answer,) = vault.admit([Arrival(ticket, "kestrel", NOW, ticket, LENA)])
        assert isinstance(answer, Admission)
        return answer.facts

    place.script = says(ANSWER)
    known = facts("t1")
    assert known.customer_value == 840.0
    place.script = says({"customers": [], "orders": []})
    assert facts("t1") == known
    place.script = says(b"", 500)
    unknown = facts("t2")
    assert reasons(unknown) == {"status 500"}
    place.script = says(ANSWER)
    assert facts("t2") == unknown
    assert len(place.asked) == 2


def test_the_page_for_shops_shows_the_question_that_is_asked_and_an_answer_that_is_taken() -> None:
    page = (Path(__file__).parents[3] / "docs" / "integrate.md").read_text("utf-8")
    asked, answered = re.findall(r"```json\n(.*?)```", page, re.DOTALL)
    ada = Identifiers("ada@mail.example", "", ("KB-4821973",), claimed_customer_id="C-104233")
    question = Question("kestrel", ada, datetime(2026, 11, 23, 9, 30, 15, tzinfo=UTC))
    assert body(question) == json.loads(asked)
    facts = facts_of(question, parsed(answered.encode()))
    assert (facts.customer_value, facts.payment_due, facts.unknown) == (412.6, 64.9, ())


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("shop.example/facts", "write https://HOST/PATH"),
        ("ftp://shop.example", "write https://HOST/PATH"),
        ("https://", "write https://HOST/PATH"),
        ("https://shop.example:port/", "write https://HOST/PATH"),
        ("https://me:secret@shop.example/", "TICKETSTREAM_SHOP_TOKEN"),
        ("http://shop.example/facts", "readably over a network"),
    ],
)
def test_a_url_that_cannot_be_or_should_not_be_used_stops_the_start(url: str, says: str) -> None:
    with pytest.raises(SettingError, match=says) as caught:
        checked(url)
    assert "TICKETSTREAM_SHOP_URL" in str(caught.value)
    assert "secret" not in str(caught.value)
