"""Master keys -> new ones: every person's keys wrapped anew, the log untouched."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, bindparam, select, update

from ticketstream.schemas.errors import VaultError
from ticketstream.vault import tables
from ticketstream.vault.keys import KeySource, MasterKeys, unwrap, wrap

ROTATED = ("text", "identity")  # what wraps; the index key hashes addresses that nobody has kept
PART = 2_000  # persons whose keys are wrapped anew at once


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
            "`ticketstream vault rotate` start it again; were they replaced otherwise? "
            "put the old ones back"
        )


def rotate(connection: Connection, source: KeySource) -> Rotation:
    """Wrap every person's keys under the master keys' successors, in the caller's transaction.

    The successors are kept safely before anything is wrapped under them, and `finish` lets them
    take the old ones' place once the transaction is committed. Killed at any moment, both can be
    called again.

    Raises:
        SettingError: a key is missing or none.
        VaultError: a person's key does not open.
    """
    known = _known(connection)
    waiting = {name: source.successor(name) for name in ROTATED}
    if any(key and known.get(name) == fingerprint(key) for name, key in waiting.items()):
        return Rotation(0, finished_earlier=True)
    old = {name: source.load(name) for name in ROTATED}
    new = {name: source.prepared(name) for name in ROTATED}
    count = _rewrap(connection, old, new)
    for name in ROTATED:
        row = {"name": name, "fingerprint": fingerprint(new[name])}
        tables.insert_absent(connection, tables.master_key, [row])
        where = tables.master_key.c.name == name
        connection.execute(update(tables.master_key).where(where).values(row))
    return Rotation(count, finished_earlier=False)


def finish(source: KeySource) -> str:
    """Replace the old master keys; whatever they wrap in an old backup needs the old copy.

    Returns:
        What is left for the operator to do.
    """
    return source.put_in_place(ROTATED)


def _rewrap(connection: Connection, old: dict[str, bytes], new: dict[str, bytes]) -> int:
    """A part at a time, in the order of their ids; the rest waits in the database."""
    p = tables.person.c
    change = (
        update(tables.person)
        .where(p.person == bindparam("whose"))
        .values(text_key=bindparam("text"), identity_key=bindparam("identity"))
    )
    count, last = 0, ""
    while True:
        part = select(tables.person).where(p.person > last).order_by(p.person).limit(PART)
        rows = connection.execute(part).all()
        if not rows:
            return count
        connection.execute(change, [_wrapped_anew(row, old, new) for row in rows])
        count, last = count + len(rows), rows[-1].person


def _wrapped_anew(row: Any, old: dict[str, bytes], new: dict[str, bytes]) -> dict[str, Any]:
    return {
        "whose": row.person,
        "text": wrap(new["text"], unwrap(old["text"], row.text_key, row.person), row.person),
        "identity": wrap(
            new["identity"], unwrap(old["identity"], row.identity_key, row.person), row.person
        ),
    }


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
