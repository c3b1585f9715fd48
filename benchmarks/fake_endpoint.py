"""Requests -> answers of a made-up language model: an OpenAI-compatible endpoint on this machine.

It is no language model: it says what it is told to say, as late and as broken as it is told to.
"""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Asked = dict[str, Any]
USAGE = {"prompt_tokens": 900, "completion_tokens": 20, "total_tokens": 920}


@dataclass(frozen=True, slots=True)
class Answer:
    """One HTTP answer: the text of a completion, or raw bytes in its place."""

    text: str = ""
    seconds: float = 0.0
    status: int = 200
    finish: str = "stop"
    raw: bytes | None = None
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class FakeEndpoint:
    """Answers by `says`; keeps what it was asked, and with which headers."""

    says: Callable[[Asked], Answer]
    url: str = ""
    asked: list[Asked] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @property
    def words(self) -> str:
        """Every word that reached it."""
        return json.dumps(self.asked, ensure_ascii=False)


def labels(sub_category: str, intent: str) -> str:
    """The answer that the classifier asks for."""
    return json.dumps({"sub_category": sub_category, "intent": intent})


def message_of(asked: Asked) -> str:
    """The ticket's text in a request."""
    said: str = json.loads(asked["messages"][-1]["content"])["message"]
    return said


@contextmanager
def serving(says: Callable[[Asked], Answer]) -> Iterator[FakeEndpoint]:
    """An endpoint on a free port of this machine, as long as the block runs."""
    fake = FakeEndpoint(says)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(fake))
    server.daemon_threads = True
    fake.url = f"http://127.0.0.1:{server.server_port}/v1"
    thread = Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(fake: FakeEndpoint) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            fake.asked.append(asked)
            fake.headers.append({k.lower(): v for k, v in self.headers.items()})
            answer = fake.says(asked)
            time.sleep(answer.seconds)
            body = answer.raw if answer.raw is not None else _completion(asked, answer)
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            if "Content-Type" not in answer.headers:
                self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def handle(self) -> None:
            with suppress(BrokenPipeError, ConnectionResetError):  # who asked has given up
                super().handle()

        def log_message(self, *_: object) -> None:
            pass

    return Handler


def _completion(asked: Asked, answer: Answer) -> bytes:
    choice = {
        "index": 0,
        "message": {"role": "assistant", "content": answer.text},
        "finish_reason": answer.finish,
    }
    made = {
        "id": "fake",
        "object": "chat.completion",
        "created": 0,
        "model": asked["model"],
        "choices": [choice],
        "usage": USAGE,
    }
    return json.dumps(made).encode()
