"""GET /metrics, /livez and /readyz of one worker, on a port of its own."""

import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import ClassVar

from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest


class _Handler(BaseHTTPRequestHandler):
    registry: ClassVar[CollectorRegistry]
    ready: ClassVar[Callable[[], bool]]
    live: ClassVar[Callable[[], bool]]

    def do_GET(self) -> None:
        if self.path == "/metrics":
            self._answer(200, generate_latest(self.registry), CONTENT_TYPE_LATEST)
        elif self.path in {"/livez", "/readyz"}:
            good = type(self).live() if self.path == "/livez" else type(self).ready()
            self._answer(200 if good else 503, b"ok\n" if good else b"not yet\n", "text/plain")
        else:
            self._answer(404, b"try /metrics, /livez or /readyz\n", "text/plain")

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Probes are not worth a line."""


def serve_health(
    registry: CollectorRegistry,
    live: Callable[[], bool],
    ready: Callable[[], bool],
    host: str,
    port: int,
) -> int:
    """Serve on a daemon thread; port 0 takes a free one. Returns the port."""
    handler = type(
        "Handler",
        (_Handler,),
        {"registry": registry, "live": staticmethod(live), "ready": staticmethod(ready)},
    )
    server = ThreadingHTTPServer((host, port), handler)
    threading.Thread(target=server.serve_forever, daemon=True, name="health").start()
    return server.server_port
