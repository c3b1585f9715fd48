"""The one loop: a topic in, a transform, its outputs and its position out in one transaction.

Contract
- Every record of the source is answered exactly once by what `transform` makes of it, seen by
  read_committed readers; records of one key keep their order. This holds through kill -9, frozen
  and resumed processes, rebalances and broker failures.
- A worker that cannot go on ends its process (crash-only). Nothing is aborted by hand: the next
  worker of the same id, or the transaction's timeout, does it.
- `transform` may be called again with the same records after a crash, never concurrently; it may
  then answer under a newer policy (another id, the same cause).
  It may block up to `deadline` seconds a call; after that the watchdog ends the process.
- The transform runs before the transaction begins, so that transactions stay short.

How: one confluent-kafka transactional producer a worker commits outputs and offsets together,
fenced by the generation of Faust's consumer (KIP-447). Before the first slice of an assignment
the committed offsets are read with pending transactions settled, and older records are skipped.
"""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from mode import Worker as ModeWorker

from ticketstream.stream.faust_app import PassSchema, StageApp
from ticketstream.stream.limits import TooManyDeadError
from ticketstream.stream.loop import Fetch, Loop, LoopSettings
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.record import TopicPartition, Transform

FETCHES = 8  # fetches taken together when they are there
WAIT = 0.005  # seconds to wait for more of them
STOPPED = 3  # exit status of a stage that buries too much: it must not be started again by itself


def run_stage(
    settings: LoopSettings,
    transform: Transform,
    bury: Transform,
    metrics: Metrics,
    on_ready: Callable[[Loop], None] = lambda _: None,
) -> None:
    """Run one worker until it is told to stop; leaves the process only by its end.

    Raises:
        SystemExit: always; 0 after a clean stop, another status after a crash.
    """
    loop = Loop(settings, transform, bury, metrics)
    settings.state.mkdir(parents=True, exist_ok=True)
    app = StageApp(
        settings.group,
        settings.brokers,
        str(settings.state / settings.worker),
        assigned=loop.assign,
        on_begin=lambda: loop.begin(),  # noqa: PLW0108  (late: the chaos run replaces it)
        session_timeout=settings.session_timeout,
        rebalance_timeout=settings.rebalance_timeout,
        fetch=settings.fetch,
    )
    source = app.topic(settings.source, schema=PassSchema())
    thread = ThreadPoolExecutor(1, "loop")  # every transactional call on one thread

    @app.agent(source, name=settings.group)  # type: ignore[untyped-decorator]
    async def stage(stream: Any) -> None:
        running = asyncio.get_running_loop()
        async for batch in stream.noack_take(FETCHES, within=WAIT):
            fetches = [_fetch(event) for event in batch]
            try:
                await running.run_in_executor(thread, loop.take, fetches)
            except Exception as error:
                loop.failed(error)
                raise
            for event in batch:
                event.ack()  # lets a rebalance or a stop go on; commits nothing

    app.finalize()
    on_ready(loop)
    try:
        ModeWorker(app, loglevel="warn", redirect_stdouts=False).execute_from_commandline()
    finally:
        loop.forget_marks()
        if isinstance(loop.failure, TooManyDeadError):
            raise SystemExit(STOPPED) from loop.failure


def _fetch(event: Any) -> Fetch:
    place = TopicPartition(event.message.tp.topic, event.message.tp.partition)
    return Fetch(place, event.message.generation_id, event.value)
