"""An application, an address -> a server that runs until it is told to stop."""

import socket
from collections.abc import Callable

import uvicorn
from starlette.applications import Starlette

from ticketstream.schemas.errors import SettingError

GRACE = 3  # seconds for open pages to end
BACKLOG = 128  # connections that wait


class Server:
    """A server whose port is bound already; `run` serves until `stop`, or a signal.

    Raises:
        SettingError: the address is taken, or is none of this machine's.
    """

    def __init__(self, app: Starlette, host: str, port: int, role: str = "desk") -> None:
        self._socket = _bound(host, port, role)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,  # addresses name tickets
            server_header=False,
            timeout_graceful_shutdown=GRACE,
        )
        self._server = uvicorn.Server(config)
        app.state.stopping = lambda: self._server.should_exit  # ends the live connections

    @property
    def address(self) -> str:
        """Where it is, with the port that was found."""
        host, port = self._socket.getsockname()[:2]
        return f"http://[{host}]:{port}/" if ":" in host else f"http://{host}:{port}/"

    def run(self) -> None:
        """Serve; in the main thread a signal ends it, elsewhere `stop` does."""
        try:
            self._server.run(sockets=[self._socket])
        finally:
            self._socket.close()

    def stop(self) -> None:
        """End `run` soon, from any thread."""
        self._server.should_exit = True


def serve(app: Starlette, host: str, port: int, tell: Callable[[str], None]) -> None:
    """Serve until a signal ends it; `tell` is given the address before the first request."""
    server = Server(app, host, port)
    tell(server.address)
    server.run()


def _bound(host: str, port: int, role: str) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # named TCP, because asyncio sends small answers at once only where the socket says that it is
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host, port))
        bound.listen(BACKLOG)  # who comes before the server runs waits for it
    except OSError as error:
        bound.close()
        raise SettingError(
            f"the {role} cannot listen at {host}:{port} ({error.strerror}): "
            f"set TICKETSTREAM_{role.upper()}_HOST and TICKETSTREAM_{role.upper()}_PORT"
        ) from error
    return bound
