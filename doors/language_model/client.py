"""Prompts -> replies of an OpenAI-compatible endpoint, bounded in time, money and failures."""

import asyncio
import logging
import threading
import time
from collections.abc import Coroutine, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, TypeVar

import httpx2
import openai
import orjson
import structlog

from ticketstream.doors.language_model.breaker import Breaker
from ticketstream.doors.language_model.budget import Share, Spending
from ticketstream.doors.language_model.counts import AskingCounts
from ticketstream.doors.language_model.document import Document
from ticketstream.processors.language_model import Accepts, Prompt, Reply

ATTEMPTS = 2
PAUSE = 0.2  # seconds before the second attempt
TOKEN = 2.0  # characters: fewer than any tokenizer needs, so that a reservation is never too small
MOST_OUT = 256  # tokens, where the parameters name no limit
UNFINISHED = {"length": "cut_off", "content_filter": "filtered"}
DOWN = frozenset(
    {
        "timeout",
        "unreachable",
        "rate_limited",
        "server_error",
        "unauthorised",
        "rejected",
        "malformed",
    }
)
FINAL = frozenset({"unauthorised", "rejected", "filtered", "refused"})  # it would fail again
UNPAID = DOWN - {"timeout", "malformed"}
T = TypeVar("T")

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Said:
    """One completion: its text or what is wrong with it, and the tokens that it took."""

    text: str = ""
    wrong: str = ""
    tokens_in: int = 0
    tokens_out: int = 0


class EndpointModel:
    """The language model of a document; one event loop on a thread of its own does the waiting."""

    def __init__(
        self,
        document: Document,
        key: str,
        spending: Spending,
        *,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        budget = document.budget
        self.document = document
        self.counts = AskingCounts()
        self.breaker = Breaker(document.breaker.failures, document.breaker.seconds)
        self.share = Share(budget.share)
        self.spending = spending
        self._slots = asyncio.Semaphore(budget.concurrency)
        self._client = _client(document, key, transport)
        self._completions = self._client.chat.completions  # imported now, not by the first ticket
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, daemon=True, name="language-model"
        )
        self._thread.start()

    @property
    def name(self) -> str:
        return self.document.endpoint.model

    @property
    def version(self) -> str:
        endpoint = self.document.endpoint
        said = [endpoint.base_url, endpoint.model, endpoint.parameters]
        return sha256(orjson.dumps(said, option=orjson.OPT_SORT_KEYS)).hexdigest()[:12]

    def ask(self, prompts: Sequence[Prompt], accepts: Accepts, seen: int) -> list[Reply]:
        """See `LanguageModel.ask`."""
        allowed = self.share.take(seen, len(prompts))
        asked = self._wait(self._all(prompts[:allowed], accepts))
        self.share.give_back(sum(not reply.attempts for reply in asked))
        replies = [*asked, *[Reply("over_budget", "share")] * (len(prompts) - allowed)]
        for reply in replies:
            self.counts.came(reply)
        self.counts.circuit(is_open=self.breaker.open)
        return replies

    def close(self) -> None:
        """Let connections and thread go."""
        self._wait(self._client.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    async def _all(self, prompts: Sequence[Prompt], accepts: Accepts) -> list[Reply]:
        until = self._loop.time() + self.document.budget.seconds
        return await asyncio.gather(*(self._one(p, accepts, until) for p in prompts))

    async def _one(self, prompt: Prompt, accepts: Accepts, until: float) -> Reply:
        try:
            async with asyncio.timeout_at(until):
                await self._slots.acquire()
        except TimeoutError:
            return Reply("over_budget", "latency")
        began = time.perf_counter()
        try:
            reply = await self._answer(prompt, accepts, until)
        finally:
            self._slots.release()
        took = (time.perf_counter() - began) * 1000
        return replace(reply, latency_ms=took) if reply.attempts else reply

    async def _answer(self, prompt: Prompt, accepts: Accepts, until: float) -> Reply:
        """The first answer that is accepted, of two attempts at most."""
        reply = Reply("failed", "timeout")
        for attempt in range(ATTEMPTS):
            if attempt:
                await asyncio.sleep(PAUSE)
            left = min(self.document.budget.request_seconds, until - self._loop.time())
            refused = Reply("over_budget", "latency") if left <= 0 else self._refused(prompt)
            if refused:
                return reply if reply.attempts else refused
            said = await self._request(prompt, left)
            reply = self._counted(reply, said, prompt)
            reply = _judged(reply, said, accepts)
            if reply.status == "answered" or said.wrong in FINAL:
                break
        return reply

    def _refused(self, prompt: Prompt) -> Reply | None:
        """Why nothing may be sent now; else the most that it can cost is reserved."""
        reserved = self._most(prompt)
        if not self.spending.reserve(reserved):
            return Reply("over_budget", "cost")
        if self.breaker.allows():
            return None
        self.spending.correct(reserved, 0.0)
        return Reply("circuit_open")

    def _counted(self, reply: Reply, said: Said, prompt: Prompt) -> Reply:
        """One more attempt, with what it cost; what is not known counts as the most it can be."""
        if said.wrong in DOWN:
            self.breaker.failed(said.wrong)
        else:
            self.breaker.worked()
        reserved = self._most(prompt)
        cost = self._price(said.tokens_in, said.tokens_out)
        if not said.tokens_in and said.wrong not in UNPAID:
            cost = reserved
        self.spending.correct(reserved, cost)
        return replace(
            reply,
            attempts=reply.attempts + 1,
            tokens_in=reply.tokens_in + said.tokens_in,
            tokens_out=reply.tokens_out + said.tokens_out,
            cost=reply.cost + cost,
        )

    async def _request(self, prompt: Prompt, seconds: float) -> Said:
        """One completion; whatever an endpoint does is a code, for no ticket may suffer from it."""
        endpoint = self.document.endpoint
        body: dict[str, Any] = {"model": endpoint.model, "messages": [*prompt.messages]}
        schema = {"name": "answer", "strict": True, "schema": prompt.schema}
        body["response_format"] = {"type": "json_schema", "json_schema": schema}
        try:
            async with asyncio.timeout(seconds):
                completion = await self._completions.create(**body, extra_body=endpoint.parameters)
            return said_by(completion)
        except (TimeoutError, openai.APITimeoutError):
            return Said(wrong="timeout")
        except openai.APIStatusError as error:
            return Said(wrong=_refusal(error.status_code))
        except openai.APIConnectionError:
            return Said(wrong="unreachable")
        except Exception as error:  # noqa: BLE001  (no JSON, another form: the client says so in many ways)
            log.warning("answer_malformed", error=type(error).__name__)
            return Said(wrong="malformed")

    def _most(self, prompt: Prompt) -> float:
        parameters = self.document.endpoint.parameters
        out = parameters.get("max_completion_tokens") or parameters.get("max_tokens") or MOST_OUT
        written = sum(len(m["content"]) for m in prompt.messages) + len(orjson.dumps(prompt.schema))
        return self._price(int(written / TOKEN), int(out))

    def _price(self, tokens_in: int, tokens_out: int) -> float:
        endpoint = self.document.endpoint
        per_in = endpoint.eur_per_million_tokens_in or 0.0
        per_out = endpoint.eur_per_million_tokens_out or 0.0
        return (tokens_in * per_in + tokens_out * per_out) / 1e6


def said_by(completion: Any) -> Said:
    """What a completion says; a form that is none raises."""
    choice = completion.choices[0]
    usage = completion.usage
    tokens = (usage.prompt_tokens, usage.completion_tokens) if usage else (0, 0)
    wrong = UNFINISHED.get(choice.finish_reason, "")
    if getattr(choice.message, "refusal", None):
        wrong = "refused"
    return Said(choice.message.content or "", wrong, *tokens)


def _judged(reply: Reply, said: Said, accepts: Accepts) -> Reply:
    wrong = said.wrong or accepts(said.text)
    if wrong:
        return replace(reply, status="failed", reason=wrong)
    return replace(reply, status="answered", reason="", text=said.text)


def _refusal(status: int) -> str:
    if status in {401, 403}:
        return "unauthorised"
    if status in {408, 409, 429}:
        return "rate_limited"
    return "rejected" if status < 500 else "server_error"  # noqa: PLR2004  (HTTP's own border)


def _client(
    document: Document, key: str, transport: httpx2.AsyncBaseTransport | None
) -> openai.AsyncOpenAI:
    """The client: no redirects, for the text must go nowhere else; nothing of the environment."""
    seconds = document.budget.request_seconds
    http = httpx2.AsyncClient(
        follow_redirects=False, trust_env=False, timeout=seconds, transport=transport
    )
    # at level DEBUG, which OPENAI_LOG sets, it would log whole requests
    logging.getLogger("openai").setLevel(logging.WARNING)
    return openai.AsyncOpenAI(
        api_key=key or "none",
        base_url=document.endpoint.base_url,
        max_retries=0,
        timeout=seconds,
        default_headers={"OpenAI-Organization": openai.omit, "OpenAI-Project": openai.omit},  # type: ignore[dict-item]
        http_client=http,
    )
