"""Tax numbers: by their check digits, or where they are called so."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.tax import find


@pytest.mark.parametrize(
    "text",
    [
        "VAT ID ⟦DE812345673⟧ must be on the bill",
        "our number is ⟦DE 298 712 340⟧",
        "our VAT number is ⟦GB 980 0078 29⟧",
        "UID: ⟦ATU13585627⟧",
        "unsere ⟦CHE-107.155.673⟧",
        "Steuer-ID ⟦47 036 892 816⟧",
        "Meine steuerliche Identifikationsnummer lautet ⟦95182736459⟧",
        "Steuernummer ⟦181/815/08155⟧ beim Finanzamt",
        "St.-Nr. ⟦22/345/67890⟧",
        "NI number: ⟦AB 12 34 56 C⟧",
        "it is ⟦AB123456C⟧",
        "my national insurance is ⟦qq123456c⟧",
        "UTR ⟦1195583977⟧ if you need it",
        "EIN ⟦91-1144442⟧",
        "our Tax ID is ⟦36-7654321⟧",
        "⟦536-90-4399⟧",
        "social security ⟦536 90 4399⟧",
        "btw nummer ⟦NL004495445B01⟧",
        "Partita IVA ⟦IT00743910150⟧",
        "VAT reg no ⟦IE6433435FW⟧",
        "Bitte mit meiner USt-ID ⟦de305982123⟧ ausstellen",
        "USt-IdNr. ⟦DE305982124⟧",
    ],
)
def test_a_tax_number_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "Bitte weisen Sie die 19 % MwSt aus, Steuer-ID folgt 2027",
        "VAT at 20% on 149.95 makes 29.99",
        "tax of 123.45 was charged",
        "Ist der Preis 1299 inklusive Steuer?",
        "article 47036892815 is sold out",
        "article 47036892816 is sold out",
        "DE812345674 is an article",
        "Mehrwertsteuer von 16 auf 19 Prozent",
        "VAT invoice for 3 items please",
        "Umsatzsteuer 23,94 Euro",
        "it 12345678901 is",
        "KB-4821973 und C-104233",
        "ein 12-teiliges Set",
        "00340434161094021501",
        "GB123456A",
        "Tel 0171 3920012",
        "order 123-45-67890",
        "1234-56-78 and 000-12-3456",
        "Rechnung 2026/00123 mit Steuer",
        "Die Nummer 12 345 678 901 ist keine",
        "taxi 1234567",
        "status 123456789",
    ],
)
def test_what_is_no_tax_number_stays_readable(text: str) -> None:
    assert found(find, text) == []
