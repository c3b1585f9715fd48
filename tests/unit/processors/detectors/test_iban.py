"""Accounts: valid in any spelling, mistyped where announced, and those of before."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.iban import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦de89-3704-0044-0532-0130-00⟧",
        "IBAN ⟦DE89 37O4 0044 0532 013O 00⟧",
        "IBAN ⟦DE89 3704 0044\n0532 0130 00⟧",
        "> ⟦DE89 3704 0044 0532\n> 0130 00⟧ is ours",
        "IBAN: ⟦GB33BUKB20201555555556⟧",
        "Konto: ⟦DE 89 3704 0044 0532 0130 01⟧ (IBAN)",
        "iban ⟦FR1420041010050500013M02606⟧",
        "IBAN ⟦DE89 3704 0044 0532 01⟧",
        "Kto ⟦1234567890⟧ BLZ 20050550",
        "Kontonummer: ⟦0123456789⟧",
        "sort code 20-00-00 account number ⟦55779911⟧",
    ],
)
def test_an_account_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "GB33BUKB20201555555556 is an article",
        "FR1420041010050500013M02607",
        "was ist die IBAN von euch?",
        "IBAN folgt am 12.10.2026",
        "Konto gesperrt seit 12345678",
        "AB12 CDE",
        "account number 55779911",
        "DE12 Lampen",
        "LC12 words that go on and on and on and on and on",
        "RU99 a b c d e f g h i j k l m n o p",
        "DE89 3704",
    ],
)
def test_what_is_no_account_stays_readable(text: str) -> None:
    assert found(find, text) == []
