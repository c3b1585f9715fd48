"""The page of a shadow report, as a browser shows it: whole, without network, at any width."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from playwright.sync_api import Page
from tests.unit.learning.judged import archive_of, edited
from tests.unit.learning.replayed import TICKETS, decided, policy

from ticketstream.learning.counterfactual.archived import read
from ticketstream.learning.replay.stored import Wanted
from ticketstream.learning.shadow.agreement import Report, report
from ticketstream.learning.shadow.page import page
from ticketstream.learning.shadow.reviews import shadowed
from ticketstream.processors.taxonomy import Tongue, shipped_labels
from ticketstream.schemas.outcome import AgentEdited
from ticketstream.schemas.routed import TicketRouted

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Report:
    """Of three tickets one is answered by the draft, one relabelled, one reviewed by nobody."""

    def act(decision: TicketRouted) -> AgentEdited | None:
        made = edited(decision)
        other = replace(made.before, intent="complain", route="escalate_senior")
        number = int(decision.ticket_id[1:]) % 3
        return (made, replace(made, after=other, actions=("reclassified",)), None)[number]

    by = replace(policy(), mode="shadow")
    folder = tmp_path_factory.mktemp("shadow")
    archive = archive_of(folder, TICKETS, decided(TICKETS, by), act)
    return report(shadowed(*(read(archive, m, Wanted()) for m in ("decisions", "outcomes"))))


@pytest.fixture(params=["en", "de"])
def shown(open_report: Callable[..., Page], result: Report, request: pytest.FixtureRequest) -> Page:
    tongue: Tongue = request.param
    return open_report(page(result, tongue, shipped_labels()), 1280)


def test_every_category_has_a_verdict_and_every_disagreement_a_line(
    shown: Page, result: Report
) -> None:
    verdicts = shown.locator("#verdicts .verdict")
    assert verdicts.count() == len(result.verdicts) > 1
    assert all(text.strip() for text in verdicts.all_inner_texts())
    ids = shown.locator("#disagreements code").all_inner_texts()
    assert ids == [d.ticket_id for d in result.disagreements]
    assert len(ids) > 10


def test_both_matrices_count_every_reviewed_ticket_once(shown: Page, result: Report) -> None:
    for matrix in ("#categories", "#routes"):
        cells = shown.locator(f"{matrix} td.cell").all_inner_texts()
        assert sum(int(c) for c in cells if c.strip()) == result.reviewed


def test_an_interval_is_drawn_where_its_numbers_say(shown: Page, result: Report) -> None:
    shares = [a.share for a in result.by_category if a.reviewed]
    strips = shown.locator("#by_category .strip").all()
    assert len(strips) == len(shares) > 1
    for strip, share in zip(strips, shares, strict=True):
        line, band = strip.bounding_box(), strip.locator("i").bounding_box()
        assert line is not None
        assert band is not None
        assert (band["x"] - line["x"]) / line["width"] == pytest.approx(share.low, abs=0.02)
        assert band["width"] / line["width"] == pytest.approx(share.high - share.low, abs=0.02)


@pytest.mark.parametrize("width", [390, 1280])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_nothing_runs_out_of_the_window(shown: Page, width: int, scheme: str) -> None:
    shown.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    shown.set_viewport_size({"width": width, "height": 900})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
