import pytest

from ticketstream.doors.intake.quotes import split_quote

CASES = [
    ("Hallo\n\n-- \nJana Brandt\nTel. 030 23125 000", "Hallo"),
    ("Hallo\n--\nJana Brandt\n\n> alt", "Hallo"),
    (
        "Wo ist es?\n\nMit freundlichen Grüßen\nJana Brandt\n\nBrandt GmbH\nAllee 7\n20095 Hamburg",
        "Wo ist es?\n\nMit freundlichen Grüßen\nJana Brandt",
    ),
    ("Where?\n\nKind regards,\nAda\nPhone: 020 7946 0000", "Where?\n\nKind regards,\nAda"),
    ("Where?\nThanks!\nAda\nada@mail.example\nwww.ada.example", "Where?\nThanks!\nAda"),
    ("Wo?\nLG\nJana\nAllee 7\n20095 Hamburg", "Wo?\nLG\nJana"),
    ("Wo?\n\nVon meinem iPhone gesendet", "Wo?"),
    ("Wo?\n\nVon meinem/meiner Galaxy gesendet\n", "Wo?"),
    ("Where?\n\nSent from Yahoo Mail on Android", "Where?"),
    ("Where?\n--\nGet Outlook for iOS<https://aka.example/o0ukef>", "Where?"),
    ("Wo?\nJana\n_______\nBrandt GmbH\nwww.brandt.example", "Wo?\nJana"),
    ("Wo?\n\n-- \nJana\n\nGesendet mit der GMX Mail App", "Wo?"),
    (
        "Wo?\n\nGrüße\nJana\n\nDiese E-Mail enthält vertrauliche Daten.\nNur für Sie.",
        "Wo?\n\nGrüße\nJana",
    ),
    (
        "Where?\n\nThis message and any attachments are confidential and may be privileged.",
        "Where?",
    ),
]


@pytest.mark.parametrize(("text", "newest"), CASES)
def test_a_signature_is_split_from_the_new_words_and_not_lost(text: str, newest: str) -> None:
    split = split_quote(text)
    assert split.newest == newest
    kept = f"{split.newest}\n{split.quoted}".split()
    assert sorted(kept) == sorted(text.split())


@pytest.mark.parametrize(
    "text",
    [
        "Hallo\n\nViele Grüße\nJana",
        "Viele Grüße\nJana\n\nP.S. Die Rechnung fehlt auch.\nTel. 030 23125 000",
        "Thanks\nAda\n\nMy new address is as follows, please change it:\nAllee 7\n20095 Hamburg",
        "Best regards\nAda\nDo you have it in blue?\nwww.ada.example",
        "Thanks for the order KB-4821973\nIt came today\nTel. 030 23125 000" + "\nx" * 20,
        "--\nJana Brandt\nTel. 030 23125 000",
        "Erstens\n--\n" + "Zweitens, und das ist noch nicht alles.\n" * 20,
        "Meine Adresse:\nJana Brandt\nAllee 7\n20095 Hamburg",
        "Hallo,\ndiese Nachricht ist vertraulich: Jemand hat mein Konto benutzt.\nWas nun",
        "Hello,\nthis message is confidential. Somebody used my account.\nPlease lock it",
        "Diese E-Mail enthält vertrauliche Daten."
        + "\nBitte lesen Sie alles, was ich Ihnen schreibe." * 20,
        "Preise\n-----\nLampe 20\nStuhl 30",
    ],
)
def test_what_may_be_part_of_the_message_stays(text: str) -> None:
    split = split_quote(text)
    assert split.newest == text.strip()
    assert split.quoted == ""
