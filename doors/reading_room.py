"""The read models kept up to date, and the desk that shows them."""

import asyncio
import signal
import threading
from collections.abc import Callable, Coroutine

from ticketstream.doors.desk.app import create_app
from ticketstream.doors.desk.serve import Server
from ticketstream.doors.equip import archive_of, codec_of, labels_of, models_of, open_vault
from ticketstream.doors.output import progress
from ticketstream.doors.settings import Settings
from ticketstream.stream.archiving import archive_to_end, run_archive
from ticketstream.stream.project import project_to_end, run_project

ARCHIVE_SECONDS = 60.0  # between two writings: each writes the days anew that got something


def rebuild_all(settings: Settings) -> None:
    """Throw the read models away; the next reader begins at the start of every topic.

    The archive reads again what is there; what it holds stays, for the log may hold less.
    """
    models_of(settings).rebuild()
    archive_of(settings).forget_positions()


def keep_up(settings: Settings, brokers: str, *, once: bool) -> None:
    """Project until told to stop, or (`once`) until everything that is there is read."""
    models, codec = models_of(settings), codec_of(settings)
    archive = archive_of(settings)
    if once:
        asyncio.run(project_to_end(brokers, models, codec))
        archive_to_end(brokers, archive, codec)
        return

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        archiving = run_archive(brokers, archive, codec, stop, ARCHIVE_SECONDS)
        await _together(stop, run_project(brokers, models, codec, stop), archiving)

    asyncio.run(until_stopped())


async def _together(stop: asyncio.Event, *roles: Coroutine[None, None, None]) -> None:
    """Until all ended; one that fails ends the others, and its error is told."""

    async def ending(role: Coroutine[None, None, None]) -> None:
        try:
            await role
        finally:
            stop.set()

    await asyncio.gather(*(ending(role) for role in roles))


def desk_server(settings: Settings) -> Server:
    """The desk, bound to its address; it holds the text key only."""
    local = settings.desk_host in {"127.0.0.1", "::1", "localhost"}
    app = create_app(
        settings.read_models_url,
        open_vault(settings, identity=False),
        zone=settings.zone,
        labels=labels_of(settings),
        hosts=("127.0.0.1", "localhost") if local else ("*",),
    )
    return Server(app, settings.desk_host, settings.desk_port)


def show(settings: Settings, brokers: str, tell: Callable[[str], None]) -> None:
    """The desk in front, the projection behind it, until a signal ends both.

    A projection that fails ends the desk too: old rows must not look like new ones.
    """
    server = desk_server(settings)
    loop, stop = asyncio.new_event_loop(), asyncio.Event()
    work = run_project(brokers, models_of(settings), codec_of(settings), stop)

    def project() -> None:
        try:
            loop.run_until_complete(work)
        except Exception as error:  # noqa: BLE001  (whatever it was, it is said and ends the desk)
            progress(f"the read models stopped: {error}")
            server.stop()

    behind = threading.Thread(target=project, name="projection")
    behind.start()
    try:
        tell(server.address)
        server.run()
    finally:
        loop.call_soon_threadsafe(stop.set)
        behind.join(10)
        loop.close()
