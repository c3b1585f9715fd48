"""The page of a replay, as a browser shows it: whole, without network, at any width."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page
from tests.unit.learning.replayed import KEY, NEW, OLD, TICKETS, decided, rows_of

from ticketstream.learning.replay.compare import Replayed, compare, redecide
from ticketstream.learning.replay.costs import shipped_costs
from ticketstream.learning.replay.page import page
from ticketstream.processors.decision.draws import keyed

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def result() -> Replayed:
    rows, draws = rows_of(TICKETS, decided(TICKETS, OLD)), keyed(KEY)
    return compare(rows, NEW, redecide(rows, NEW, draws), shipped_costs(), draws)


@pytest.fixture
def shown(open_report: Callable[..., Page], result: Replayed) -> Page:
    return open_report(page(result), 900)


def test_matrix_and_workload_say_every_ticket_once(shown: Page) -> None:
    cells = shown.locator("#matrix td.cell").all_inner_texts()
    assert sum(int(c.replace(",", "")) for c in cells if c.strip()) == len(TICKETS)
    for column in (2, 3):
        numbers = shown.locator(f"#workload td:nth-child({column})").all_inner_texts()
        assert sum(int(n.replace(",", "")) for n in numbers) == len(TICKETS)


def test_reasons_and_queues_are_words(shown: Page, result: Replayed) -> None:
    told = shown.locator("#changed tbody tr").all_inner_texts()
    assert len(told) == len(result.changed)
    assert any("not sure enough → sure, and a machine may answer" in line for line in told)
    assert "_" not in shown.locator("body").inner_text()


def test_the_names_of_both_dots_can_be_told_apart(shown: Page) -> None:
    one, other = (name.bounding_box() for name in shown.locator("svg .strong").all())
    assert one is not None
    assert other is not None
    beside = one["x"] + one["width"] <= other["x"] or other["x"] + other["width"] <= one["x"]
    above = one["y"] + one["height"] <= other["y"] or other["y"] + other["height"] <= one["y"]
    assert beside or above


def test_both_policies_stand_on_the_chart_and_the_new_one_on_its_curve(
    shown: Page, result: Replayed
) -> None:
    boxes = [dot.bounding_box() for dot in shown.locator("svg circle").all()]
    chart = shown.locator("svg").bounding_box()
    assert chart is not None
    assert len(boxes) == 2
    for box in boxes:
        assert box is not None
        assert chart["x"] <= box["x"] <= chart["x"] + chart["width"]
        assert chart["y"] <= box["y"] <= chart["y"] + chart["height"]
    before, after = boxes
    assert before is not None
    assert after is not None
    assert after["x"] > before["x"]  # it answers more
    points = shown.locator("svg polyline").get_attribute("points") or ""
    assert len(re.findall(r"[\d.]+,[\d.]+", points)) == len(result.curve)


@pytest.mark.parametrize("width", [360, 390, 900, 1280])
def test_nothing_runs_out_of_the_window(shown: Page, width: int) -> None:
    shown.set_viewport_size({"width": width, "height": 800})
    assert shown.evaluate("document.documentElement.scrollWidth") <= width
