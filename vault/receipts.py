"""What was destroyed -> a signed receipt, and the check that anybody can make with the public key.

A receipt is JSON: `receipt` (what was done), `signature` (Ed25519, base64) over the receipt's
canonical JSON (keys sorted, no spaces, UTF-8), `key` (the public key's fingerprint).
"""

import os
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from ticketstream.schemas.errors import SettingError

PRIVATE, PUBLIC = "receipt.key", "receipt.pub"
SHOWN = 16  # characters of a fingerprint


@dataclass(frozen=True, slots=True)
class Checked:
    """A receipt held against a public key: `fault` is empty when it is genuine."""

    fault: str
    receipt: Mapping[str, Any]


def create_receipt_key(folder: Path) -> None:
    """Write the pair that signs receipts; an existing one stays, the public half is written anew.

    Raises:
        SettingError: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _create_private(folder / PRIVATE)
        public = signing_key(folder).public_key()
        (folder / PUBLIC).write_bytes(_pem(public))
    except OSError as error:
        raise SettingError(
            f"no receipt key can be written to {folder} ({type(error).__name__}): "
            "run `ticketstream doctor --create-keys` where it can"
        ) from error


def signing_key(folder: Path) -> Ed25519PrivateKey:
    """The private half.

    Raises:
        SettingError: it is missing or no Ed25519 key.
    """
    path = folder / PRIVATE
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except FileNotFoundError as error:
        raise SettingError(
            f"no key at {path}: create it with `ticketstream doctor --create-keys`"
        ) from error
    except (ValueError, TypeError) as error:
        raise SettingError(f"{path} is no private key in PEM") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SettingError(f"{path} is no Ed25519 key")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """The public half, from a file that may be given to anybody.

    Raises:
        SettingError: it is missing or no Ed25519 key.
    """
    try:
        key = load_pem_public_key(path.read_bytes())
    except OSError as error:
        raise SettingError(f"no public key at {path}: name it with --key") from error
    except ValueError as error:
        raise SettingError(f"{path} is no public key in PEM") from error
    if not isinstance(key, Ed25519PublicKey):
        raise SettingError(f"{path} is no Ed25519 key")
    return key


def sign(receipt: Mapping[str, Any], key: Ed25519PrivateKey) -> bytes:
    """The receipt as a file; of strings, whole numbers, booleans, lists and mappings of such."""
    envelope = {
        "receipt": receipt,
        "key": fingerprint(key.public_key()),
        "signature": b64encode(key.sign(canonical(receipt))).decode(),
    }
    return orjson.dumps(envelope, option=orjson.OPT_INDENT_2) + b"\n"


def check(data: bytes, key: Ed25519PublicKey) -> Checked:
    """Whether a receipt is what was signed under this key's private half."""
    try:
        envelope = orjson.loads(data)
        receipt, name = envelope["receipt"], envelope["key"]
        signature = b64decode(envelope["signature"], validate=True)
    except (ValueError, KeyError, TypeError):
        return Checked("this file is no receipt", {})
    if name != fingerprint(key):
        return Checked(f"it was signed with another key ({str(name)[:SHOWN]})", {})
    try:
        key.verify(signature, canonical(receipt))
    except InvalidSignature:
        return Checked("it was changed after it was signed", {})
    return Checked("", receipt)


def canonical(receipt: Any) -> bytes:
    """What is signed: keys sorted, no spaces, UTF-8."""
    return orjson.dumps(receipt, option=orjson.OPT_SORT_KEYS)


def fingerprint(key: Ed25519PublicKey) -> str:
    """What tells keys apart: SHA-256 of the raw public key, hexadecimal."""
    return sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()


def _create_private(path: Path) -> None:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return
    pem = Ed25519PrivateKey.generate().private_bytes(
        Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
    )
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def _pem(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
