"""Each detector by a table: what it must find, to the character, and what must stay readable."""

import time

import pytest

from ticketstream.processors.detectors import detect
from ticketstream.processors.masking import resolve


def found(text: str) -> list[tuple[str, str]]:
    return [(s.type, text[s.start : s.end]) for s in resolve(text, detect(text))]


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        # EMAIL
        ("write to lena.vogt@mail.example.", "EMAIL", "lena.vogt@mail.example"),
        ("<Lena+lamp@sub.mail.example>", "EMAIL", "Lena+lamp@sub.mail.example"),
        ("o'brien@mail.example", "EMAIL", "o'brien@mail.example"),
        ("Mail:müller@bücher.example!", "EMAIL", "müller@bücher.example"),
        ("lena (at) mail.example", "EMAIL", "lena (at) mail.example"),
        ("lena[at]mail[dot]example", "EMAIL", "lena[at]mail[dot]example"),
        ("?email=lena%40mail.example&", "EMAIL", "lena%40mail.example"),
        ("file lena_v@mail.example_", "EMAIL", "lena_v@mail.example_"),
        # PHONE
        ("Tel. 0171 3920012", "PHONE", "0171 3920012"),
        ("unter 040/66969123 erreichbar", "PHONE", "040/66969123"),
        ("+49 (0)40 66969-123", "PHONE", "+49 (0)40 66969-123"),
        ("0049 171 3920012", "PHONE", "0049 171 3920012"),
        ("ring me: 07700 900123", "PHONE", "07700 900123"),
        ("020 7946 0123", "PHONE", "020 7946 0123"),
        ("+353 20 915 6543", "PHONE", "+353 20 915 6543"),
        ("06 12345678", "PHONE", "06 12345678"),
        ("044 668 18 00", "PHONE", "044 668 18 00"),
        ("0664 1234567", "PHONE", "0664 1234567"),
        ("(415) 555-0199", "PHONE", "(415) 555-0199"),
        ("555-123-4567", "PHONE", "555-123-4567"),
        ("1-800-555-0199", "PHONE", "1-800-555-0199"),
        ("Handynummer ist 3920012", "PHONE", "3920012"),
        ("my phone number is 5550123 ok", "PHONE", "5550123"),
        ("202-555-0123 ext. 22", "PHONE", "202-555-0123 ext. 22"),
        ("am 12.10.2026 0171 3920012 angerufen", "PHONE", "0171 3920012"),
        # IBAN
        ("IBAN DE89 3704 0044 0532 0130 00 bitte", "IBAN", "DE89 3704 0044 0532 0130 00"),
        ("de89370400440532013000", "IBAN", "de89370400440532013000"),
        ("AT611904300234573201", "IBAN", "AT611904300234573201"),
        ("CH93 0076 2011 6238 5295 7", "IBAN", "CH93 0076 2011 6238 5295 7"),
        ("GB29 NWBK 6016 1331 9268 19", "IBAN", "GB29 NWBK 6016 1331 9268 19"),
        ("nl91 abna 0417 1643 00", "IBAN", "nl91 abna 0417 1643 00"),
        ("IE29AIBK93115212345678", "IBAN", "IE29AIBK93115212345678"),
        ("typo DE89370400440532013001.", "IBAN", "DE89370400440532013001"),
        # CARD
        ("card 4111 1111 1111 1111 exp 12/27", "CARD", "4111 1111 1111 1111"),
        ("4111 1111 1111 1111 12/27", "CARD", "4111 1111 1111 1111"),
        ("5555-5555-5555-4444", "CARD", "5555-5555-5555-4444"),
        ("378282246310005", "CARD", "378282246310005"),
        ("4222222222222", "CARD", "4222222222222"),
        ("typo 4111 1111 1111 1112", "CARD", "4111 1111 1111 1112"),
        # ORDER
        ("KB-4821973", "ORDER", "KB-4821973"),
        ("kb 4821973,", "ORDER", "kb 4821973"),
        ("rechnung_KB4821973_alt.pdf", "ORDER", "KB4821973"),
        ("order no 12345", "ORDER", "12345"),
        ("Order #W5744371", "ORDER", "W5744371"),
        ("my order 4821973 is late", "ORDER", "4821973"),
        ("Bestellnummer: 100-2345", "ORDER", "100-2345"),
        ("Bestell-Nr. 12345", "ORDER", "12345"),
        ("Best.-Nr.: 778899", "ORDER", "778899"),
        ("Meine Bestellung mit der Nummer 998877", "ORDER", "998877"),
        ("Auftragsnummer\n> 4711-2233", "ORDER", "4711-2233"),
        ("the order number is 5566778.", "ORDER", "5566778"),
        # INVOICE
        ("INV-2026-004412", "INVOICE", "INV-2026-004412"),
        ("inv 2026 004412", "INVOICE", "inv 2026 004412"),
        ("Rechnungsnummer 2026/00123", "INVOICE", "2026/00123"),
        ("RE-2026-00123", "INVOICE", "RE-2026-00123"),
        ("invoice no. 88123", "INVOICE", "88123"),
        # CUSTOMER
        ("C-104233", "CUSTOMER", "C-104233"),
        ("Kundennummer: 104233", "CUSTOMER", "104233"),
        ("Kd.-Nr. 104233", "CUSTOMER", "104233"),
        ("customer id 104233", "CUSTOMER", "104233"),
        # TRACKING
        ("00340434161094021501", "TRACKING", "00340434161094021501"),
        ("00340 43416 10940 21501", "TRACKING", "00340 43416 10940 21501"),
        ("1Z999AA10123456784", "TRACKING", "1Z999AA10123456784"),
        ("DPD 05342100123456", "TRACKING", "05342100123456"),
        ("DPD Paketnummer 0534 2100 1234 56", "TRACKING", "0534 2100 1234 56"),
        ("GLS parcel number 40512345678", "TRACKING", "40512345678"),
        ("Sendungsnummer: H1001234567890", "TRACKING", "H1001234567890"),
        ("RR123456785DE", "TRACKING", "RR123456785DE"),
        # URL
        ("see https://photos.example/lena?x=1.", "URL", "https://photos.example/lena?x=1"),
        ("(www.lena-vogt.example)", "URL", "www.lena-vogt.example"),
        ("at social.example/lena_vogt now", "URL", "social.example/lena_vogt"),
        ("https://a.example/x_(y)", "URL", "https://a.example/x_(y)"),
        # IP
        ("from 192.0.2.17,", "IP", "192.0.2.17"),
        ("from 2001:db8::17 today", "IP", "2001:db8::17"),
    ],
)
def test_a_value_is_found_to_the_character(text: str, kind: str, value: str) -> None:
    assert found(text) == [(kind, value)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("orders KB-4821973, KB-4821974 and 4821975", ["KB-4821973", "KB-4821974", "4821975"]),
        ("Bestellungen 100200 und 100201", ["100200", "100201"]),
        ("0171 3920012 / 040 66969123", ["0171 3920012", "040 66969123"]),
        (
            "DE89370400440532013000 AT611904300234573201",
            ["DE89370400440532013000", "AT611904300234573201"],
        ),
        ("a@mail.example;b@mail.example", ["a@mail.example", "b@mail.example"]),
    ],
)
def test_values_side_by_side_are_all_found(text: str, values: list[str]) -> None:
    assert [value for _, value in found(text)] == values


@pytest.mark.parametrize(
    "text",
    [
        "Die Lampe kostet 149,95 EUR, der Tisch 1.299,00 €, zusammen 1.448,95.",
        "I paid EUR 1234567 and 12,345.67 USD or $ 415-555",
        "Bestellt am 01.10.2026, geliefert am 12.10.26 um 09:30 Uhr (2026-10-12 14:30:00).",
        "on 10/12/2026 between 9-18, from 01.10.2026 - 12.10.2026",
        "Lieferzeit 2-4 Werktage, 14 Tage Widerruf, 30 days voluntary return, 24/7",
        "Artikel LMP-204-BK und TBL-1200-OAK in 120x80x75 cm, 0,5-0,75 l, 220-240 V",
        "§ 312g BGB, § 355 Abs. 1, Art. 17 DSGVO, Section 355 (2), ISO 9001, IP44, E27, A++",
        "order 2 lamps and order 1500 pieces, Bestellung von 12000 Stück, order 12345 EUR",
        "Bestellung vom 12.10.2026, Rechnung vom 2026-10-12, invoice 2026-10-12, order from 2026",
        "your order of 2026 and order confirmation of 20.10.",
        "version 1.2.3.4, firmware v10.0.19.1, Chapter 1.2.3",
        "EAN 4006381333931, item 1000200030004",
        "z.B./d.h. und/oder, Mo.-Fr. 9-18 Uhr, S/M/L, 1/2, he/she",
        "100 200 300, 12 345 678, 1 000 000 people",
        "5@3.50, 3 @ 2 for 1, @home, a@b",
        "Re: 4711-0815 Re: 20 % Rabatt, Gutschein SOMMER2026",
        "at 10:20:30 or 16:9, ratio 1:2:3",
        "border 12345, reordering 12345 parts",
        "Zahlung in 12 Raten zu 12,50 in 10 Tagen abgebucht werden sollte",
        "Club 2026 in May",
        "RR123456784DE",  # a parcel number with a wrong check digit, and no word announces it
    ],
)
def test_what_names_nobody_stays_readable(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "unit",
    ["a", "1", "0 ", "00 ", "1-", "01 ", "@", "a.", "a@", "12345 ", "de89 ", "4111 ", "www.",
     "1:", "a(at)", "order "],
)  # fmt: skip
def test_no_text_makes_a_detector_crawl(unit: str) -> None:
    text = (unit * 20_000)[:20_000]
    started = time.process_time()
    detect(text)
    assert time.process_time() - started < 6  # a pattern that backtracks takes minutes
