"""Customer numbers: the shop's own, and what is called one in English and German."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.customer import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦C-104233⟧",
        "⟦c - 104233⟧",
        "customer no. ⟦10002938⟧",
        "Kd-Nr ⟦4711882⟧",
        "Kundennummer ⟦K-102938⟧",
        "Postnummer ⟦12345678⟧",
        "membership no ⟦BC-44120⟧",
    ],
)
def test_a_customer_number_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "customer service number 24/7, account for 2 years",
        "C104233",
        "C-10423",
        "Kunde seit 2019",
        "Post 12345",
        "account 30 days",
        "Club 2026 in May",
        "Kunden 12,5 %",
        "ABC-104233",
    ],
)
def test_what_is_no_customer_stays_readable(text: str) -> None:
    assert found(find, text) == []
