"""A receipt is genuine or it is not, and the public key alone says which."""

import json
import stat
import subprocess
from base64 import b64decode
from pathlib import Path
from shutil import which

import pytest

from ticketstream.schemas.errors import SettingError
from ticketstream.vault.receipts import (
    PRIVATE,
    PUBLIC,
    canonical,
    check,
    create_receipt_key,
    public_key,
    sign,
    signing_key,
)

RECEIPT = {"id": "r1", "destroyed": [{"where": "vault", "persons": 1}], "tickets": ["ü"]}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_receipt_key(tmp_path)
    return tmp_path


def test_a_receipt_is_genuine_until_a_letter_is_changed(folder: Path) -> None:
    signed = sign(RECEIPT, signing_key(folder))
    key = public_key(folder / PUBLIC)
    assert check(signed, key).fault == ""
    assert check(signed, key).receipt == RECEIPT
    assert "changed" in check(signed.replace(b'"persons": 1', b'"persons": 2'), key).fault


def test_how_it_is_laid_out_does_not_matter(folder: Path) -> None:
    signed = json.dumps(json.loads(sign(RECEIPT, signing_key(folder))), indent=7, sort_keys=True)
    assert check(signed.encode(), public_key(folder / PUBLIC)).fault == ""


def test_another_key_did_not_sign_it(folder: Path, tmp_path: Path) -> None:
    create_receipt_key(tmp_path / "other")
    signed = sign(RECEIPT, signing_key(tmp_path / "other"))
    assert "another key" in check(signed, public_key(folder / PUBLIC)).fault


@pytest.mark.parametrize("junk", [b"", b"[]", b"{}", b'{"receipt": 1, "key": 2, "signature": 3}'])
def test_what_is_no_receipt_is_told_apart(folder: Path, junk: bytes) -> None:
    assert check(junk, public_key(folder / PUBLIC)).fault


def test_the_private_half_is_its_owners_and_is_never_written_over(folder: Path) -> None:
    before = (folder / PRIVATE).read_bytes()
    create_receipt_key(folder)
    assert (folder / PRIVATE).read_bytes() == before
    assert stat.S_IMODE((folder / PRIVATE).stat().st_mode) == 0o600


def test_a_missing_or_wrong_key_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(SettingError, match="doctor --create-keys"):
        signing_key(tmp_path)
    with pytest.raises(SettingError, match="--key"):
        public_key(tmp_path / PUBLIC)
    (tmp_path / PUBLIC).write_text("no key")
    with pytest.raises(SettingError, match="no public key"):
        public_key(tmp_path / PUBLIC)


@pytest.mark.skipif(which("openssl") is None, reason="openssl is not on this machine")
def test_a_stranger_checks_it_with_openssl(folder: Path) -> None:
    envelope = json.loads(sign(RECEIPT, signing_key(folder)))
    (folder / "message").write_bytes(canonical(envelope["receipt"]))
    (folder / "signature").write_bytes(b64decode(envelope["signature"]))
    done = subprocess.run(
        ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder / PUBLIC, "-rawin",
         "-in", folder / "message", "-sigfile", folder / "signature"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert "Success" in done.stdout, done.stderr
