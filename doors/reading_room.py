"""The read models kept up to date, and the desk that shows them."""

import asyncio
import signal
import threading
from collections.abc import Callable

from ticketstream.doors.equip import codec_of, open_vault
from ticketstream.doors.settings import Settings
from ticketstream.projections.store import ReadModels, read_engine
from ticketstream.stream.project import project_to_end, run_project


def models_of(settings: Settings) -> ReadModels:
    """The read models of the settings' database."""
    return ReadModels(read_engine(settings.read_models_url))


def rebuild_all(settings: Settings) -> None:
    """Throw the read models away; the next reader begins at the start of every topic."""
    models_of(settings).rebuild()


def keep_up(settings: Settings, brokers: str, *, once: bool) -> None:
    """Project until told to stop, or (`once`) until everything that is there is read."""
    models, codec = models_of(settings), codec_of(settings)
    if once:
        asyncio.run(project_to_end(brokers, models, codec))
        return

    async def until_stopped() -> None:
        stop = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stop.set)
        await run_project(brokers, models, codec, stop)

    asyncio.run(until_stopped())


def serve_desk(settings: Settings, tell: Callable[[str], None]) -> None:
    """Serve the desk until a signal ends it; it holds the text key only."""
    from ticketstream.doors.desk.app import create_app  # noqa: PLC0415
    from ticketstream.doors.desk.serve import serve  # noqa: PLC0415

    app = create_app(settings.read_models_url, open_vault(settings, identity=False))
    serve(app, settings.desk_host, settings.desk_port, tell)


def show(settings: Settings, brokers: str, tell: Callable[[str], None]) -> None:
    """The desk in front, the projection behind it, until a signal ends both."""
    loop = asyncio.new_event_loop()
    stop = asyncio.Event()
    models, codec = models_of(settings), codec_of(settings)
    work = run_project(brokers, models, codec, stop)
    behind = threading.Thread(target=loop.run_until_complete, args=(work,), name="projection")
    behind.start()
    try:
        serve_desk(settings, tell)
    finally:
        loop.call_soon_threadsafe(stop.set)
        behind.join(10)
        loop.close()
