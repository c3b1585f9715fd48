"""Parcel numbers: by their own form, or beside a carrier's name."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.tracking import find


@pytest.mark.parametrize(
    "text",
    [
        "⟦JJD000390007827391056⟧",
        "⟦1Z8F27W46871200534⟧",
        "⟦RR123456785GB⟧",
        "⟦cd 471 244 568 de⟧",
        "⟦05342100123456⟧ (DPD) steht seit Tagen",
        "GLS Paketnummer: ⟦ZK8X2F9Q⟧",
        "⟦H1003920012345678901⟧",
        "⟦H00HYA0012345678⟧",
        "⟦3SKAPA123456789⟧",
        "⟦99.00.123456.12345678⟧ Post CH",
        "FedEx ⟦7489 1234 5678⟧",
        "laut dhl ⟦340434316104⟧ zugestellt",
        "DPD tracking no. is ⟦1550 1234 567 890⟧",
        "Sendungs-ID: ⟦LX123456785DE⟧",
    ],
)
def test_a_parcel_number_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "The tracking says 2 stops away at 14:30",
        "DHL Paket bis 31,5 kg für 16,49",
        "parcel 1 of 3 has arrived, DPD came at 12.10.2026",
        "EAN 40063813339310 (DHL)",
        "40063813339310",
        "cd 471 244 567 de",
        "UPS said 2-4 days, 5 attempts",
        "05342100123456 steht seit Tagen",
        "DHL Express ab 9,90 bis 12 Uhr",
        "1Z999",
        "LX123",
        "Paket 2026",
        "GLS hat 3 Pakete in 2 Tagen verloren",
        "3SABC",
    ],
)
def test_what_is_no_parcel_number_stays_readable(text: str) -> None:
    assert found(find, text) == []
