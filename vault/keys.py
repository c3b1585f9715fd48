"""Master keys from files, a person's two random keys, and how the former wrap the latter."""

import hmac
import os
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ticketstream.schemas.errors import SettingError, VaultError

KEY_BYTES = 64  # AES-256-SIV takes two keys of 256 bits
NAMES = (
    "text",  # wraps the persons' text keys
    "identity",  # wraps the persons' identity keys
    "index",  # hashes addresses, so that a person is found
    "intake",  # hashes Message-IDs into ticket ids
    "draws",  # decides audits
    "agents",  # makes agents' pseudonyms
    "tokens",  # binds tokens to their tickets
)


@dataclass(frozen=True, slots=True)
class MasterKeys:
    """What a process may do: open text, open identity, find a person by address.

    A key that a role must not hold is None.
    """

    index: bytes
    text: bytes | None
    identity: bytes | None


@dataclass(frozen=True, slots=True)
class PersonKeys:
    """A person's keys, as far as this process may hold them."""

    text: bytes | None
    identity: bytes | None

    def of(self, record: str) -> bytes:
        """The key that seals a record: identity for `Identity`, text for every other."""
        key = self.identity if record == "Identity" else self.text
        if key is None:
            raise VaultError(f"this process holds no key for {record}: give its role the key file")
        return key


def create_master_keys(folder: Path) -> None:
    """Write the keys as files that only the owner reads; existing ones stay."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in NAMES:
        try:
            handle = os.open(folder / f"{name}.key", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            continue
        with os.fdopen(handle, "w") as file:
            file.write(os.urandom(KEY_BYTES).hex())


def load_master_keys(folder: Path, *, identity: bool = True) -> MasterKeys:
    """The master keys of a folder; `identity=False` for a role that may read text only.

    Raises:
        SettingError: a key file that is missing or no key.
    """
    return MasterKeys(
        index=load_key(folder, "index"),
        text=load_key(folder, "text"),
        identity=load_key(folder, "identity") if identity else None,
    )


def new_person_key() -> bytes:
    """A random key of AES-256-SIV."""
    return os.urandom(KEY_BYTES)


def wrap(master: bytes, key: bytes, person: str) -> bytes:
    """A person's key under a master key, bound to the person."""
    return AESSIV(master).encrypt(key, [person.encode()])


@lru_cache(maxsize=4096)
def unwrap(master: bytes, wrapped: bytes, person: str) -> bytes:
    """A person's key back. What is cached is useless once the wrapped key is deleted."""
    try:
        return AESSIV(master).decrypt(wrapped, [person.encode()])
    except InvalidTag as error:
        raise VaultError(
            "a person's key does not open under this master key: after `ticketstream vault "
            "rotate` start this process again; were the key files replaced otherwise? "
            "put the old ones back"
        ) from error


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 in hex: without the key nobody can try addresses against it."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()


def load_key(folder: Path, name: str) -> bytes:
    """One key of a folder.

    Raises:
        SettingError: a key file that is missing or no key.
    """
    path = folder / f"{name}.key"
    try:
        key = bytes.fromhex(path.read_text().strip())
    except FileNotFoundError as error:
        raise SettingError(
            f"no master key at {path}: create the keys with `ticketstream doctor --create-keys`"
        ) from error
    except ValueError as error:
        raise SettingError(f"{path} is no key: it must hold {KEY_BYTES} bytes in hex") from error
    if len(key) != KEY_BYTES:
        raise SettingError(f"{path} is no key: it must hold {KEY_BYTES} bytes in hex")
    return key
