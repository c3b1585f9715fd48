"""Invoice numbers: by their form, and what is called one in English and German."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.invoice import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦RE-2026-004711⟧",
        "⟦inv 2026 004412⟧",
        "invoice number ⟦88123⟧",
        "Rechnungs-Nr.: ⟦R20261004⟧",
        "Beleg Nr ⟦2026-7781⟧",
        "Gutschrift ⟦GS-10043⟧",
        "credit note no. ⟦5512⟧",
    ],
)
def test_an_invoice_number_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Rechnung über 149,95 EUR vom 12.10.2026",
        "Rechnung 2026",
        "invoice for 3 items",
        "Re: 4711-0815",
        "bill of 250 EUR",
        "RE-2026",
        "receipt from 2026-10-12",
        "inverter 12345",
    ],
)
def test_what_is_no_invoice_stays_readable(text: str) -> None:
    assert found(find, text) == []
