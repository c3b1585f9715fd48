"""The names, addresses and numbers that came with a ticket, in every spelling."""

import pytest

from ticketstream.processors.detectors.known import Known, finder


def found(text: str, *names: str, address: str = "") -> list[str]:
    find = finder(Known(names=names, addresses=(address,) if address else ()))
    return [text[s.start : s.end] for s in find(text)]


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("Lena Vogt", "Viele Grüße, Lena", ["Lena"]),
        ("Lena Vogt", "MfG\nL. Vogt", ["L. Vogt"]),
        ("Lena Vogt", "thanks\nlena v.", ["lena v."]),
        ("Lena Vogt", "LENA VOGT schrieb, Frau Vogt rief an", ["LENA VOGT", "Vogt"]),
        ("Lena Vogt", "Lenas Bestellung, Vogt's lamp", ["Lena", "Vogt"]),
        ("Lena Vogt", "foto_lena_vogt.jpg LenaVogt.pdf", ["lena_vogt", "LenaVogt"]),
        ("Vogt, Lena", "I am Lena Vogt.", ["Lena Vogt"]),
        ("Dr. Lena Vogt", "Dr. Vogt; der Dr. sagt", ["Vogt"]),
        ("Jörg Müller", "Joerg Mueller / JÖRG MÜLLER / Jorg Muller",
         ["Joerg Mueller", "JÖRG MÜLLER", "Jorg Muller"]),
        ("Joerg Mueller", "Gruß Jörg Müller", ["Jörg Müller"]),
        ("Jörg Müller", "Jo\u0308rg Mu\u0308ller", ["Jo\u0308rg Mu\u0308ller"]),
        ("José Núñez", "Jose Nunez", ["Jose Nunez"]),
        ("Uwe Groß", "uwe gross", ["uwe gross"]),
        ("Anna-Lena von der Heide", "Anna-Lena von der Heide und Frau Heide",
         ["Anna-Lena von der Heide", "Heide"]),
        ("Siobhán O'Connor", "regards, Siobhan O’Connor", ["Siobhan O’Connor"]),  # noqa: RUF001
        ("Jo Li", "Hi, I am Jo Li", ["Jo Li"]),
        ("王小明", "王小明 你好", ["王小明"]),
    ],
)  # fmt: skip
def test_a_known_name_is_found_in_any_spelling(name: str, text: str, values: list[str]) -> None:
    assert found(text, name) == values


@pytest.mark.parametrize(
    ("name", "text", "values"),
    [
        ("Will Young", "Will you send it? I will wait. So young.", []),
        ("Will Young", "Thanks, Will", ["Will"]),
        ("Will Young", "my name is will", ["will"]),
        ("Will Young", "Regards\nWill Young", ["Will Young"]),
        ("Anna Lange", "Lange habe ich gewartet, viel zu lange.", []),
        ("Anna Lange", "Viele Grüße\nLange", ["Lange"]),
        ("Anna Lange", "Hier schreibt Frau Lange.", ["Lange"]),
        ("Tom Lampe", "Die Lampe ist kaputt, eine Lampe fehlt.", []),
        ("Tom Lampe", "Grüße\nTom Lampe", ["Tom Lampe"]),
        ("Jo Li", "jo, li", []),
        ("Anna Vogt", "Annahme verweigert, Vogtland, Hannah", []),
        ("Anna von Stein", "von der Lampe und dem Stein", []),
        ("Customer Service", "the customer service", []),
    ],
)
def test_a_name_that_is_an_everyday_word_counts_only_where_a_name_stands(
    name: str, text: str, values: list[str]
) -> None:
    assert found(text, name) == values


def test_the_local_part_of_an_address_tells_a_name_where_one_stands() -> None:
    text = "Lampen sind toll, die Freundin auch.\nGruß Vogt"
    assert found(text, address="lampen.vogt@mail.example") == ["Vogt"]


def test_an_address_is_found_in_any_case_but_not_inside_another() -> None:
    text = "LENA@mail.example, magdalena@mail.example"
    assert found(text, address="lena@mail.example") == ["LENA@mail.example"]


def test_the_numbers_that_upstream_named_are_found_without_their_letters() -> None:
    find = finder(Known(orders=("KB-4821973",), customers=("C-104233",)))
    text = "es geht um 4821973 (c-104233), nicht um 14821973"
    assert [(s.type, text[s.start : s.end]) for s in find(text)] == [
        ("CUSTOMER", "c-104233"),
        ("ORDER", "4821973"),
    ]


def test_nothing_known_finds_nothing() -> None:
    assert found("Lena Vogt, lena@mail.example") == []
