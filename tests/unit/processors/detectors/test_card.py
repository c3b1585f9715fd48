"""Cards: whole, hidden but for some digits, or only the last of them."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.card import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦**** **** **** 4821⟧ was charged",
        "⟦************4821⟧",
        "Visa ⟦xxxx-xxxx-xxxx-1234⟧",
        "Visa ⟦xxxx 1234⟧",
        "card ending in ⟦4821⟧",
        "the card ending ⟦7781⟧ was charged twice",
        "Karte endet auf ⟦9931⟧",
        "Kreditkarte mit den Endziffern ⟦5520⟧",
        "letzte vier Ziffern ⟦0042⟧",
        "last four digits are ⟦0042⟧",
        "Visa mit Endung ⟦6620⟧",
        "⟦5496 12XX XXXX 9015⟧",
        "CVV ⟦123⟧",
        "Prüfnummer: ⟦8412⟧",
        "card ⟦5496 1234 5678 9016⟧",
        "⟦4000 1234 5678 9017⟧",
    ],
)
def test_a_card_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "EAN 4260555501234 und Artikel 4222222222222",
        "4006381333931",
        "paid by card 2 times, 1234 points",
        "Gutschein XXXX-2026 endet am 3112",
        "order ending soon",
        "card ends 12/2027",
        "my card expires 2027",
        "the last 4 lamps broke",
        "die letzten vier Wochen",
        "XXL 1234 and xx 1234",
        "security code wrong, code 12345",
        "1234 5678 9012 3456",
        "1000 2000 3000 4000",
        "EAN 4006381333931",
        "***** 5 stars",
        "the card was declined 3 times",
        "Postkarte 1234",
    ],
)
def test_what_is_no_card_stays_readable(text: str) -> None:
    assert found(find, text) == []
