"""The read models and the vault's text key -> the desk: inbox, ticket, dead letters, live."""

import logging
from collections.abc import Callable, Sequence
from datetime import UTC, tzinfo
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Query, Request
from fastapi.responses import HTMLResponse, StreamingResponse
from sqlalchemy import Connection, Engine, select
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.responses import Response

from ticketstream.doors.desk.assets import Assets
from ticketstream.doors.desk.headers import Strict
from ticketstream.doors.desk.inbox import Wanted, inbox
from ticketstream.doors.desk.live import Pulse, beats
from ticketstream.doors.desk.pages import HERE, Pages
from ticketstream.doors.desk.ticket import ticket_page
from ticketstream.processors.taxonomy import Labels, Tongue, shipped_labels
from ticketstream.projections.dead import by_reason, dead
from ticketstream.projections.store import ReadModels, read_engine
from ticketstream.vault.ports import Opener

LOOPBACK = ("127.0.0.1", "localhost")
LETTERS = 200  # dead letters on their page
YEAR = 31_536_000

log = logging.getLogger("ticketstream.desk")


def create_app(
    store: str | Engine,
    opener: Opener,
    *,
    zone: tzinfo = UTC,
    labels: Labels | None = None,
    hosts: Sequence[str] = LOOPBACK,
) -> FastAPI:
    """The desk as an ASGI application; it reads and never writes.

    Args:
        store: the read models' SQLAlchemy URL, or an engine.
        opener: the vault with the text key.
        zone: in which times are shown.
        labels: how labels are called; None for the shipped ones.
        hosts: names under which it may be asked for, so that no other site's name can be pointed
            at it; `*` allows all.

    Raises:
        SettingError: the read models cannot be opened.
    """
    models = ReadModels(read_engine(store) if isinstance(store, str) else store)
    models.create()
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(Strict)
    assets = Assets(HERE / "static")
    desk = Desk(models, opener, Pages(assets, zone, labels or shipped_labels()))
    app.state.stopping = lambda: False
    _add_pages(app, desk)
    _add_errors(app, desk)
    app.get("/static/{digest}/{name}")(assets.response)
    app.get("/live")(desk.live)
    return app


def tongue_of(request: Request) -> Tongue:
    """The language of the page: asked for, else chosen before, else the browser's first."""
    first = request.headers.get("accept-language", "")[:2].lower()
    asked = (request.query_params.get("lang"), request.cookies.get("lang"), first)
    known = next((tongue for tongue in asked if tongue in {"en", "de"}), "en")
    return "de" if known == "de" else "en"


class Desk:
    """What the pages are made with."""

    def __init__(self, models: ReadModels, opener: Opener, pages: Pages) -> None:
        self.models = models
        self.opener = opener
        self.pages = pages
        self.pulse = Pulse(models.pulse)

    def page(
        self, request: Request, template: str, read: Callable[[Connection], dict[str, Any]]
    ) -> Response:
        """A page of what was read; the pulse is taken first, so that nothing is missed after."""
        pulse = self.models.pulse()
        with self.models.engine.connect() as connection:
            values = read(connection)
        return self.shown(request, template, values | {"pulse": pulse})

    def shown(
        self, request: Request, template: str, values: dict[str, Any], status: int = 200
    ) -> Response:
        """A page of values."""
        tongue = tongue_of(request)
        address = request.url.remove_query_params("lang")
        other = address.include_query_params(lang="en" if tongue == "de" else "de")
        links = {"here": _path(address), "other_tongue": _path(other)}
        html = self.pages.html(template, tongue, {"pulse": "", **links, **values})
        response = HTMLResponse(html, status, headers={"Vary": "Cookie, Accept-Language"})
        if request.query_params.get("lang") == tongue:
            response.set_cookie("lang", tongue, max_age=YEAR, httponly=True, samesite="lax")
        return response

    async def live(self, request: Request, since: str = "") -> Response:
        """Server-sent events: `moved` whenever a page that saw `since` is out of date."""

        async def gone() -> bool:
            return request.app.state.stopping() or await request.is_disconnected()

        seen = request.headers.get("last-event-id", since)
        return StreamingResponse(beats(self.pulse, seen, gone), media_type="text/event-stream")


def _add_pages(app: FastAPI, desk: Desk) -> None:
    @app.get("/")
    def show_inbox(request: Request, wanted: Annotated[Wanted, Depends(_wanted)]) -> Response:
        return desk.page(request, "inbox.html", lambda c: {"inbox": inbox(c, desk.opener, wanted)})

    @app.get("/ticket/{ticket_id}")
    def show_ticket(request: Request, ticket_id: str) -> Response:
        pulse = desk.models.pulse()
        with desk.models.engine.connect() as connection:
            page = ticket_page(connection, desk.opener, ticket_id)
        if page is None:
            return desk.shown(request, "missing.html", {"pulse": pulse}, 404)
        return desk.shown(request, "ticket.html", {"page": page, "pulse": pulse})

    @app.get("/dead")
    def show_dead(request: Request) -> Response:
        newest = select(dead).order_by(dead.c.recorded_at.desc()).limit(LETTERS)
        counts = select(by_reason).order_by(by_reason.c.letters.desc())
        return desk.page(
            request,
            "dead.html",
            lambda c: {"letters": list(c.execute(newest)), "counts": list(c.execute(counts))},
        )


def _add_errors(app: FastAPI, desk: Desk) -> None:
    @app.exception_handler(HTTPException)
    def not_there(request: Request, error: HTTPException) -> Response:
        return desk.shown(request, "error.html", {"title": "not found"}, error.status_code)

    @app.exception_handler(SQLAlchemyError)
    def unavailable(request: Request, error: SQLAlchemyError) -> Response:
        log.warning("the read models cannot be read: %s", type(error).__name__)
        return desk.shown(request, "error.html", {"title": "unavailable"}, 503)


def _wanted(
    route: str = "",
    queue: str = "",
    language: str = "",
    older: Annotated[str, Query(max_length=200)] = "",
    newer: Annotated[str, Query(max_length=200)] = "",
) -> Wanted:
    return Wanted(route, queue, language, older, newer)


def _path(address: Any) -> str:
    # one slash in front: `//name` would be a link to another site
    path = "/" + str(address.path).lstrip("/")
    return f"{path}?{address.query}" if address.query else path
