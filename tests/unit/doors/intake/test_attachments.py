import hashlib
import stat
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ticketstream.doors.intake.attachments import LARGEST, AttachmentStore
from ticketstream.doors.intake.kinds import kind_of
from ticketstream.schemas.errors import InvalidEventError

PNG = b"\x89PNG\r\n\x1a\n" + b"pixels"


@given(st.binary(max_size=300))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
def test_what_is_put_is_got_and_lies_encrypted(tmp_path: Path, data: bytes) -> None:
    store = AttachmentStore(tmp_path)
    kept = store.put(data, "a.bin", "application/x-anything")
    assert store.get(kept) == data
    assert (kept.size, kept.sha256) == (len(data), hashlib.sha256(data).hexdigest())
    on_disk = (tmp_path / kept.id[:2] / kept.id).read_bytes()
    assert len(data) < 8 or data not in on_disk


def test_the_same_file_twice_has_two_names_and_two_keys(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    one, two = store.put(PNG, "a.png", "image/png"), store.put(PNG, "a.png", "image/png")
    assert one.id != two.id
    assert one.key != two.key
    assert one.sha256 == two.sha256


def test_only_the_owner_may_read_the_files(tmp_path: Path) -> None:
    kept = AttachmentStore(tmp_path / "new").put(PNG, "a.png", "image/png")
    folder = tmp_path / "new" / kept.id[:2]
    assert stat.S_IMODE((folder / kept.id).stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert [p.name for p in folder.iterdir()] == [kept.id]


def test_a_wrong_key_or_a_changed_file_opens_nothing(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    kept, other = store.put(PNG, "a.png", ""), store.put(PNG, "b.png", "")
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
    kept = replace(store.put(PNG, "a.png", ""), id=name)
    with pytest.raises(InvalidEventError):
        store.get(kept)
    with pytest.raises(InvalidEventError):
        store.remove(kept)


def test_a_purged_file_is_gone_and_may_be_purged_again(tmp_path: Path) -> None:
    store = AttachmentStore(tmp_path)
    kept = store.put(PNG, "a.png", "")
    store.remove(kept)
    store.remove(kept)
    with pytest.raises(FileNotFoundError):
        store.get(kept)


def test_a_file_that_is_too_large_is_described_and_not_kept(tmp_path: Path) -> None:
    kept = AttachmentStore(tmp_path).put(bytes(LARGEST + 1), "film.mp4", "video/mp4")
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
        (b"", "", "application/octet-stream", False),
    ],
)
def test_the_bytes_say_what_a_file_is(
    data: bytes, declared: str, kind: str, mismatch: bool
) -> None:
    assert kind_of(data, declared) == (kind, mismatch)
