"""Master keys and their files, a person's two random keys, and how the former wrap the latter."""

import hmac
import os
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESSIV

from ticketstream.schemas.errors import SettingError, VaultError

KEY_BYTES = 64  # AES-256-SIV takes two keys of 256 bits
NAMES = (
    "text",  # wraps the persons' text keys
    "identity",  # wraps the persons' identity keys
    "index",  # hashes addresses, so that a person is found
    "intake",  # hashes Message-IDs into ticket ids
    "draws",  # decides audits and exploration
    "agents",  # makes agents' pseudonyms
    "tokens",  # binds tokens to their tickets
)
NEXT = "next"  # suffix of a key file that is to replace the present one


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


class KeySource(Protocol):
    """Where master keys come from, and how each is replaced by its successor.

    Raises:
        SettingError: a key that is missing, or none.
        VaultError: who keeps the keys does not answer.
    """

    def load(self, name: str) -> bytes:
        """The present key."""

    def create(self) -> None:
        """Make the keys that are missing; those that are there stay."""

    def successor(self, name: str) -> bytes | None:
        """The key that waits to replace the present one."""

    def prepared(self, name: str) -> bytes:
        """The successor, made now if none waits; it is kept safely when this returns."""

    def put_in_place(self, names: Iterable[str]) -> str:
        """Let successors replace the present keys; returns what is left for the operator to do."""


class Kms(Protocol):
    """Who wraps master keys, so that their files may be read by anybody."""

    def wrap(self, name: str, key: bytes) -> str:
        """The key as one line of text that only `unwrap` understands."""

    def unwrap(self, name: str, wrapped: str) -> bytes:
        """The key back."""


class Plain:
    """Nobody wraps them, as on a laptop: a file holds the key in hex, for its owner only."""

    def wrap(self, name: str, key: bytes) -> str:  # noqa: ARG002  (the port's signature)
        return key.hex()

    def unwrap(self, name: str, wrapped: str) -> bytes:
        return parsed(wrapped, f"{name}.key")


PLAIN = Plain()


@dataclass(frozen=True, slots=True)
class KeyFiles:
    """Master keys in a folder, `<name>.key`, each as `kms` wraps it."""

    folder: Path
    kms: Kms = PLAIN

    def load(self, name: str) -> bytes:
        path = self._file(name)
        try:
            return self.kms.unwrap(name, path.read_text("utf-8"))
        except FileNotFoundError as error:
            raise SettingError(
                f"no master key at {path}: create the keys with `ticketstream doctor --create-keys`"
            ) from error
        except OSError as error:
            raise SettingError(f"{path} cannot be read ({type(error).__name__})") from error
        except UnicodeDecodeError as error:
            raise SettingError(f"{path} is no key: it is no text") from error

    def create(self) -> None:
        for name in NAMES:
            if not self._file(name).exists():
                self._write(self._file(name), name, new_person_key())

    def successor(self, name: str) -> bytes | None:
        path = self._file(name, NEXT)
        return self.kms.unwrap(name, path.read_text("utf-8")) if path.exists() else None

    def prepared(self, name: str) -> bytes:
        key = self.successor(name)
        if key is None:
            key = new_person_key()
            draft = self._file(name, "draft")
            draft.unlink(missing_ok=True)
            self._write(draft, name, key)
            draft.replace(self._file(name, NEXT))
        return key

    def put_in_place(self, names: Iterable[str]) -> str:
        for name in names:
            waiting = self._file(name, NEXT)
            if waiting.exists():
                waiting.replace(self._file(name))
        return "keep a copy of the new key files apart"

    def _file(self, name: str, suffix: str = "") -> Path:
        return self.folder / (f"{name}.key.{suffix}" if suffix else f"{name}.key")

    def _write(self, path: Path, name: str, key: bytes) -> None:
        """On the disk when it returns, and never over a file that is there."""
        text = self.kms.wrap(name, key)
        try:
            self.folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return
        except OSError as error:
            raise SettingError(
                f"no key can be written to {self.folder}: {error.strerror}"
            ) from error
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())


def create_master_keys(folder: Path) -> None:
    """Plain key files that only the owner reads, as a laptop has them; existing ones stay."""
    KeyFiles(folder).create()


def load_key(folder: Path, name: str) -> bytes:
    """One plain key of a folder."""
    return KeyFiles(folder).load(name)


def load_master_keys(folder: Path, *, identity: bool = True) -> MasterKeys:
    """The plain master keys of a folder."""
    return master_keys(KeyFiles(folder), identity=identity)


def master_keys(source: KeySource, *, identity: bool = True) -> MasterKeys:
    """The vault's master keys; `identity=False` for a role that may read text only."""
    return MasterKeys(
        index=source.load("index"),
        text=source.load("text"),
        identity=source.load("identity") if identity else None,
    )


def parsed(text: str, place: str) -> bytes:
    """A key from hex.

    Raises:
        SettingError: it is none.
    """
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        key = b""
    if len(key) != KEY_BYTES:
        raise SettingError(f"{place} is no key: it must hold {KEY_BYTES} bytes in hex")
    return key


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
            "rotate` start this process again; were the master keys replaced otherwise? "
            "put the old ones back"
        ) from error


def keyed_hash(key: bytes, *parts: str) -> str:
    """HMAC-SHA256 in hex: without the key nobody can try addresses against it."""
    return hmac.digest(key, "\0".join(parts).encode(), "sha256").hex()
