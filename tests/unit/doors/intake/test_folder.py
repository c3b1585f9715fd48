import mailbox
from pathlib import Path

import pytest

from ticketstream.doors.intake.folder import messages
from ticketstream.schemas.errors import SettingError

MAIL = b"From: jana@brandt.example\nSubject: Lampe\n\nSie flackert.\n"


def places(path: Path) -> list[str]:
    return [raw.place for raw in messages([path])]


def test_a_folder_is_read_in_order_with_all_its_kinds(tmp_path: Path) -> None:
    shop = tmp_path / "shop"
    (shop / "b").mkdir(parents=True)
    (shop / "b" / "two.eml").write_bytes(MAIL)
    (shop / "a.jsonl").write_bytes(b'{"text":"x"}\n\n{"text":"y"}')
    (shop / "c.mbox").write_bytes(b"From a@b.example Mon Nov  2 10:12:00 2026\n" + MAIL)
    (shop / "d.MAIL").write_bytes(MAIL)
    (shop / "notes.md").write_text("# Notes\n\nFrom: nobody")
    (shop / ".hidden.eml").write_bytes(MAIL)
    found = [(r.kind, r.place) for r in messages([shop])]
    assert found == [
        ("line", "shop/a.jsonl:1"),
        ("line", "shop/a.jsonl:3"),
        ("mail", "shop/b/two.eml"),
        ("mail", "shop/c.mbox#1"),
        ("mail", "shop/d.MAIL"),
    ]


def test_an_mbox_is_cut_at_its_from_lines_only(tmp_path: Path) -> None:
    body = b"From the start it flickered.\n\nFrom today on I wait.\n"
    box = tmp_path / "inbox"
    separator = b"From jana@brandt.example Mon Nov  2 10:12:00 2026\n"
    escaped = b"\n>From here on it is quoted\n>>From twice\n> From a reply\n"
    box.write_bytes(separator + MAIL + escaped + b"\n" + separator + MAIL + b"\n" + body)
    one, two = messages([box])
    assert [one.place, two.place] == ["inbox#1", "inbox#2"]
    assert one.data.startswith(MAIL)
    assert b"\nFrom here on it is quoted\n>From twice\n> From a reply\n" in one.data
    assert two.data.endswith(body)


def test_an_mbox_written_by_the_standard_library_comes_back_whole(tmp_path: Path) -> None:
    box = mailbox.mbox(tmp_path / "box.mbox")
    mails = [MAIL + b"\nFrom me %d\n" % n for n in range(3)]
    for mail in mails:
        box.add(mail)
    box.close()
    assert [raw.data.strip() for raw in messages([tmp_path / "box.mbox"])] == [
        mail.strip() for mail in mails
    ]


def test_a_maildir_gives_its_inbox_without_trash_and_drafts(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "Maildir")
    sent = box.add_folder("Sent")
    sent.add(MAIL)
    for flags in ("", "S", "ST", "D"):
        message = mailbox.MaildirMessage(MAIL)
        message.set_flags(flags)
        message.set_subdir("cur" if flags else "new")
        box.add(message)
    found = places(tmp_path / "Maildir")
    assert [place.split("/")[1] for place in found] == ["cur", "new"]
    assert found[0].endswith(":2,S")


@pytest.mark.parametrize("name", ["missing.eml", "notes.md"])
def test_a_path_that_holds_no_messages_stops_before_the_first_message(
    tmp_path: Path, name: str
) -> None:
    (tmp_path / "good.eml").write_bytes(MAIL)
    (tmp_path / "notes.md").write_text("# Notes\n\nFrom: nobody")
    with pytest.raises(SettingError, match=name):
        messages([tmp_path / "good.eml", tmp_path / name])


def test_an_empty_mail_is_still_a_message(tmp_path: Path) -> None:
    (tmp_path / "empty.eml").write_bytes(b"")
    assert [raw.data for raw in messages([tmp_path / "empty.eml"])] == [b""]


def test_a_raw_message_shows_no_content(tmp_path: Path) -> None:
    (tmp_path / "a.eml").write_bytes(MAIL)
    assert "flackert" not in repr(list(messages([tmp_path / "a.eml"])))
