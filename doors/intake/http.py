"""`POST /tickets` with a form or chat as JSON in, an event at the broker and 202 out."""

import hmac
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Any

import orjson
import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from ticketstream.doors.intake.counts import DoorCounts
from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.identity import keyed
from ticketstream.doors.intake.lines import LONGEST, PLACE, object_of, received_from_form
from ticketstream.doors.intake.notes import Notes
from ticketstream.schemas.errors import BrokerError, UnreadableMessageError
from ticketstream.schemas.received import TicketReceived

LONGEST_KEY = 255
LOCKS = 64
RETRY = {"Retry-After": "5"}
NO_STORE = {"Cache-Control": "no-store"}

log = structlog.get_logger("ticketstream.intake")


@dataclass(frozen=True, slots=True)
class Gate:
    """What the endpoint works with.

    Attributes:
        door: the shop's door at this moment.
        notes: which Idempotency-Key stands for which submission.
        publish: sends an event and returns once the broker has it.
        counts: metrics.
        token: the bearer token that callers must show; empty: none.
    """

    door: Callable[[], Door]
    notes: Notes
    publish: Callable[[TicketReceived], None]
    counts: DoorCounts
    token: str = ""


def create_app(gate: Gate, hosts: Sequence[str] = ("127.0.0.1", "localhost")) -> Starlette:
    """The endpoint as an ASGI application.

    202 `{"ticket_id"}`: the broker has it. 400 says what is wrong, by key and never by value; 401,
    409 (the key stands for another body), 413, 415; 503: try the same again later.

    Args:
        gate: what it works with.
        hosts: names under which it may be asked for; `*` allows all.
    """
    tickets = _Tickets(gate)
    return Starlette(
        routes=[Route("/tickets", tickets.post, methods=["POST"])],
        middleware=[Middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))],
        exception_handlers={HTTPException: tickets.refuse},
    )


class _Tickets:
    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        # one after the other under one key: the second must see what became of the first
        self._locks = tuple(Lock() for _ in range(LOCKS))

    async def post(self, request: Request) -> Response:
        self._admit(request)
        key = request.headers.get("idempotency-key", "")
        if not (0 < len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()):
            raise HTTPException(
                400, f"send a header Idempotency-Key: 1 to {LONGEST_KEY} visible ASCII characters"
            )
        body = await _body(request)
        ticket_id = await run_in_threadpool(self._taken, key, body)
        return JSONResponse({"ticket_id": ticket_id}, 202, headers=NO_STORE)

    def refuse(self, _request: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        self._gate.counts.refused(error.status_code)
        told = {"error": error.detail}
        return JSONResponse(told, error.status_code, headers={**NO_STORE, **(error.headers or {})})

    def _admit(self, request: Request) -> None:
        shown = request.headers.get("authorization", "").encode()
        if self._gate.token and not hmac.compare_digest(
            shown, f"Bearer {self._gate.token}".encode()
        ):
            raise HTTPException(
                401, "show the door's token", headers={"WWW-Authenticate": "Bearer"}
            )
        # a page of another site cannot send this type unasked
        if request.headers.get("content-type", "").partition(";")[0].strip() != "application/json":
            raise HTTPException(415, "send application/json")

    def _taken(self, key: str, body: bytes) -> str:
        """The ticket id of a submission that the broker has."""
        try:
            return self._take(key, body)
        except UnreadableMessageError as error:
            raise HTTPException(400, str(error)) from None
        except (BrokerError, OSError, sqlite3.Error) as error:
            log.warning("submission_waits", error=type(error).__name__)
            raise HTTPException(503, "not taken, send the same again later", RETRY) from None

    def _take(self, key: str, body: bytes) -> str:
        gate, door = self._gate, self._gate.door()
        value = object_of(body, PLACE)
        ticket_id = received_from_form(value, door, key).ticket_id
        # by the caller's key, and by the number that the form may have of its own
        names = [
            keyed(door, "idempotency", key.encode()),
            keyed(door, "ticket", ticket_id.encode()),
        ]
        with self._locks[names[1][0] % LOCKS]:
            claims = gate.notes.claim(names, _digest(door, value), ticket_id, door.received_at)
            for name, claim in zip(("Idempotency-Key", "submission_id"), claims, strict=True):
                if not claim.same:
                    raise HTTPException(409, f"this {name} was used for another body")
            if not any(claim.published for claim in claims):
                # the time of the first try, so that a second one sends the same bytes
                first = min(claim.at for claim in claims)
                gate.publish(received_from_form(value, replace(door, received_at=first), key))
                gate.counts.taken()
            gate.notes.published(names)
        return ticket_id


async def _body(request: Request) -> bytes:
    """The body, given up as soon as it is too large."""
    told = request.headers.get("content-length", "")
    found = bytearray()
    too_large = told.isdigit() and int(told) > LONGEST
    if not too_large:
        async for chunk in request.stream():
            found += chunk
            if too_large := len(found) > LONGEST:
                break
    if too_large:
        raise HTTPException(413, f"larger than {LONGEST} bytes", headers={"Connection": "close"})
    return bytes(found)


def _digest(door: Door, value: Mapping[str, Any]) -> bytes:
    """What tells two bodies apart; the order of their keys does not."""
    return keyed(door, "body", orjson.dumps(value, option=orjson.OPT_SORT_KEYS))
