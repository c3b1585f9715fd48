"""broker start|stop|status, topics create|check, schemas check."""

from pathlib import Path
from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.output import Json, say, tell
from ticketstream.doors.settings import Settings
from ticketstream.schemas.errors import BrokerError, SettingError

broker = typer.Typer(help="A real single-node Kafka for laptops and tests.", no_args_is_help=True)
topics = typer.Typer(help="The topics of the line.", no_args_is_help=True)
schemas = typer.Typer(help="The schemas of the events.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(broker, name="broker")
    app.add_typer(topics, name="topics")
    app.add_typer(schemas, name="schemas")


def brokers_of(settings: Settings) -> str:
    """The brokers that are set, else the local one that runs.

    Raises:
        BrokerError: neither.
    """
    from ticketstream.stream.local import broker as local  # noqa: PLC0415

    if settings.brokers:
        return settings.brokers
    status = local.status(settings.broker_home)
    if not status.running or status.bootstrap is None:
        raise BrokerError(
            "no broker: set TICKETSTREAM_BROKERS, or start one with `ticketstream broker start`"
        )
    return status.bootstrap


@broker.command()
def start(
    port: Annotated[int | None, typer.Option(help="Its port; else a free one.")] = None,
) -> None:
    """Start the local broker, or find it running; prints its address."""
    from ticketstream.stream.local import broker as local  # noqa: PLC0415

    settings = settings_module.load()
    started = local.start(settings.broker_home, settings.cache, port)
    say(f"Kafka answers at {started.bootstrap} (pid {started.pid}, log {started.log})")


@broker.command()
def stop() -> None:
    """Stop the local broker; its data stay."""
    from ticketstream.stream.local import broker as local  # noqa: PLC0415

    local.stop(settings_module.load().broker_home)
    say("the local broker is stopped")


@broker.command()
def status(*, json: Json = False) -> None:
    """Say whether the local broker runs, and where."""
    from ticketstream.stream.local import broker as local  # noqa: PLC0415

    found = local.status(settings_module.load().broker_home)
    tell(found, json=json)
    if not found.running:
        raise typer.Exit(1)


@topics.command("create")
def create_topics() -> None:
    """Create the topics that are missing."""
    from ticketstream.stream import topics as admin  # noqa: PLC0415

    settings = settings_module.load()
    made = admin.create(brokers_of(settings), settings.partitions, settings.replication)
    say(f"created {len(made)} topics: {', '.join(made)}" if made else "every topic is there")


@topics.command("check")
def check_topics() -> None:
    """Say what differs between the topics as they should be and as they are."""
    from ticketstream.stream import topics as admin  # noqa: PLC0415

    _report(admin.check(brokers_of(settings_module.load())), "every topic is as it should be")


@schemas.command("check")
def check_schemas() -> None:
    """Hold the events' schemas against the schema registry."""
    from ticketstream.stream.schema_registry import Registry  # noqa: PLC0415

    url = settings_module.load().schema_registry
    if not url:
        raise SettingError("no schema registry: set TICKETSTREAM_SCHEMA_REGISTRY to its URL")
    _report(Registry(url).check(), "the registry holds every schema")


def _report(lines: list[str], good: str) -> None:
    for line in lines or [good]:
        say(line)
    if lines:
        raise typer.Exit(1)


def state_of(settings: Settings) -> Path:
    """Where workers keep lock files and marks."""
    return settings.home / "state"
