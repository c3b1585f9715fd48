"""The desk in a real browser: live without reloading, strict, and readable without scripts."""

import threading
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from tests.unit.doors.desk.story import Desk, outcome, story, ticket_id

from ticketstream.doors.desk.app import create_app
from ticketstream.doors.desk.serve import Server

pytestmark = pytest.mark.browser

Look = Callable[..., Page]


def row(page: Page, number: int) -> Locator:
    return page.locator(f"#t-{ticket_id(number)}")


def test_a_new_ticket_and_its_next_steps_appear_without_a_reload(desk: Desk, look: Look) -> None:
    desk.happens(story(desk, 1))
    page = look()
    expect(row(page, 1)).to_contain_text("Where is my order [ORDER_1]?")
    expect(page.locator("#pulse .on")).to_be_visible()
    row(page, 1).evaluate("row => row.kept = 'same row'")

    events = story(desk, 2, subject="A lamp that hums")
    desk.happens(events[:1])
    expect(row(page, 2)).to_contain_text("Not masked yet")
    desk.happens(events[1:])
    expect(row(page, 2)).to_contain_text("A lamp that hums")
    expect(row(page, 2)).to_contain_text("suggestion for an agent")
    expect(page.locator(".routes a").first).to_contain_text("2")
    expect(page.locator("tbody tr")).to_have_count(2)
    # the page was never loaded again: what was put on its row is still there
    assert row(page, 1).evaluate("row => row.kept") == "same row"


def test_a_click_opens_the_ticket_which_stays_live_too(desk: Desk, look: Look) -> None:
    desk.happens(story(desk, 1))
    page = look()
    page.get_by_role("link", name="Where is my order").click()
    expect(page.get_by_role("heading", name="Where is my order")).to_be_visible()
    expect(page.get_by_text("Written by the machine")).to_be_visible()
    expect(page.locator(".timeline tbody tr")).to_have_count(5)
    desk.happens(outcome(desk, 1))
    expect(page.locator(".timeline tbody tr")).to_have_count(7)
    expect(page.get_by_text("your parcel arrives tomorrow")).to_be_visible()


def test_a_filter_stays_chosen_while_the_list_is_live(desk: Desk, look: Look) -> None:
    desk.happens(story(desk, 1, route="no_reply", queue="junk"))
    desk.happens(story(desk, 2))
    page = look()
    page.get_by_role("link", name="junk 1").click()
    expect(page.locator("tbody tr")).to_have_count(1)
    desk.happens(story(desk, 3, route="no_reply", queue="junk"))
    expect(page.locator("tbody tr")).to_have_count(2)
    desk.happens(story(desk, 4))
    expect(page.locator(".routes a").first).to_contain_text("2")
    expect(page.locator("tbody tr")).to_have_count(2)


def test_without_scripts_everything_can_be_read_and_nothing_claims_to_be_live(
    desk: Desk, look: Look
) -> None:
    for number in range(60):
        desk.happens(story(desk, number)[:2])
    desk.happens(story(desk, 60))
    page = look(java_script=False)
    expect(page.locator("tbody tr")).to_have_count(50)
    expect(page.locator("#pulse")).to_be_hidden()
    page.get_by_role("link", name="Older").click()
    expect(page.locator("tbody tr")).to_have_count(11)
    page.get_by_role("link", name="Newest").click()
    page.locator(f"#t-{ticket_id(60)} a").click()
    expect(page.get_by_text("I ordered the Aurora lamp")).to_be_visible()
    page.get_by_role("link", name="Deutsch").click()
    expect(page.get_by_role("heading", name="Entscheidung")).to_be_visible()


def test_what_a_stranger_wrote_does_nothing(desk: Desk, look: Look) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script><b hx-get=/x hx-trigger=load>"
    desk.happens(story(desk, 1, subject=evil, text=evil))
    page = look(f"ticket/{ticket_id(1)}")
    asked: list[str] = []
    page.on("request", lambda r: asked.append(r.url))
    desk.happens(outcome(desk, 1))
    expect(page.locator(".timeline tbody tr")).to_have_count(7)
    expect(page.locator("h1")).to_contain_text("onerror=alert(1)")
    expect(page.locator("main img, main script, main [hx-get]")).to_have_count(0)
    assert [url for url in asked if url.endswith("/x")] == []


def test_a_page_whose_server_went_away_says_so_and_comes_back(desk: Desk, browser: Browser) -> None:
    desk.happens(story(desk, 1))
    app = create_app(desk.models.engine, desk.vault)
    first = Server(app, "127.0.0.1", 0)
    port = int(first.address.rsplit(":", 1)[1].strip("/"))
    thread = threading.Thread(target=first.run, daemon=True)
    thread.start()
    page = browser.new_page()
    page.goto(first.address)
    expect(page.locator("#pulse .on")).to_be_visible()
    first.stop()
    thread.join(20)
    expect(page.locator("#pulse .away")).to_be_visible(timeout=10_000)

    desk.happens(story(desk, 2))
    second = Server(create_app(desk.models.engine, desk.vault), "127.0.0.1", port)
    thread = threading.Thread(target=second.run, daemon=True)
    thread.start()
    expect(row(page, 2)).to_be_visible(timeout=20_000)
    expect(page.locator("#pulse .on")).to_be_visible()
    page.close()
    second.stop()
    thread.join(20)
    assert not thread.is_alive()
