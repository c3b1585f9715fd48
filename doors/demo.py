"""Nothing -> the whole line on this machine: Kafka, stages, sample mailbox, read models, desk."""

import shutil
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from ticketstream.doors import intake_door, reading_room
from ticketstream.doors.children import supervisor_of
from ticketstream.doors.commands.operate import configure_log, show_tallies
from ticketstream.doors.demo_agent import answer_suggestions
from ticketstream.doors.equip import codec_of, key_source
from ticketstream.doors.output import progress, say, table
from ticketstream.doors.settings import KEY_SETTINGS, ROOT, Settings
from ticketstream.processors.words import word
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import TicketstreamError
from ticketstream.schemas.topics import EVENTS
from ticketstream.stream import topics
from ticketstream.stream.census import census, settled
from ticketstream.stream.local import broker
from ticketstream.stream.pipeline import STAGES
from ticketstream.stream.reading import read_all
from ticketstream.stream.supervisor import Supervisor
from ticketstream.vault.facts import load_sample_shop

MAILBOX = ROOT / "knowledge" / "mailbox"
SHOP = ROOT / "knowledge" / "shop"
POLICY = ROOT / "knowledge" / "policy.toml"
PATIENCE = 120.0  # seconds until the line must have answered every ticket


@dataclass(frozen=True, slots=True)
class Demo:
    """A running demo: its settings, its broker, its workers."""

    settings: Settings
    brokers: str
    codec: Codec
    supervisor: Supervisor


def run_demo(settings: Settings, *, once: bool, mailbox: Path | None) -> int:
    """Run the demo in a folder of its own that goes with it; returns the exit status."""
    with _stopped_by_signals(), _folder() as home:
        own = settings.model_copy(
            update={
                "home": home,
                "keys": None,
                **dict.fromkeys(KEY_SETTINGS),
                "key_command": "",
                "vault": "",
                "shop_url": "",
                "brokers": "",
                "shop_db": home / "shop.db",
                "read_models": "",
                "policy": settings.policy or POLICY,
                "log_level": "warning",
                "metrics_port": 0,
            }
        )
        configure_log(own)
        began = time.monotonic()
        with _running(own) as demo:
            _fill(demo, mailbox or MAILBOX)
            reading_room.keep_up(own, demo.brokers, once=True)
            _summary(demo, time.monotonic() - began)
            if not once:
                with suppress(KeyboardInterrupt):  # how a person ends it: no failure
                    reading_room.show(own, demo.brokers, _invite)
    return 0


@contextmanager
def _running(settings: Settings) -> Iterator[Demo]:
    progress("starting Kafka ...")
    with broker.start(
        settings.broker_home, settings.cache, die_with_parent=True, say=progress
    ) as kafka:
        key_source(settings).create()
        if settings.shop_db is not None:
            load_sample_shop(SHOP, settings.shop_db)
        topics.create(kafka.bootstrap, settings.partitions)
        intake_door.ensure_knowledge(settings)
        names = [stage.name for stage in STAGES]
        progress(f"starting the stages {', '.join(names)} ...")
        supervisor = supervisor_of(settings, kafka.bootstrap, names)
        supervisor.start()
        try:
            yield Demo(settings, kafka.bootstrap, codec_of(settings), supervisor)
        finally:
            progress("stopping ...")
            supervisor.end()


def _fill(demo: Demo, mailbox: Path) -> None:
    """Publish the mailbox, wait for every answer, then let an invented agent reply."""
    key = key_source(demo.settings).load("intake")
    done = intake_door.publish_paths([mailbox], demo.settings, demo.brokers, demo.codec, key)
    progress(f"published {done.tickets} tickets, {done.dead} unreadable messages")
    _wait(demo, lambda: settled(census(demo.brokers)))
    replies = answer_suggestions(demo.brokers, demo.codec)
    progress(f"an invented agent answered {replies} suggestions")
    _wait(demo, lambda: settled(census(demo.brokers)))


def _wait(demo: Demo, done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while not done():
        demo.supervisor.tend()
        if given_up := [c.name for c in demo.supervisor.children if c.given_up is not None]:
            raise TicketstreamError(f"the stage {given_up[0]} gave up: see its lines above")
        if time.monotonic() > end:
            raise TicketstreamError(f"the line did not answer within {PATIENCE:.0f} s")
        time.sleep(0.3)


def _summary(demo: Demo, seconds: float) -> None:
    say("\nEvery stage: in = out + dead + tombstones")
    show_tallies(census(demo.brokers))
    routed = [
        demo.codec.decode(EVENTS[r.topic], r.value)
        for r in read_all(demo.brokers, ["ticket.routed"])
        if r.value
    ]
    drafts = [
        demo.codec.decode(EVENTS[r.topic], r.value)
        for r in read_all(demo.brokers, ["draft.created"])
        if r.value
    ]
    say("\nWho answers")
    _counted("route", Counter(e.route for e in routed))  # type: ignore[attr-defined]
    say("\nWhat is proposed")
    _counted("draft", Counter(e.status for e in drafts))  # type: ignore[attr-defined]
    say(f"\ndone in {seconds:.0f} s")


def _counted(kind: str, counts: "Counter[str]") -> None:
    rows = [[word(kind, code, "en"), count] for code, count in counts.most_common()]
    table([kind, "tickets"], rows)


def _invite(address: str) -> None:
    say(f"\nthe desk is at {address}   (Ctrl-C ends everything)")


@contextmanager
def _folder() -> Iterator[Path]:
    """A fresh folder that is gone afterwards: every demo starts clean."""
    home = Path(tempfile.mkdtemp(prefix="ticketstream-demo-"))
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


@contextmanager
def _stopped_by_signals() -> Iterator[None]:
    """TERM ends a demo as Ctrl-C does: everything is stopped in order."""

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
