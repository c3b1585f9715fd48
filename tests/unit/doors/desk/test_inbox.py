"""The inbox: newest first, filters that are links, windows without gaps."""

import re

from fastapi.testclient import TestClient
from tests.unit.doors.desk.reading import links, rows, shown
from tests.unit.doors.desk.story import Desk, story, ticket_id


def test_an_empty_inbox_says_what_to_do(client: TestClient) -> None:
    page = client.get("/")
    assert page.status_code == 200
    assert "No tickets yet" in page.text
    assert "ticketstream publish" in page.text


def test_the_inbox_shows_newest_first_with_labels_route_and_confidence(
    desk: Desk, client: TestClient
) -> None:
    desk.happens(story(desk, 1))
    desk.happens(story(desk, 2, route="escalate_senior", queue="senior", triggers=("press",)))
    page = client.get("/").text
    assert rows(page) == [ticket_id(2), ticket_id(1)]
    seen = shown(page)
    assert "Where is my order [ORDER_1] ?" in seen
    assert "late, not received" in seen
    assert " 91 % " in seen
    assert "! press" in seen
    assert "to a senior" in seen


def test_filters_are_links_and_their_counts_hold_under_the_others(
    desk: Desk, client: TestClient
) -> None:
    desk.happens(story(desk, 1))
    desk.happens(story(desk, 2, language="de"))
    desk.happens(story(desk, 3, language="de", route="no_reply", queue="junk"))
    desk.happens(story(desk, 4)[:1])
    assert rows(client.get("/?language=de").text) == [ticket_id(3), ticket_id(2)]
    assert rows(client.get("/?queue=junk").text) == [ticket_id(3)]
    assert rows(client.get("/?route=none").text) == [ticket_id(4)]
    page = client.get("/?language=de").text
    assert re.search(r"<b>1</b> suggestion for an agent", page)
    assert re.search(r"<b>1</b> no reply", page)
    assert re.search(r"<b>0</b> not decided yet", page)
    assert "/?route=no_reply&amp;language=de" in page
    assert "No ticket fits these filters" in client.get("/?route=auto_reply").text


def test_every_ticket_stands_in_exactly_one_window_down_and_up(
    desk: Desk, client: TestClient
) -> None:
    for number in range(120):
        desk.happens(story(desk, number)[:4:3] if number % 2 else story(desk, number)[:1])
    seen: list[str] = []
    address, windows = "/", 0
    while address:
        page = client.get(address).text
        windows += 1
        seen += rows(page)
        address = next(iter(links(page, "Older")), "").replace("&amp;", "&")
    assert windows == 3
    assert seen == [ticket_id(n) for n in reversed(range(120))]
    up = links(page, "[^<]*Newer")[0].replace("&amp;", "&")
    middle = client.get(up).text
    assert rows(middle) == seen[50:100]
    assert rows(client.get(links(middle, "[^<]*Newer")[0]).text) == seen[:50]
