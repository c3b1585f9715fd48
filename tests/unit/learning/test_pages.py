"""What reports share: numbers as each language writes them, a matrix, words for every code."""

from typing import get_args

import pytest

from ticketstream.learning.bands import BANDS
from ticketstream.learning.pages.figures import amount, amounts, ends, share
from ticketstream.learning.pages.page import heat
from ticketstream.learning.pages.words import words_of
from ticketstream.learning.replay.intervals import Estimate
from ticketstream.processors.decision.rules import RULES
from ticketstream.processors.decision.words import REASONS, rule
from ticketstream.processors.decision.words import RULES as NAMES
from ticketstream.processors.taxonomy import TONGUES
from ticketstream.processors.words import OPINIONS, ROUTES
from ticketstream.schemas.classified import OpinionStatus
from ticketstream.schemas.envelope import Route

AROUND = Estimate(0.1234, 0.1, 0.987)


def test_numbers_are_written_as_the_language_writes_them() -> None:
    assert [plain(share(0.1234, t)) for t in TONGUES] == ["12.3 %", "12,3 %"]
    assert [plain(ends(AROUND, t)) for t in TONGUES] == ["10.0 to 98.7 %", "10,0 bis 98,7 %"]
    assert [amount(12345.6, t) for t in TONGUES] == ["12,346", "12.346"]
    assert [amounts(Estimate(3, 1.24, 5), t) for t in TONGUES] == ["1.2 to 5", "1,2 bis 5"]


@pytest.mark.parametrize(("value", "told"), [(0.0, "0 %"), (0.95, "95 %"), (0.955, "95.5 %")])
def test_a_round_share_may_do_without_its_decimal(value: float, told: str) -> None:
    assert plain(share(value, "en", round=True)) == told


def plain(text: str) -> str:
    return text.replace("\N{NARROW NO-BREAK SPACE}", " ")


def test_a_matrix_has_every_cell_and_marks_what_stays() -> None:
    made = heat({("a", "a"): 4, ("a", "b"): 1}, {"a": "A"}, {"a": "A", "b": "B"})
    assert made.columns == ["A", "B"]
    assert made.rows == [("A", [(4, 1.0, True), (1, 0.25, False)])]


def test_every_code_that_a_report_can_meet_has_words_in_both_languages() -> None:
    codes = {r.code for r in RULES}
    assert set(NAMES) == codes == set(REASONS)
    assert set(words_of("shadow")["bands"]) == set(BANDS)
    assert set(get_args(OpinionStatus)) == set(OPINIONS)
    assert set(get_args(Route)) <= set(ROUTES)
    for code in codes:
        english, german = (rule(code, t) for t in TONGUES)
        assert english
        assert german
        assert "_" not in english + german


def test_a_rule_of_a_later_release_is_told_by_its_code() -> None:
    assert rule("brand_new", "de") == "brand new"
