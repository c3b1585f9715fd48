"""Questions -> facts: the port `Shop` over HTTP, to a shop that may be slow, broken or away.

Each question is a `POST` with a JSON body (addresses belong in no URL and so in no access log); the
answer's schema stands in docs/integrate.md. A batch is asked concurrently, and whatever goes wrong
is a reason why facts are unknown: no batch takes longer than `len(batch) / TOGETHER` timeouts.
"""

import asyncio
from asyncio import Runner, Semaphore
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

import aiohttp
import orjson
from pydantic import TypeAdapter, ValidationError

from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.masked import Facts
from ticketstream.vault.breaker import Breaker
from ticketstream.vault.ports import Question
from ticketstream.vault.told import Told, facts_of, nothing_told

TOGETHER = 16  # questions at the same time
CONNECT = 0.5  # seconds for a connection
ATTEMPTS = 2  # of one question, within its timeout
PAUSE = 0.05  # seconds between them
PASSING = frozenset({429, 502, 503, 504})  # what may be gone at the second attempt
LARGEST = 256 * 1024  # bytes of an answer
OK = 200
HERE = frozenset({"localhost", "127.0.0.1", "::1"})
TOLD = TypeAdapter(Told)


class NoAnswerError(Exception):
    """Why a question has no answer; `passing` when a second attempt may have one."""

    def __init__(self, why: str, *, passing: bool = False) -> None:
        super().__init__(why)
        self.why = why
        self.passing = passing


class HttpShop:
    """A shop that answers questions over HTTP.

    Attributes:
        url: where questions go.
        token: of the bearer; empty for none.
        seconds: the longest that one question may take, both attempts together.

    Raises:
        SettingError: the URL is none, or would carry customers' addresses readably over a network.
    """

    def __init__(
        self, url: str, token: str, seconds: float, breaker: Breaker | None = None
    ) -> None:
        self._url = checked(url)
        self._headers = {"Content-Type": "application/json", "Accept": "application/json"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        self._seconds = seconds
        self._breaker = breaker or Breaker()
        # kept, for to close a loop is to wait for its look-ups of names, which may hang
        self._runner = Runner()

    def facts(self, questions: Sequence[Question]) -> list[Facts]:
        return self._runner.run(self._all(questions)) if questions else []

    def close(self) -> None:
        """Let go of the event loop."""
        self._runner.close()

    async def _all(self, questions: Sequence[Question]) -> list[Facts]:
        turn = Semaphore(TOGETHER)
        async with aiohttp.ClientSession(
            headers=self._headers,
            connector=aiohttp.TCPConnector(limit=TOGETHER),
            timeout=aiohttp.ClientTimeout(total=None, sock_connect=CONNECT),
            cookie_jar=aiohttp.DummyCookieJar(),
        ) as session:
            return await asyncio.gather(*(self._one(session, turn, q) for q in questions))

    async def _one(
        self, session: aiohttp.ClientSession, turn: Semaphore, question: Question
    ) -> Facts:
        async with turn:
            if not self._breaker.lets_pass():
                return nothing_told(question, "shop is away")
            try:
                async with asyncio.timeout(self._seconds):
                    told = await self._tried(session, question)
            except (NoAnswerError, TimeoutError) as error:
                why = error.why if isinstance(error, NoAnswerError) else "timeout"
                self._breaker.note(why)
                return nothing_told(question, why)
            self._breaker.note("")
            return facts_of(question, told)

    async def _tried(self, session: aiohttp.ClientSession, question: Question) -> Told:
        for _ in range(ATTEMPTS - 1):
            try:
                return await self._asked(session, question)
            except NoAnswerError as error:
                if not error.passing:
                    raise
                await asyncio.sleep(PAUSE)
        return await self._asked(session, question)

    async def _asked(self, session: aiohttp.ClientSession, question: Question) -> Told:
        try:
            # a redirect would hand the token to whoever is named in it
            async with session.post(
                self._url, data=orjson.dumps(body(question)), allow_redirects=False
            ) as answer:
                if answer.status != OK:
                    passing = answer.status in PASSING
                    raise NoAnswerError(f"status {answer.status}", passing=passing)
                return parsed(await _bounded(answer))
        except aiohttp.ClientConnectionError as error:
            raise NoAnswerError("no connection", passing=True) from error
        except aiohttp.ClientError as error:
            raise NoAnswerError("no valid answer") from error


def body(question: Question) -> Mapping[str, Any]:
    """A question as JSON."""
    who = question.identifiers
    return {
        "shop": question.shop,
        "at": question.at.isoformat(),
        "address": who.address.strip(),
        "customer_id": who.customer_id.strip(),
        "claimed_customer_id": who.claimed_customer_id.strip(),
        "orders": list(who.order_numbers),
    }


def parsed(data: bytes) -> Told:
    """An answer, checked value by value; what is not in the schema is passed over.

    Raises:
        NoAnswerError: no JSON, or not of the schema.
    """
    try:
        return TOLD.validate_json(data, strict=True)
    except ValidationError as error:
        raise NoAnswerError("no valid answer") from error


def checked(url: str) -> str:
    """The URL, if it may be used.

    Raises:
        SettingError: it may not.
    """
    try:
        parts = urlsplit(url)
        host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise SettingError("TICKETSTREAM_SHOP_URL is no URL: write https://HOST/PATH") from error
    if parts.scheme not in {"http", "https"} or not host:
        raise SettingError("TICKETSTREAM_SHOP_URL is no URL: write https://HOST/PATH")
    if parts.username or parts.password:
        raise SettingError(
            "TICKETSTREAM_SHOP_URL holds a password: put a token into the file of "
            "TICKETSTREAM_SHOP_TOKEN"
        )
    if parts.scheme == "http" and host not in HERE:
        raise SettingError(
            "TICKETSTREAM_SHOP_URL would send customers' addresses readably over a network: "
            "write https://, or put a proxy that encrypts on this machine"
        )
    return url


async def _bounded(answer: aiohttp.ClientResponse) -> bytes:
    data = bytearray()
    async for chunk in answer.content.iter_any():
        data += chunk
        if len(data) > LARGEST:
            raise NoAnswerError("answer too large")
    return bytes(data)
