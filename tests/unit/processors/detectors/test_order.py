"""Order numbers: the shop's own, and what is called one in English and German."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.order import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦KB-4821973⟧ and ⟦kb 4821973⟧",
        "order #⟦100234⟧",
        "order id: ⟦304-1234567-7654321⟧",
        "Auftrag ⟦A-2026-00471⟧",
        "Best.-Nr. ⟦77-88-99⟧",
        "my order number is ⟦5566778⟧",
        "Bestellungen ⟦100200⟧ und ⟦100201⟧",
    ],
)
def test_an_order_number_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "KB 12 Kommode",
        "KB-48219 and KB-48219731",
        "order 2 lamps",
        "order of 12.10.2026",
        "Bestellung vom 12-10-2026",
        "order 12345 EUR",
        "Bestellung von 2026",
        "in order to pay 12345678",
        "border 123456",
    ],
)
def test_what_is_no_order_stays_readable(text: str) -> None:
    assert found(find, text) == []
