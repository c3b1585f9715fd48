"""The desk renders mail written by strangers: nothing of it ever runs, nothing is kept."""

import re
from hashlib import sha256

import pytest
from fastapi.testclient import TestClient
from tests.unit.doors.desk.story import Desk, outcome, story, ticket_id

from ticketstream.doors.desk.pages import HERE
from ticketstream.schemas.routed import Reason


@pytest.mark.parametrize(
    "place", ["x", "12", ".", "9" * 40 + ".a", "-1.a", "%00.a", "1.a' OR 1=1 --"]
)
def test_a_made_up_place_in_the_list_does_no_harm(
    desk: Desk, client: TestClient, place: str
) -> None:
    desk.happens(story(desk, 1))
    assert client.get(f"/?older={place}").status_code == 200
    assert client.get(f"/?newer={place}").status_code == 200


def test_what_a_stranger_wrote_is_text_and_never_a_page(desk: Desk, client: TestClient) -> None:
    evil = '<script>alert(1)</script><img src=x onerror=alert(1)>" hx-get="/x'
    desk.happens(story(desk, 1, subject=evil, text=evil, quoted=evil))
    for address in ("/", f"/ticket/{ticket_id(1)}"):
        page = client.get(address).text
        assert "<script>alert" not in page
        assert "<img" not in page
        assert '" hx-get="/x' not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_reason_with_braces_is_only_text(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1, reasons=(Reason("language", {"language": "{0.x}"}),)))
    assert "{0.x}" in client.get(f"/ticket/{ticket_id(1)}").text


def test_every_response_is_strict_and_pages_are_kept_nowhere(
    desk: Desk, client: TestClient
) -> None:
    desk.happens(story(desk, 1))
    for address in ("/", f"/ticket/{ticket_id(1)}", "/dead", "/nowhere", "/static/x/y"):
        headers = client.get(address).headers
        assert headers["content-security-policy"].startswith("default-src 'self'; base-uri 'none'")
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert headers["cache-control"] == "no-store"


def test_no_page_holds_a_script_or_a_style_of_its_own(desk: Desk, client: TestClient) -> None:
    desk.happens(story(desk, 1))
    desk.happens(outcome(desk, 1))
    for address in ("/", f"/ticket/{ticket_id(1)}", "/dead"):
        page = client.get(address).text
        assert re.findall(r"<script(?![^>]*\bsrc=)", page) == []
        assert "<style" not in page
        assert re.findall(r'\s(?:style|on\w+|hx-on[^=]*)="', page) == []


def test_assets_lie_under_their_digest_and_may_be_kept_for_ever(client: TestClient) -> None:
    found = re.findall(r'(?:href|src)="(/static/[^"]+)"', client.get("/").text)
    assert len(found) == 5
    for address in found:
        answer = client.get(address)
        assert answer.status_code == 200
        assert "immutable" in answer.headers["cache-control"]
        assert address.split("/")[2] == sha256(answer.content).hexdigest()[:16]
    assert client.get("/static/0000000000000000/desk.css").status_code == 404
    assert client.get("/static/x/..%2f..%2fapp.py").status_code == 404


def test_what_is_vendored_is_what_its_note_says() -> None:
    folder = HERE / "static"
    note = (folder / "VENDORED.md").read_text()
    for name in ("htmx.min.js", "hx-sse.min.js"):
        digest = sha256((folder / name).read_bytes()).hexdigest()
        assert re.search(rf"`{re.escape(name)}`.*`{digest}`", note), name


def test_another_sites_name_for_this_address_is_refused(client: TestClient) -> None:
    assert client.get("/", headers={"Host": "rebound.example"}).status_code == 400
