"""Asking an endpoint: what is sent, what is taken for an answer, and what may go wrong."""

import json
import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Barrier
from typing import Any

import httpx2
import pytest
from benchmarks.fake_endpoint import USAGE, Answer, Asked, serving

from ticketstream.doors.language_model.budget import Spending
from ticketstream.doors.language_model.client import EndpointModel
from ticketstream.doors.language_model.document import Document
from ticketstream.processors.language_model import Prompt, Reply

GOOD = '{"a": "x"}'
PROMPT = Prompt(({"role": "user", "content": "which?"},), {"type": "object"})
PRICES = {"eur_per_million_tokens_in": 1.0, "eur_per_million_tokens_out": 10.0}
COST = (USAGE["prompt_tokens"] + 10 * USAGE["completion_tokens"]) / 1e6
Make = Callable[..., EndpointModel]


def accepts(text: str) -> str:
    return "" if text == GOOD else "invalid"


def completion(text: str | None = GOOD, finish: str = "stop", **message: Any) -> httpx2.Response:
    said = {"role": "assistant", "content": text, **message}
    choice = {"index": 0, "message": said, "finish_reason": finish}
    body = {"id": "1", "object": "chat.completion", "created": 0, "model": "m", "usage": USAGE}
    return httpx2.Response(200, json=body | {"choices": [choice]})


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[EndpointModel] = []

    def build(url: str = "http://127.0.0.1:9/v1", transport: Any = None, **parts: Any) -> Any:
        endpoint = {"base_url": url, "model": "m", **PRICES}
        budget = {"share": 1.0, "seconds": 5.0, "request_seconds": 2.0}
        document = Document.model_validate(
            {
                "endpoint": endpoint,
                "budget": budget | parts.get("budget", {}),
                "breaker": parts.get("breaker", {}),
            }
        )
        spending = Spending(tmp_path / "spent", document.budget.eur_a_day)
        made.append(EndpointModel(document, "the key", spending, transport=transport))
        return made[-1]

    yield build
    for model in made:
        model.close()


def answering(make: Make, *responses: Any, **parts: Any) -> tuple[EndpointModel, list[Any]]:
    """A model whose endpoint gives these responses in turn, and the requests that it got."""
    got: list[Any] = []
    rest = iter(responses)

    def handle(request: httpx2.Request) -> httpx2.Response:
        got.append(request)
        response = next(rest)
        if isinstance(response, Exception):
            raise response
        return response  # type: ignore[no-any-return]

    return make(transport=httpx2.MockTransport(handle), **parts), got


def one(model: EndpointModel) -> Reply:
    (reply,) = model.ask([PROMPT], accepts, 1)
    return reply


def test_an_answer_comes_with_tokens_cost_and_latency(make: Make) -> None:
    model, got = answering(make, completion())
    reply = one(model)
    assert (reply.status, reply.text, reply.attempts) == ("answered", GOOD, 1)
    assert (reply.tokens_in, reply.tokens_out, reply.cost) == (900, 20, pytest.approx(COST))
    assert reply.latency_ms > 0
    assert model.spending.spent() == pytest.approx(COST)
    assert len(got) == 1


def test_a_request_asks_for_the_schema_and_carries_the_parameters(make: Make) -> None:
    model, got = answering(make, completion())
    one(model)
    sent = json.loads(got[0].content)
    assert sent["response_format"]["json_schema"] == {
        "name": "answer",
        "strict": True,
        "schema": {"type": "object"},
    }
    assert sent["messages"] == [{"role": "user", "content": "which?"}]
    assert (sent["temperature"], sent["max_tokens"]) == (0, 64)
    assert got[0].headers["authorization"] == "Bearer the key"


def test_nothing_of_the_environment_goes_along(make: Make, monkeypatch: Any) -> None:
    monkeypatch.setenv("OPENAI_ORG_ID", "org-of-somebody")
    monkeypatch.setenv("OPENAI_PROJECT_ID", "a-project")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://elsewhere.example/v1")
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    with serving(lambda _: Answer(GOOD)) as fake:
        reply = one(make(fake.url))
    assert reply.status == "answered"
    assert "openai-organization" not in fake.headers[0]
    assert "openai-project" not in fake.headers[0]


@pytest.mark.parametrize(
    ("first", "reason"),
    [
        (completion('{"a": "y"}'), "invalid"),
        (completion('{"a": ', "length"), "cut_off"),
        (completion(None), "invalid"),
        (httpx2.Response(500), "server_error"),
        (httpx2.Response(429), "rate_limited"),
        (httpx2.ConnectError("refused"), "unreachable"),
        (httpx2.ReadTimeout("slow"), "timeout"),
        (httpx2.Response(200, text="<html>hello</html>"), "malformed"),
        (httpx2.Response(200, json={"choices": []}), "malformed"),
        (httpx2.Response(200, json={"choices": None}), "malformed"),
    ],
)
def test_what_fails_once_is_tried_once_more_and_then_told(
    make: Make, first: Any, reason: str
) -> None:
    model, got = answering(make, first, completion())
    assert one(model).status == "answered"
    assert len(got) == 2
    model, got = answering(make, first, first, completion())
    reply = one(model)
    assert (reply.status, reply.reason, reply.text, reply.attempts) == ("failed", reason, "", 2)
    assert len(got) == 2


@pytest.mark.parametrize(
    ("response", "reason"),
    [
        (httpx2.Response(401), "unauthorised"),
        (httpx2.Response(400), "rejected"),
        (httpx2.Response(307, headers={"location": "https://elsewhere.example"}), "rejected"),
        (completion("", "content_filter"), "filtered"),
        (completion("no", refusal="I will not"), "refused"),
    ],
)
def test_what_would_fail_again_is_not_tried_again(make: Make, response: Any, reason: str) -> None:
    model, got = answering(make, response)
    reply = one(model)
    assert (reply.status, reply.reason, len(got)) == ("failed", reason, 1)


def test_a_redirect_is_not_followed_for_text_must_go_nowhere_else(make: Make) -> None:
    with serving(lambda _: Answer(GOOD)) as other:
        to = Answer(status=307, headers={"Location": f"{other.url}/chat/completions"})
        with serving(lambda _: to) as fake:
            assert one(make(fake.url)).status == "failed"
        assert other.asked == []


def test_two_attempts_cost_twice(make: Make) -> None:
    model, _ = answering(make, completion("no"), completion())
    reply = one(model)
    assert reply.cost == pytest.approx(2 * COST)
    assert model.spending.spent() == pytest.approx(2 * COST)


def test_what_was_never_answered_costs_nothing_and_a_timeout_what_it_may_have_cost(
    make: Make,
) -> None:
    model, _ = answering(make, httpx2.ConnectError("x"), httpx2.Response(500))
    assert one(model).cost == 0.0
    model, _ = answering(make, httpx2.ReadTimeout("x"), httpx2.ReadTimeout("x"))
    assert one(model).cost > 0.0


def test_a_day_that_is_spent_asks_nobody(make: Make) -> None:
    model, got = answering(make, *[completion()] * 9, budget={"eur_a_day": 2.5 * COST})
    replies = [one(model) for _ in range(4)]
    assert [r.status for r in replies] == ["answered", "answered", "over_budget", "over_budget"]
    assert (replies[-1].reason, replies[-1].attempts, len(got)) == ("cost", 0, 2)


def test_a_share_that_is_spent_asks_nobody_and_the_first_prompts_come_first(make: Make) -> None:
    model, got = answering(make, *[completion()] * 9, budget={"share": 0.1})
    replies = model.ask([PROMPT] * 4, accepts, 20)
    assert [r.status for r in replies] == ["answered"] * 3 + ["over_budget"]
    assert replies[-1].reason == "share"
    assert len(got) == 3


def test_the_questions_of_a_slice_are_asked_side_by_side(make: Make) -> None:
    together = Barrier(8, timeout=10.0)

    def says(_: Asked) -> Answer:
        together.wait()  # breaks unless eight are being asked at once
        return Answer(GOOD)

    with serving(says) as fake:
        model = make(fake.url, budget={"concurrency": 8, "request_seconds": 5.0})
        replies = model.ask([PROMPT] * 8, accepts, 8)
    assert all(r.status == "answered" for r in replies)


def test_no_slice_waits_longer_than_its_budget_however_slow_the_endpoint_is(make: Make) -> None:
    with serving(lambda _: Answer(GOOD, seconds=3.0)) as fake:
        budget = {"seconds": 0.5, "request_seconds": 2.0, "concurrency": 2}
        model = make(fake.url, budget=budget, breaker={"failures": 100})
        began = time.monotonic()
        replies = model.ask([PROMPT] * 6, accepts, 6)
        took = time.monotonic() - began
    assert took < 1.5
    assert [(r.status, r.reason) for r in replies[:2]] == [("failed", "timeout")] * 2
    assert {(r.status, r.reason) for r in replies[2:]} == {("over_budget", "latency")}


def test_an_endpoint_that_drips_is_cut_off_by_the_whole_time(make: Make) -> None:
    """A timeout of each read alone would wait for ever."""

    async def drip() -> Any:
        import asyncio

        for _ in range(100):
            yield b" "
            await asyncio.sleep(0.1)

    async def handle(_: httpx2.Request) -> httpx2.Response:
        return httpx2.Response(200, headers={"content-type": "application/json"}, content=drip())

    budget = {"seconds": 1.0, "request_seconds": 0.4}
    model = make(transport=httpx2.MockTransport(handle), budget=budget)
    began = time.monotonic()
    reply = one(model)
    assert (reply.status, reply.reason) == ("failed", "timeout")
    assert time.monotonic() - began < 2.0


def test_an_endpoint_that_is_down_is_left_alone_and_found_again(make: Make) -> None:
    down = [True]

    def says(_: Asked) -> Answer:
        return Answer(status=503) if down[0] else Answer(GOOD)

    with serving(says) as fake:
        model = make(fake.url, breaker={"failures": 4, "seconds": 0.5}, budget={"concurrency": 1})
        replies = model.ask([PROMPT] * 10, accepts, 10)
        assert [r.status for r in replies] == ["failed"] * 2 + ["circuit_open"] * 8
        assert len(fake.asked) == 4
        assert one(model) == Reply("circuit_open")
        assert gauge(model) == 1
        down[0] = False
        time.sleep(0.6)
        assert one(model).status == "answered"
        assert gauge(model) == 0


def test_what_a_slice_may_not_ask_does_not_count_as_its_share(make: Make) -> None:
    model, _ = answering(
        make,
        *[httpx2.Response(401)] * 2,
        completion(),
        breaker={"failures": 1, "seconds": 0.2},
        budget={"share": 0.1, "concurrency": 1},
    )
    model.ask([PROMPT] * 2, accepts, 10)  # one fails, the other finds the circuit open
    time.sleep(0.3)
    assert one(model).reason == "unauthorised"


def gauge(model: EndpointModel) -> float:
    return model.counts.registry.get_sample_value("ticketstream_language_model_circuit_open") or 0.0


def test_outcomes_are_counted_by_status_and_reason(make: Make) -> None:
    model, _ = answering(make, completion(), httpx2.Response(401))
    one(model)
    one(model)

    def count(status: str, reason: str) -> float | None:
        name = "ticketstream_language_model_replies_total"
        return model.counts.registry.get_sample_value(name, {"status": status, "reason": reason})

    assert (count("answered", ""), count("failed", "unauthorised")) == (1.0, 1.0)


def test_no_word_of_a_prompt_or_an_answer_is_logged(
    make: Make, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    logging.getLogger().setLevel(logging.DEBUG)
    secret = Prompt(({"role": "user", "content": "Nora Quist of Elm Street"},), {})
    answers = [
        completion("Nora lives here"),
        httpx2.Response(200, text="Nora"),
        httpx2.Response(500),
    ]
    model, _ = answering(make, *answers, *answers, breaker={"failures": 1, "seconds": 0.01})
    for _ in range(3):
        model.ask([secret], accepts, 1)
        time.sleep(0.02)
    written = "".join(capfd.readouterr()) + caplog.text
    assert "circuit_opened" in written
    assert "Nora" not in written


def test_the_version_changes_with_model_address_and_parameters(make: Make) -> None:
    versions = {
        make().version,
        make("http://127.0.0.1:8/v1").version,
        make(budget={"share": 0.5}).version,
    }
    assert len(versions) == 2
