"""What only looks personal: amounts, measures, norms, and what things are called."""

import pytest

from ticketstream.processors.detectors.harmless import is_harmless


def judged(text: str) -> bool:
    """Whether the stretch between ⟦ and ⟧ is harmless."""
    start, end = text.index("⟦"), text.index("⟧") - 1
    return is_harmless(text.replace("⟦", "").replace("⟧", ""), start, end)


@pytest.mark.parametrize(
    "text",
    [
        "für ⟦CHF 780.-⟧ gekauft",
        "it was ⟦£1,249.00⟧ then",
        "Kissen in ⟦40x60⟧",
        "die Schraube ⟦M6 x 35⟧ fehlt",
        "nach ⟦§ 357 BGB⟧",
        "Fire rating to ⟦BS 5852⟧",
        "in ⟦RAL 7016⟧ bitte",
        "zwischen ⟦9:00-13:00 Uhr⟧",
        "den sessel ⟦bruno⟧ beim späti",
        'Vitrine "⟦Windsor⟧" bestellt',
        "the sofa ⟦Oslo⟧ in green",
        "our lamp called ⟦Emma⟧",
        "ein Bett namens ⟦Ole⟧",
        "die Stehlampe ⟦Paula⟧",
    ],
)
def test_what_is_personal_to_nobody_is_harmless(text: str) -> None:
    assert judged(text)


@pytest.mark.parametrize(
    "text",
    [
        "call ⟦07700 900318⟧",
        "meine Nummer ist ⟦91144076⟧",
        "wohne ⟦Am Anger 5⟧",
        "Frau ⟦Stuhl⟧ hat angerufen",
        "an den Tisch setzte sich ⟦Bruno⟧",
        "geboren ⟦14.03.1981⟧",
        "bin ⟦im 8. Monat schwanger⟧",
        "plate ⟦HH-AB 482⟧",
        "in bed since Monday, ⟦Ada⟧",
    ],
)
def test_what_may_be_personal_is_not(text: str) -> None:
    assert not judged(text)
