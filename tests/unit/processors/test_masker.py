"""What docs/masking.md promises: every type in its example, and the shop's own stays readable."""

import re

import pytest

from ticketstream.doors.settings import ROOT
from ticketstream.processors.detectors.entities import nothing
from ticketstream.processors.detectors.known import Known, finder
from ticketstream.processors.detectors.span import Span
from ticketstream.processors.masker import Masker
from ticketstream.processors.masking import resolve

PAGE = (ROOT / "docs" / "masking.md").read_text("utf-8")
ROWS = re.findall(r"^\| ([A-Z_]+) \| .* \| `([^`]+)` \|$", PAGE, re.MULTILINE)
PLANNED = [
    "PERSON", "EMAIL", "PHONE", "ADDRESS", "LOCATION", "IBAN", "BIC", "CARD", "ORDER", "INVOICE",
    "TRACKING", "CUSTOMER", "DATE_OF_BIRTH", "TAX_ID", "ID_DOCUMENT", "IP", "USERNAME", "URL",
    "LICENSE_PLATE", "HEALTH",
]  # fmt: skip
MASKER = Masker(b"k" * 64)


def test_every_type_of_the_plan_has_a_row_with_an_example() -> None:
    assert [kind for kind, _ in ROWS] == PLANNED


@pytest.mark.parametrize(("kind", "example"), ROWS)
def test_the_example_of_a_type_holds_that_type_and_no_other(kind: str, example: str) -> None:
    known = finder(Known(names=("Lena Vogt",)))
    found = resolve(example, MASKER.find(example, known))
    assert [span.type for span in found] == [kind]


def test_what_is_personal_by_its_place_is_found_beside_the_rest() -> None:
    placed = Span(0, 4, "PERSON", 0.98, "author")
    assert MASKER.find("Nayeli KB-4821973", nothing, [placed])[-1] == placed
    assert MASKER.find("", nothing, [placed]) == []


def test_the_detectors_of_the_ticket_the_shop_and_the_model_read_the_same_view() -> None:
    read: list[str] = []

    def listen(text: str) -> list[Span]:
        read.append(text)
        return [Span(6, 10, "PERSON", 0.9, "any")]

    masker = Masker(b"k" * 64, agents=listen, entities=listen)
    found = masker.find("Hallo Le\u200bna, \uff2b\uff22", listen)
    assert read == ["Hallo Lena, KB"] * 3
    assert {(s.start, s.end) for s in found} == {(6, 11)}
