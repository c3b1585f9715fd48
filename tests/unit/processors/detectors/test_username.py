"""Names of accounts: announced, or handles of a platform."""

import pytest
from tests.unit.processors.detectors.marked import found, plain, wanted

from ticketstream.processors.detectors.username import find


@pytest.mark.parametrize(
    "text",
    [
        "my username is ⟦lena_v85⟧",
        "Username: ⟦sunnyday⟧",
        'user name "⟦Mr.Pickles⟧" cannot log in',
        "Benutzername: ⟦hausmeister_k⟧",
        "Mein Nutzername lautet ⟦wolke7⟧.",
        "Login: ⟦bkramer2⟧",
        "Login ist ⟦tulpe1962⟧, Passwort geht nicht",
        "Account ⟦craftymum_77⟧ is blocked",
        "ich bin auf insta ⟦@holzliebe.de⟧",
        "message me on Instagram (⟦@oak.and.ivy⟧)",
        "twitter ⟦@dario_89⟧",
        "Discord: ⟦nightowl#4821⟧",
        "Telegram ⟦@vkovalenko⟧ geht auch",
        "Nutzername ist ⟦opa-heinz⟧",
        "my nickname in the shop is ⟦kitty_lamp⟧",
        "Benutzername bei euch: ⟦ralfundute⟧",
        "Benutzer: ⟦jkowalski⟧",
        "login name ⟦t.oneill⟧",
        "my ebay user ⟦lampfan_2020⟧",
        "reddit ⟦u/lamp-lover⟧",
    ],
)
def test_a_name_of_an_account_is_found(text: str) -> None:
    assert found(find, plain(text)) == wanted(text)


@pytest.mark.parametrize(
    "text",
    [
        "The username is not accepted and the login fails",
        "Benutzername oder Passwort falsch",
        "login does not work since Monday",
        "mein account wurde gesperrt, login geht nicht",
        "3 chairs @ 49.95 each",
        "I follow your shop on Instagram and saw the 20 % code",
        "My login page shows error 500",
        "Ihr Login funktioniert nicht, Benutzername unbekannt",
        "Benutzerkonto gelöscht",
        "username or password incorrect",
        "username: not accepted",
        "account 4821973",
        "user 2.0",
        "Instagram story from 12.10.2026",
        "lena@mail.example",
        "@support please help",
        "Login: nicht möglich",
        "my account is case-sensitive",
        "write u/s",
        "konto 1234",
        "Profil 120x80",
    ],
)
def test_what_is_no_name_of_an_account_stays_readable(text: str) -> None:
    assert found(find, text) == []
