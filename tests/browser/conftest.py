"""The desk served on a free port, and a Chromium of this machine that looks at it."""

import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright
from tests.unit.doors.desk.story import Desk, make_vault

from ticketstream.doors.desk.app import create_app
from ticketstream.doors.desk.serve import Server
from ticketstream.projections.store import ReadModels, read_engine

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


# no longer than its module: while Playwright's synchronous client is open, an event loop counts as
# running in this thread, and no other test could start one
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip(f"no browser on the PATH: install one of {', '.join(NAMES)}")
    with sync_playwright() as playwright:
        made = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield made
        made.close()


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(ReadModels(read_engine(f"sqlite:///{tmp_path / 'read.db'}")), make_vault(tmp_path))
    yield made
    made.models.engine.dispose()
    made.vault.engine.dispose()


@pytest.fixture
def server(desk: Desk) -> Iterator[Server]:
    made = Server(create_app(desk.models.engine, desk.vault), "127.0.0.1", 0)
    thread = threading.Thread(target=made.run, daemon=True)
    thread.start()
    yield made
    made.stop()
    thread.join(20)
    assert not thread.is_alive()


@pytest.fixture
def open_report(browser: Browser, tmp_path: Path) -> Iterator[Callable[..., Page]]:
    """Opens a report as a file; a request for anything else, or a complaint, fails the test."""
    wrong, contexts = list[str](), []
    file = tmp_path / "index.html"

    def open_html(html: str, width: int) -> Page:
        file.write_text(html, "utf-8")
        context = browser.new_context(
            locale="en-GB", offline=True, viewport={"width": width, "height": 900}
        )
        contexts.append(context)
        opened = context.new_page()
        opened.on("console", lambda m: wrong.append(m.text))
        opened.on("pageerror", lambda e: wrong.append(str(e)))
        opened.on("request", lambda r: None if r.url == file.as_uri() else wrong.append(r.url))
        opened.goto(file.as_uri())
        return opened

    yield open_html
    for context in contexts:
        context.close()
    assert wrong == []


@pytest.fixture
def look(browser: Browser, server: Server) -> Iterator[Callable[..., Page]]:
    """Opens the desk; whatever the page complains of fails the test."""
    complaints: list[str] = []
    contexts = []

    def open_page(path: str = "", *, java_script: bool = True) -> Page:
        context = browser.new_context(java_script_enabled=java_script, locale="en-GB")
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda m: complaints.append(m.text) if m.type != "log" else None)
        page.on("pageerror", lambda e: complaints.append(str(e)))
        page.goto(server.address + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
