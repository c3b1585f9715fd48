"""Bank codes: where they are called so, behind an IBAN, or whole with XXX."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.bic import find


@pytest.mark.parametrize(
    "text",
    [
        "Please use BIC ⟦COBADEFFXXX⟧ and the IBAN below",
        "my swift code is ⟦BARCGB22⟧, thanks",
        "Kontoverbindung: siehe unten, bic ⟦rlnwatww⟧",
        "SWIFT/BIC: ⟦UBSWCHZH80A⟧",
        "swift: ⟦deutdeff⟧",
        "BIC lautet ⟦GENODEF1S04⟧",
        "DE89 3704 0044 0532 0130 00 / ⟦INGDDEFF⟧",
        "the bank wants ⟦INGDDEFFXXX⟧ on the form",
        "BIC der Bank ist ⟦BYLADEM1001⟧",
        "sort code ⟦20-00-00⟧",
        "BLZ ⟦20050550⟧",
    ],
)
def test_a_bank_code_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Das ist eine FRECHHEIT und UNGLAUBLICH",
        "Was ist der Unterschied zwischen BIC und IBAN? Kann ich per SWIFT zahlen?",
        "I never got the BIC from your team.",
        "THIS IS COMPLETELY REDUNDANT AND POINTLESS",
        "ob wir die BIC brauchen",
        "SOFORT MELDEN ANSONSTEN ANWALT",
        "BIC: folgt",
        "swift transfer",
        "Please sort code 5 for me",
        "ORDER KB-4821973 IS LATE",
    ],
)
def test_what_is_no_bank_code_stays_readable(text: str) -> None:
    assert found(find, text) == []
