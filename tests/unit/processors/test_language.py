"""Language: short, mixed, foreign and empty lines."""

import pytest

from ticketstream.processors.language import detect


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Where is my order?", "en"),
        ("Wo ist mein Paket?", "de"),
        ("Lampe kaputt", "de"),
        ("broken lamp", "en"),
        ("refund please", "en"),
        ("Rechnung fehlt!!", "de"),
        ("Bestellung stornieren", "de"),
        ("Widerruf", "de"),
        ("hi, thx", "en"),
        ("Danke!", "de"),
        ("ICH WARTE SEIT DREI WOCHEN", "de"),
        ("Ich habe das Sale-Item im Online-Shop gekauft, das Tracking sagt delivered.", "de"),
        ("My order from your German shop says 'Lieferung verzögert', what does it mean?", "en"),
        ("Bonjour, où est ma commande ? Merci", "fr"),
        ("Waar is mijn bestelling? Ik wacht al twee weken.", "nl"),
        ("Hola, ¿dónde está mi pedido? Gracias", "es"),
        ("Buongiorno, il mio ordine non è ancora arrivato", "it"),
        ("Dzień dobry, gdzie jest moje zamówienie?", "pl"),
        ("Где мой заказ?", "ru"),
        ("注文はどこですか", "ja"),
        ("我的订单在哪里", "zh"),
    ],
)
def test_a_line_is_known_by_its_words(text: str, code: str) -> None:
    assert detect(text).code == code


@pytest.mark.parametrize("text", ["", "   ", "12345 !!", "🙂", "xq zrk"])
def test_what_says_nothing_has_no_language(text: str) -> None:
    assert (detect(text).code, detect(text).score) == ("", 0.0)


def test_a_hint_decides_where_nothing_else_does_and_overrules_nobody() -> None:
    assert detect("KB-4821973", "de-AT").code == "de"
    assert detect("KB-4821973", "de-AT").score < 0.8
    assert detect("in", "de").code == "de"
    assert detect("in", "en").code == "en"
    assert detect("Where is my order? I have been waiting for two weeks.", "de").code == "en"


def test_the_score_grows_with_what_speaks_for_it() -> None:
    short = detect("die Lampe").score
    long = detect("Die Lampe, die ich bei Ihnen bestellt habe, ist leider kaputt.").score
    mixed = detect("Die Lampe ist broken, please send new one, danke").score
    assert mixed < long
    assert short < long
    assert long > 0.97


def test_a_hint_in_no_known_language_is_passed_over() -> None:
    assert detect("Where is my order?", "xx").code == "en"
    assert detect("", "klingon").code == ""
