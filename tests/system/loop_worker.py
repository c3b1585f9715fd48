"""A worker of the real loop over plain bytes; started as a process by the system tests.

Arguments: one JSON object of LoopSettings plus `target`, `sleep` (seconds a slice), `mode`.
With mode `chaos` the worker kills or freezes itself inside its transactions, as ordered by files.
Every 17th number goes to the dead topic, so that both kinds of output are in every transaction.
"""

import json
import os
import signal
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from ticketstream.stream.loop import Loop, LoopSettings
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.record import Incoming, Outgoing, Transform, coordinates
from ticketstream.stream.stage import run_stage


class Saboteur:
    """A transactional producer that ends or freezes its own process where it is ordered to.

    An order is a file of two words, a point of the transaction and a signal's name; it is carried
    out once, in the next transaction that begins.
    """

    def __init__(self, producer: Any, order: Path) -> None:
        self._producer = producer
        self._order = order
        self._point, self._fate = "", ""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._producer, name)

    def begin_transaction(self) -> None:
        with suppress(FileNotFoundError):
            self._point, self._fate = self._order.read_text().split()
        self._producer.begin_transaction()
        self._reach("begun")

    def send_offsets_to_transaction(self, *args: Any) -> None:
        if self._point:
            self._producer.flush(5)
        self._reach("produced")
        self._producer.send_offsets_to_transaction(*args)
        self._reach("offsets_sent")

    def commit_transaction(self, *args: Any) -> None:
        self._producer.commit_transaction(*args)
        self._reach("committed")

    def _reach(self, point: str) -> None:
        if point == self._point:
            self._point = ""
            self._order.unlink(missing_ok=True)
            os.kill(os.getpid(), signal.Signals[self._fate])
            time.sleep(0.01)  # a stop takes effect at the next chance


def sabotage(loop: Loop) -> None:
    begin = loop.begin
    order = loop.settings.state / f"order-{loop.settings.worker}"

    def sabotaged() -> None:
        begin()
        loop._producer = Saboteur(loop._producer, order)

    loop.begin = sabotaged  # type: ignore[method-assign]


def nothing(loop: Loop) -> None:
    """The plain loop."""


def transform_of(options: dict[str, str]) -> Transform:
    target, sleep, mode = options["target"], float(options["sleep"]), options["mode"]

    def transform(records: Sequence[Incoming]) -> list[Outgoing]:
        time.sleep(sleep)
        if mode == "native" and any(r.value == b"kill" for r in records):
            os.kill(os.getpid(), signal.SIGSEGV)
        if mode == "hang" and any(r.value == b"hang" for r in records):
            time.sleep(3600)
        return [outgoing(r) for r in records if r.value is not None]

    def outgoing(record: Incoming) -> Outgoing:
        value = record.value or b""
        dead = value.isdigit() and int(value) % 17 == 0
        headers: list[tuple[str, str | bytes | None]] = [("source", coordinates(record))]
        topic = f"{target}.dead" if dead else target
        return Outgoing(topic, record.key, value, headers, "test" if dead else "")

    return transform


def main() -> None:
    given = json.loads(sys.argv[1])
    options = {name: given.pop(name) for name in ("target", "sleep", "mode")}
    given["state"] = Path(given["state"])
    target = options["target"]

    def bury(records: Sequence[Incoming]) -> list[Outgoing]:
        why: list[tuple[str, str | bytes | None]] = [("reason", b"suspect")]
        return [Outgoing(f"{target}.dead", r.key, r.value or b"", why, "suspect") for r in records]

    settings = LoopSettings(**given)
    on_ready = sabotage if options["mode"] == "chaos" else nothing
    run_stage(settings, transform_of(options), bury, Metrics(settings.group), on_ready)


if __name__ == "__main__":
    main()
