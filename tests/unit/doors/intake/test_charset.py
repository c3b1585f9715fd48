import pytest
from hypothesis import given
from hypothesis import strategies as st

from ticketstream.doors.intake.charset import clean, decoded, unflowed, without_unseen


@pytest.mark.parametrize(
    ("data", "charset", "text"),
    [
        ("Größe €".encode(), "utf-8", "Größe €"),
        ("Größe €".encode(), "iso-8859-1", "Größe €"),
        ("Größe €".encode(), "us-ascii", "Größe €"),
        ("Größe €".encode("cp1252"), "iso-8859-1", "Größe €"),
        ("Größe €".encode("cp1252"), "utf-8", "Größe €"),
        ("Größe".encode("cp1252"), "x-no-such-charset", "Größe"),
        ("Größe".encode("cp1252"), "", "Größe"),
        ("Größe".encode("cp1252"), "unicode_escape", "Größe"),
        ("Größe".encode("cp1252"), "zip", "Größe"),
        ("Größe".encode("cp1252"), "a\0b", "Größe"),
        ("привет".encode("koi8-r"), "koi8-r", "привет"),
        ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕"),
        ("日本".encode("iso2022_jp"), "ISO-2022-JP", "日本"),
        ("Größe".encode("utf-16"), "utf-16", "Größe"),
        ("ä".encode() * 30 + b"\xe4", "utf-8", "ä" * 30 + "\N{REPLACEMENT CHARACTER}"),
    ],
)
def test_text_is_read_whatever_the_mail_says_of_it(data: bytes, charset: str, text: str) -> None:
    assert decoded(data, charset) == text


@given(
    st.binary(), st.sampled_from(["utf-8", "ascii", "utf-7", "hz", "big5", "idna", "xx", "rot13"])
)
def test_any_bytes_make_a_text_that_can_be_sent_on(data: bytes, charset: str) -> None:
    text = clean(decoded(data, charset))
    assert text.encode().decode() == text


@given(st.text(alphabet=st.characters(exclude_categories=()), min_size=1))
def test_clean_text_has_no_control_characters_and_no_lone_surrogates(text: str) -> None:
    shown = clean(text + "x")
    assert all(c >= " " or c in "\t\n" for c in shown)
    assert shown.encode().decode() == shown
    assert clean(shown) == shown


def test_characters_that_nobody_sees_are_taken_out_and_counted() -> None:
    spoken = "".join(chr(0xE0000 + ord(c)) for c in "refund")
    assert without_unseen(f"Hallo{spoken}\u200b Welt") == ("Hallo Welt", 7)


def test_flowed_paragraphs_are_joined_and_quotes_kept_apart() -> None:
    text = "> Haben Sie \n> die Rechnung?\nJa, ich \nhabe sie.\n\n-- \nJana\n From here"
    assert unflowed(text, delete_space=False) == (
        "> Haben Sie die Rechnung?\nJa, ich habe sie.\n\n-- \nJana\nFrom here"
    )
    assert unflowed("Donau \ndampf", delete_space=True) == "Donaudampf"
