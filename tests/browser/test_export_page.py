"""What a person is handed opens in a browser without network and scripts, on a phone too."""

from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser
from tests.unit.doors.person.test_page import shown
from tests.unit.schemas.samples import SAMPLES

from ticketstream.schemas.policy import PolicyChanged
from ticketstream.schemas.topics import TOPIC_OF

pytestmark = pytest.mark.browser
EVENTS = [(TOPIC_OF[type(e)], e) for e in SAMPLES if not isinstance(e, PolicyChanged)]


@pytest.mark.parametrize("width", [390, 1000])
@pytest.mark.parametrize("tongue", ["en", "de"])
def test_the_page_is_whole_and_fits(
    browser: Browser, tmp_path: Path, tongue: Literal["en", "de"], width: int
) -> None:
    (tmp_path / "letters").mkdir()
    (tmp_path / "letters" / "001.eml").write_text("From: a@mail.example")
    (tmp_path / "export.html").write_text(shown(*EVENTS, tongue=tongue))
    complaints: list[str] = []
    page = browser.new_page(viewport={"width": width, "height": 900}, java_script_enabled=True)
    page.on("console", lambda message: complaints.append(message.text))
    page.on(
        "request",
        lambda request: complaints.append(request.url) if "file:" not in request.url else None,
    )
    page.goto(f"file://{tmp_path}/export.html")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert page.locator("html").get_attribute("lang") == tongue
    assert page.locator("h3").count() > 12
    for link in page.locator("nav a").all():
        assert page.locator(link.get_attribute("href") or "").count() == 1
    for link in page.locator("ul a").all():
        assert (tmp_path / (link.get_attribute("href") or "")).is_file()
    assert complaints == []
    page.close()
