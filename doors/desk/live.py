"""The read models' pulse -> server-sent events: a page learns that something moved."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress

from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

PERIOD = 0.5  # seconds between two looks at the database
HEARTBEAT = 15.0  # seconds of silence after which a comment keeps the line open


class Pulse:
    """The newest pulse, asked for once a period however many pages listen."""

    def __init__(self, ask: Callable[[], str], period: float = PERIOD) -> None:
        self._ask = ask
        self.period = period
        self._lock = asyncio.Lock()
        self._at = float("-inf")
        self._last = ""

    async def now(self) -> str:
        """The pulse, at most a period old; the last one while the database is away."""
        async with self._lock:
            clock = asyncio.get_running_loop().time()
            if clock - self._at >= self.period:
                with suppress(SQLAlchemyError):  # the page says so when it is asked for
                    self._last = await run_in_threadpool(self._ask)
                self._at = asyncio.get_running_loop().time()
        return self._last


async def beats(
    pulse: Pulse, seen: str, gone: Callable[[], Awaitable[bool]]
) -> AsyncIterator[bytes]:
    """An event `moved` whenever the pulse differs from what was seen, until the reader is gone."""
    yield b": listening\n\n"  # so that the headers leave at once
    silent = 0.0
    while not await gone():
        beat = await pulse.now()
        if beat != seen:
            seen, silent = beat, 0.0
            yield f"id: {beat}\nevent: moved\ndata: {beat}\n\n".encode()
        elif silent >= HEARTBEAT:
            silent = 0.0
            yield b": still here\n\n"
        await asyncio.sleep(pulse.period)
        silent += pulse.period
