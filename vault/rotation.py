"""Master keys -> new ones: every person's keys wrapped anew, the log untouched."""

import os
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection, select, update

from ticketstream.schemas.errors import SettingError, VaultError
from ticketstream.vault import tables
from ticketstream.vault.keys import MasterKeys, load_key, new_person_key, unwrap, wrap

ROTATED = ("text", "identity")  # what wraps; the index key hashes addresses that nobody has kept
NEXT = "next"  # suffix of a key file that is to replace the present one


@dataclass(frozen=True, slots=True)
class Rotation:
    """What a call of `rotate` did; `finished_earlier` when it only ended one that was killed."""

    persons: int
    finished_earlier: bool


def fingerprint(key: bytes) -> str:
    """What tells master keys apart and says nothing about them (they are random)."""
    return sha256(b"ticketstream master key\0" + key).hexdigest()[:16]


def note_keys(connection: Connection, keys: MasterKeys) -> None:
    """Write down once which master keys the vault is under; a vault of others stays as it is."""
    known = _known(connection)
    rows = [{"name": n, "fingerprint": f} for n, f in _mine(keys).items() if n not in known]
    if rows and not _wrapped_otherwise(connection, keys):
        tables.insert_absent(connection, tables.master_key, rows)


def require_current(connection: Connection, keys: MasterKeys) -> None:
    """Stop a process whose master keys do not wrap the persons' keys any more.

    Raises:
        VaultError: they were rotated, or replaced.
    """
    known = _known(connection)
    if wrong := sorted(n for n, f in _mine(keys).items() if known.get(n, f) != f):
        raise VaultError(
            f"this process holds other master keys than the vault ({', '.join(wrong)}): after "
            "`ticketstream vault rotate` start it again; were the key files replaced otherwise? "
            "put the old ones back"
        )


def rotate(connection: Connection, folder: Path) -> Rotation:
    """Wrap every person's keys under new master keys, in the caller's transaction.

    The new keys lie in `<name>.key.next` before anything is wrapped; `put_in_place` renames them
    once the transaction is committed. Killed at any moment, both can be called again.

    Raises:
        SettingError: a key file is missing or no key.
        VaultError: a person's key does not open.
    """
    if waiting := _committed(connection, folder):
        for name in waiting:
            _file(folder, name, NEXT).replace(_file(folder, name))
        return Rotation(0, finished_earlier=True)
    old = {name: load_key(folder, name) for name in ROTATED}
    new = {name: _next_key(folder, name) for name in ROTATED}
    count = _rewrap(connection, old, new)
    for name in ROTATED:
        row = {"name": name, "fingerprint": fingerprint(new[name])}
        tables.insert_absent(connection, tables.master_key, [row])
        where = tables.master_key.c.name == name
        connection.execute(update(tables.master_key).where(where).values(row))
    return Rotation(count, finished_earlier=False)


def put_in_place(folder: Path) -> None:
    """Replace the old master keys; whatever they wrap in an old backup needs the old copy."""
    for name in ROTATED:
        waiting = _file(folder, name, NEXT)
        if waiting.exists():
            waiting.replace(_file(folder, name))


def _rewrap(connection: Connection, old: dict[str, bytes], new: dict[str, bytes]) -> int:
    rows = connection.execute(select(tables.person)).all()
    for row in rows:
        text = unwrap(old["text"], row.text_key, row.person)
        identity = unwrap(old["identity"], row.identity_key, row.person)
        values = {
            "text_key": wrap(new["text"], text, row.person),
            "identity_key": wrap(new["identity"], identity, row.person),
        }
        where = tables.person.c.person == row.person
        connection.execute(update(tables.person).where(where).values(values))
    return len(rows)


def _next_key(folder: Path, name: str) -> bytes:
    """The key that waits, or a new one, on disk before anything is wrapped under it."""
    path = _file(folder, name, NEXT)
    if not path.exists():
        draft = _file(folder, name, "draft")
        draft.unlink(missing_ok=True)
        try:
            handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except OSError as error:
            raise SettingError(f"no key can be written to {folder}: {error.strerror}") from error
        with os.fdopen(handle, "w") as file:
            file.write(new_person_key().hex())
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    return bytes.fromhex(path.read_text().strip())


def _file(folder: Path, name: str, suffix: str = "") -> Path:
    return folder / (f"{name}.key.{suffix}" if suffix else f"{name}.key")


def _committed(connection: Connection, folder: Path) -> list[str]:
    """Keys that the vault is under already and that still wait to be put in place."""
    known = _known(connection)
    there = [name for name in ROTATED if _file(folder, name, NEXT).exists()]
    return [n for n in there if known.get(n) == fingerprint(_next_key(folder, n))]


def _mine(keys: MasterKeys) -> dict[str, str]:
    held = {"text": keys.text, "identity": keys.identity}
    return {name: fingerprint(key) for name, key in held.items() if key}


def _known(connection: Connection) -> dict[str, str]:
    rows = connection.execute(select(tables.master_key))
    return {row.name: row.fingerprint for row in rows}


def _wrapped_otherwise(connection: Connection, keys: MasterKeys) -> bool:
    """Whether a vault that knows no fingerprint yet was filled under other keys than these."""
    row = connection.execute(select(tables.person).limit(1)).one_or_none()
    if row is None:
        return False
    try:
        if keys.text:
            unwrap(keys.text, row.text_key, row.person)
        if keys.identity:
            unwrap(keys.identity, row.identity_key, row.person)
    except VaultError:
        return True
    return False
