"""Prices, dates, articles, norms, sizes, the shop itself: lines in which nobody is named."""

from pathlib import Path

import pytest

from ticketstream.doors.settings import ROOT, load
from ticketstream.doors.shop import readable
from ticketstream.processors.detectors.entities import nothing
from ticketstream.processors.masker import Masker

LINES = Path(__file__).with_name("harmless.txt").read_text("utf-8").splitlines()
ARTICLES = sorted((ROOT / "knowledge" / "articles").glob("*.md"))
MASKER = Masker(b"k" * 64, readable(load()))


def found(text: str) -> list[str]:
    return [text[s.start : s.end] for s in MASKER.find(text, nothing)]


@pytest.mark.parametrize("line", LINES)
def test_a_line_in_which_nobody_is_named_stays_readable(line: str) -> None:
    assert found(line) == []


@pytest.mark.parametrize("article", ARTICLES, ids=lambda path: path.name)
def test_the_shop_s_own_articles_stay_readable(article: Path) -> None:
    assert found(article.read_text("utf-8")) == []


def test_the_shop_s_products_stay_readable_by_name_and_number() -> None:
    assert found("Bestell-Nr. LMP-205-GN, order lmp-204-bk, Aurora floor lamp, black") == []
    assert found("Bestell-Nr. XYZ-1200-OAK") == ["XYZ-1200-OAK"]
