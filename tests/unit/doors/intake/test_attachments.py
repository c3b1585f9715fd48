import hashlib
import stat
from base64 import b64encode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ticketstream.doors.intake.attachments import LARGEST, AttachmentStore
from ticketstream.doors.intake.kinds import kind_of
from ticketstream.schemas.errors import InvalidEventError

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"
ONE, TWO = b"the secret of a ticket", b"the secret of another"


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_put_is_got_and_lies_encrypted(tmp_path: Path, data: bytes) -> None:
    store = AttachmentStore(tmp_path)
    kept = store.put(data, "a.bin", "application/x-anything", secret=ONE)
    assert store.get(kept) == data
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    on_disk = (tmp_path / kept.id[:2] / kept.id).read_bytes()
    assert len(data) < 8 or data not in on_disk


def test_the_same_file_of_a_ticket_is_stored_once_and_found_again(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    one = store.put(PNG, "a.png", "image/png", secret=ONE)
    on_disk = (tmp_path / one.id[:2] / one.id).read_bytes()
    again = AttachmentStore(tmp_path).put(PNG, "b.png", "image/png", secret=ONE)
    assert (one.id, one.key, one.uri) == (again.id, again.key, again.uri)
    assert [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()] == [on_disk]


def test_the_same_file_of_another_ticket_has_another_name_key_and_bytes(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    one, two = (store.put(PNG, "a.png", "image/png", secret=s) for s in (ONE, TWO))
    assert one.sha256 == two.sha256
    assert one.id != two.id
    assert one.key != two.key
    files = [p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()]
    assert len(set(files)) == 2
    store.remove(one)
    assert store.get(two) == PNG


def test_what_an_event_shows_of_a_file_does_not_open_it_without_the_key(tmp_path: Path) -> None:
    kept = AttachmentStore(tmp_path).put(PNG, "a.png", "image/png", secret=ONE)
    guess = hashlib.sha512(ONE + bytes.fromhex(kept.sha256)).digest()
    assert kept.id not in kept.sha256
    assert b64encode(guess[16:48]).decode() != kept.key
    assert kept.key not in f"{kept.id}{kept.sha256}{kept.uri}"


def test_what_is_above_the_room_that_is_left_is_described_only(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    assert store.put(PNG, "a.png", "", secret=ONE, room=len(PNG)).id
    assert not store.put(PNG + b"x", "a.png", "", secret=ONE, room=len(PNG)).id


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    kept = AttachmentStore(tmp_path / "new").put(PNG, "a.png", "image/png", secret=ONE)
    folder = tmp_path / "new" / kept.id[:2]
    assert stat.S_IMODE((folder / kept.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [p.name for p in folder.iterdir()] == [kept.id]


def test_a_wrong_key_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    kept, other = store.put(PNG, "a.png", "", secret=ONE), store.put(PNG, "b.png", "", secret=TWO)
    for wrong in (replace(kept, key=other.key), replace(kept, key="?"), replace(kept, key="")):
        with pytest.raises(InvalidEventError):
            store.get(wrong)
    path = tmp_path / kept.id[:2] / kept.id
    path.write_bytes(path.read_bytes()[:-1] + b"\0\0")
    with pytest.raises(InvalidEventError):
        store.get(kept)


@pytest.mark.parametrize("name", ["", "../../etc/passwd", "a" * 31, "G" * 32, "a" * 32 + "\n"])
def test_an_id_that_the_store_did_not_give_out_is_refused(tmp_path: Path, name: str) -> None:
    store = AttachmentStore(tmp_path)
    kept = replace(store.put(PNG, "a.png", "", secret=ONE), id=name)
    with pytest.raises(InvalidEventError):
        store.get(kept)
    with pytest.raises(InvalidEventError):
        store.remove(kept)


def test_a_purged_file_is_gone_and_may_be_purged_again(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    kept = store.put(PNG, "a.png", "", secret=ONE)
    store.remove(kept)
    store.remove(kept)
    with pytest.raises(FileNotFoundError):
        store.get(kept)


def test_a_file_that_is_too_large_is_described_and_not_kept(tmp_path: Path) -> None:
    kept = AttachmentStore(tmp_path).put(bytes(LARGEST + 1), "film.mp4", "video/mp4", secret=ONE)
    assert (kept.size, kept.media_type, kept.file_name) == (LARGEST + 1, "video/mp4", "film.mp4")
    assert (kept.id, kept.uri, kept.key) == ("", "", "")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("data", "declared", "kind", "mismatch"),
    [
        (b"%PDF-1.7", "application/pdf", "application/pdf", False),
        (b"%PDF-1.7", "application/octet-stream", "application/pdf", False),
        (b"%PDF-1.7", "image/png", "application/pdf", True),
        (PNG, "image/png", "image/png", False),
        (b"\xff\xd8\xff\xe0", "image/jpg", "image/jpg", False),
        (b"GIF89a", "image/jpeg", "image/gif", True),
        (b"MZ\x90", "application/pdf", "application/x-msdownload", True),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/msword", "application/msword", False),
        (
            b"PK\x03\x04....xl/workbook",
            "application/zip",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            True,
        ),
        (b"PK\x03\x04....readme", "application/zip", "application/zip", False),
        (
            b"PK\x03\x04",
            "application/vnd.oasis.opendocument.text",
            "application/vnd.oasis.opendocument.text",
            False,
        ),
        (b"plain words", "text/plain", "text/plain", False),
        (b"plain words", "application/octet-stream", "text/plain", False),
        ("Grüße ".encode() * 800, "", "text/plain", False),
        (b"Gr\xfc\xdfe", "", "application/octet-stream", False),
        (b"a\0b", "", "application/octet-stream", False),
        (b" <!DOCTYPE html><p>", "application/octet-stream", "text/html", False),
        (b"<html><p>", "image/png", "text/html", True),
        (b"<?xml version='1.0'?><svg onload=x>", "image/jpeg", "image/svg+xml", True),
        (b"RIFF....WEBPVP8 ", "image/webp", "image/webp", False),
        (b"....ftypheic", "application/octet-stream", "image/heic", False),
        (b"....ftypqt  ", "video/quicktime", "video/quicktime", False),
        (b"BEGIN:VCARD\r\n", "text/x-vcard", "text/x-vcard", False),
        (b"text about %PDF-1.4", "text/plain", "text/plain", False),
        (b"", "", "application/octet-stream", False),
    ],
)
def test_the_bytes_say_what_a_file_is(
    data: bytes, declared: str, kind: str, mismatch: bool
) -> None:
    assert kind_of(data, declared) == (kind, mismatch)
