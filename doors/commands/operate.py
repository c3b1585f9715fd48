"""publish, run, project, desk, tail, dead, doctor: the line in operation."""

import signal
from pathlib import Path
from typing import Annotated, Any

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of, state_of
from ticketstream.doors.equip import codec_of, equip, key_source, open_vault, shop_of
from ticketstream.doors.output import Json, say, say_json, table
from ticketstream.doors.settings import Settings
from ticketstream.schemas.errors import SettingError, UndecodableError
from ticketstream.schemas.topics import EVENTS, dead_topic
from ticketstream.vault.receipts import create_receipt_key

dead = typer.Typer(help="What could not be processed.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    for command in (publish, run, project, desk, tail, doctor):
        app.command()(command)
    app.command(hidden=True)(worker)
    app.add_typer(dead, name="dead")


def publish(paths: list[Path], *, json: Json = False) -> None:
    """Mails, mailboxes, Maildirs and JSON lines -> `ticket.received`."""
    from ticketstream.doors.intake_door import publish_paths  # noqa: PLC0415
    from ticketstream.stream import topics  # noqa: PLC0415

    settings = settings_module.load()
    brokers = brokers_of(settings)
    topics.require(brokers, ["ticket.received", "intake.dead"])
    key = key_source(settings).load("intake")
    done = publish_paths(paths, settings, brokers, codec_of(settings), key)
    if json:
        say_json({"tickets": done.tickets, "dead": done.dead})
    else:
        say(f"published {done.tickets} tickets, {done.dead} dead letters")


def run(
    stages: Annotated[list[str] | None, typer.Argument(help="All stages, if none.")] = None,
) -> None:
    """Run stages until stopped: one child process each, started again when it dies."""
    from ticketstream.doors.children import supervisor_of  # noqa: PLC0415
    from ticketstream.stream import topics  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    names = _known(stages or [])
    brokers = brokers_of(settings)
    topics.require(brokers, topics_of(names))
    supervisor = supervisor_of(settings, brokers, names)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: supervisor.stop())
    raise typer.Exit(supervisor.run())


def worker(stage: str, *, supervised: bool = False) -> None:
    """One worker of one stage in this process; `run` starts these."""
    from ticketstream.stream.pipeline import STAGES  # noqa: PLC0415
    from ticketstream.stream.worker import WorkerSettings, run_worker  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    (wanted,) = (s for s in STAGES if s.name == stage)
    place = WorkerSettings(
        brokers_of(settings),
        state_of(settings),
        settings.worker_host,
        settings.metrics_host,
        settings.metrics_port,
        supervised,
    )
    run_worker(wanted, equip(stage, settings), codec_of(settings), place)


def project(
    *,
    rebuild: Annotated[bool, typer.Option(help="Throw the read models away first.")] = False,
    once: Annotated[bool, typer.Option(help="End when the topics are read.")] = False,
) -> None:
    """Keep the read models up to date."""
    from ticketstream.doors.reading_room import keep_up, rebuild_all  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    if rebuild:
        rebuild_all(settings)
    keep_up(settings, brokers_of(settings), once=once)


def desk() -> None:
    """Serve the desk: the inbox and every ticket's timeline, read only."""
    from ticketstream.doors.reading_room import desk_server  # noqa: PLC0415

    server = desk_server(settings_module.load())
    say(f"the desk is at {server.address}")
    server.run()


def tail(
    topics: Annotated[list[str] | None, typer.Argument(help="All topics, if none.")] = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on.")] = False,
    text: Annotated[bool, typer.Option(help="Open the masked text.")] = False,
) -> None:
    """Print events as JSON lines; sealed records stay sealed unless --text."""
    from ticketstream.stream import reading  # noqa: PLC0415

    settings = settings_module.load()
    names = topics or list(EVENTS)
    if unknown := [n for n in names if n not in EVENTS]:
        raise SettingError(f"no topic {unknown[0]!r}: use {', '.join(EVENTS)}")
    brokers = brokers_of(settings)
    show = _shower(settings, text=text)
    records: Any = reading.follow(brokers, names) if follow else reading.read_all(brokers, names)
    for record in records:
        if record is not None:
            say_json(show(record))


@dead.command("list")
def list_dead(*, json: Json = False) -> None:
    """Every dead letter: reason, stage, where it came from; never its content."""
    from ticketstream.stream.census import header  # noqa: PLC0415
    from ticketstream.stream.reading import read_all  # noqa: PLC0415
    from ticketstream.stream.topics import topics  # noqa: PLC0415

    names = [n for n in topics() if n.endswith(".dead")]
    rows = [
        {
            "topic": r.topic,
            "place": f"{r.partition}/{r.offset}",
            "reason": header(r, "reason"),
            "stage": header(r, "stage"),
            "source": header(r, "source"),
            "message": header(r, "message"),
            "bytes": len(r.value or b""),
        }
        for r in read_all(brokers_of(settings_module.load()), names)
    ]
    if json:
        for row in rows:
            say_json(row)
    elif rows:
        table(list(rows[0]), [list(row.values()) for row in rows])
    else:
        say("no dead letters")


def doctor(
    *,
    create_keys: Annotated[
        bool, typer.Option(help="Make the master keys that are missing.")
    ] = False,
    json: Json = False,
) -> None:
    """Check keys, broker and topics; count every stage: in = out + dead + tombstones."""
    from ticketstream.stream import census, topics  # noqa: PLC0415

    settings = settings_module.load()
    if create_keys:
        key_source(settings).create()
        create_receipt_key(settings.key_folder)
        say(f"the keys are there; what is in {settings.key_folder} needs a copy apart")
        return
    open_vault(settings, identity=True, shop=shop_of(settings))
    brokers = brokers_of(settings)
    problems = topics.check(brokers)
    tallies = [] if problems else census.census(brokers)
    if json:
        say_json({"problems": problems, "stages": tallies})
    for line in (
        [] if json else problems or ["keys, vault, broker and topics are as they should be"]
    ):
        say(line)
    if tallies and not json:
        show_tallies(tallies)
    if problems or any(t.twice or t.waiting < 0 for t in tallies):
        raise typer.Exit(1)


def show_tallies(tallies: Any) -> None:
    """The law of every stage as a table."""
    table(
        ["stage", "in", "out", "dead", "tombstones", "waiting", "twice", "dead because"],
        [
            [
                t.stage,
                t.came_in,
                t.out,
                t.dead,
                t.tombstones,
                t.waiting,
                t.twice,
                _counts(t.reasons),
            ]
            for t in tallies
        ],
    )


def configure_log(settings: Settings) -> None:
    """Logs of this process, as the settings say."""
    from ticketstream.stream.log import configure  # noqa: PLC0415

    configure(json=settings.log_json, level=settings.log_level)


def topics_of(names: list[str]) -> list[str]:
    """The topics that stages read and write."""
    from ticketstream.stream.pipeline import STAGES  # noqa: PLC0415

    wanted = [s for s in STAGES if s.name in names]
    return [t for s in wanted for t in (s.source, s.target, dead_topic(s.source))]


def _known(names: list[str]) -> list[str]:
    from ticketstream.stream.pipeline import STAGES  # noqa: PLC0415

    known = [s.name for s in STAGES]
    if unknown := [n for n in names if n not in known]:
        raise SettingError(f"no stage {unknown[0]!r}: use {', '.join(known)}")
    return names or known


def _shower(settings: Settings, *, text: bool) -> Any:
    from ticketstream.schemas.json import to_json  # noqa: PLC0415

    codec = codec_of(settings)
    vault = open_vault(settings, identity=False) if text else None

    def show(record: Any) -> dict[str, Any]:
        place = {"topic": record.topic, "place": f"{record.partition}/{record.offset}"}
        if record.value is None:
            return {**place, "tombstone": (record.key or b"").decode("utf-8", "replace")}
        try:
            event = codec.decode(EVENTS[record.topic], record.value)
            opened = vault.open(event, frozenset({"text"})) if vault else event
        except UndecodableError as error:
            return {**place, "undecodable": str(error)}
        return {**place, **to_json(opened)}

    return show


def _counts(reasons: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in sorted(reasons.items()))
