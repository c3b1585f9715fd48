"""intake serve, intake imap: the doors that stay open."""

import signal
from datetime import datetime
from threading import Event
from typing import Annotated

import typer

from ticketstream.doors import settings as settings_module
from ticketstream.doors.commands.broker import brokers_of
from ticketstream.doors.commands.operate import configure_log
from ticketstream.doors.output import Json, say, say_json

intake = typer.Typer(help="The doors that stay open.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add this room's commands."""
    app.add_typer(intake, name="intake")


@intake.command()
def serve() -> None:
    """Take forms and chats as JSON: `POST /tickets` with an Idempotency-Key."""
    from ticketstream.doors.intake_live import http_server  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    server = http_server(settings, brokers_of(settings))
    say(f"POST /tickets is at {server.address}tickets")
    server.run()


@intake.command()
def imap(
    *,
    once: Annotated[bool, typer.Option(help="Look once and end.")] = False,
    since: Annotated[
        datetime | None, typer.Option(help="Leave out what came before.", formats=["%Y-%m-%d"])
    ] = None,
    json: Json = False,
) -> None:
    """Poll a mailbox; mails are marked or moved once the broker has them."""
    from ticketstream.doors import intake_live  # noqa: PLC0415

    settings = settings_module.load()
    configure_log(settings)
    brokers, day = brokers_of(settings), since.date() if since else None
    if once:
        told = intake_live.poll_once(settings, brokers, day)
        if json:
            say_json(told)
        else:
            say(
                f"took {told['tickets']} tickets, {told['dead']} dead letters from the mailbox "
                f"({told['loops']} of a mail loop); left {told['left']} there"
            )
        return
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    intake_live.keep_polling(settings, brokers, day, stop)
