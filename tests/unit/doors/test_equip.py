"""Settings of keys, vault and shop: what they open, and what stops the start with a clear word."""

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.postgres import Server
from tests.unit.vault.keepers import Commanded

from ticketstream.doors.children import supervisor_of
from ticketstream.doors.equip import key_source, open_vault, shop_of
from ticketstream.doors.person.schedule import read_tables
from ticketstream.doors.settings import KEY_SETTINGS, Settings, load
from ticketstream.schemas.errors import SettingError, TicketstreamError, VaultError
from ticketstream.vault import tables
from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import KEY_BYTES, NAMES, KeyFiles, create_master_keys, load_key
from ticketstream.vault.ports import Arrival, Identifiers
from ticketstream.vault.shop_http import HttpShop
from ticketstream.vault.store import Vault

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
KEY = "ab" * KEY_BYTES
VARIABLES = {f"key_{name}": os.urandom(KEY_BYTES).hex() for name in NAMES}


def settings(tmp_path: Path, **given: Any) -> Settings:
    return load(home=tmp_path, **given)


def closed(vault: Vault) -> Vault:
    vault.engine.dispose()
    return vault


def test_keys_come_from_files_unless_variables_hold_them(tmp_path: Path) -> None:
    create_master_keys(tmp_path / "keys")
    assert key_source(settings(tmp_path)).load("text") == load_key(tmp_path / "keys", "text")
    source = key_source(settings(tmp_path, **VARIABLES))
    assert source.load("text").hex() == VARIABLES["key_text"]


def test_a_role_is_given_only_the_keys_that_it_may_hold(tmp_path: Path) -> None:
    few = settings(tmp_path, key_index=KEY, key_text=VARIABLES["key_text"])
    reader = closed(open_vault(few, identity=False))
    assert reader.keys.identity is None
    with pytest.raises(SettingError, match="TICKETSTREAM_KEY_IDENTITY is not set"):
        open_vault(few, identity=True)


def test_a_key_command_wraps_what_lies_in_the_files(tmp_path: Path) -> None:
    kept = Commanded(tmp_path / "keys")
    wrapped = settings(tmp_path, key_command=kept.command)
    key_source(wrapped).create()
    key = key_source(wrapped).load("identity")
    files = b"".join(p.read_bytes() for p in (tmp_path / "keys").glob("*.key"))
    assert key.hex().encode() not in files
    assert closed(open_vault(wrapped, identity=True)).keys.identity == key
    with pytest.raises(SettingError, match="must hold 64 bytes"):
        key_source(settings(tmp_path)).load("identity")


@pytest.mark.parametrize(
    ("script", "kind", "says"),
    [
        ("import sys; print('denied', file=sys.stderr); sys.exit(3)", VaultError,
         "unwrap text: status 3, denied"),
        ("print('nonsense')", SettingError, "what TICKETSTREAM_KEY_COMMAND unwrap text wrote"),
        ("import sys; sys.exit(1)", VaultError, "status 1, it says nothing"),
    ],
)  # fmt: skip
def test_a_key_command_that_fails_says_how_and_shows_no_key(
    tmp_path: Path, script: str, kind: type[TicketstreamError], says: str
) -> None:
    create_master_keys(tmp_path / "keys")
    (tmp_path / "kms.py").write_text(script)
    broken = settings(tmp_path, key_command=f"{sys.executable} -I -S {tmp_path / 'kms.py'}")
    with pytest.raises(kind, match=says) as caught:
        key_source(broken).load("text")
    assert load_key(tmp_path / "keys", "text").hex() not in str(caught.value)


def test_a_key_that_its_command_cannot_give_back_is_not_used(tmp_path: Path) -> None:
    (tmp_path / "kms.py").write_text(f"print('{KEY}')")
    lossy = settings(tmp_path, key_command=f"{sys.executable} -I -S {tmp_path / 'kms.py'}")
    with pytest.raises(SettingError, match="does not unwrap what it wrapped"):
        key_source(lossy).create()
    assert not list((tmp_path / "keys").glob("*.key"))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"key_command": "/no/such/program"}, "TICKETSTREAM_KEY_COMMAND cannot be run"),
        ({"key_command": "'open quote"}, "TICKETSTREAM_KEY_COMMAND is no command"),
        ({"key_command": "x", "key_text": KEY}, "TICKETSTREAM_KEY_COMMAND and keys in variables"),
        ({"key_text": "abc", "key_index": KEY}, "TICKETSTREAM_KEY_TEXT is no key"),
        ({"key_text": KEY}, "TICKETSTREAM_KEY_INDEX is not set: make one with"),
        ({"vault": "mysql://somewhere/else"}, "TICKETSTREAM_VAULT must be a sqlite or postgresql"),
        ({"vault": "no url"}, "TICKETSTREAM_VAULT is no SQLAlchemy URL"),
    ],
)
def test_keys_and_vaults_that_cannot_be_used_stop_the_start(
    tmp_path: Path, given: dict[str, Any], says: str
) -> None:
    create_master_keys(tmp_path / "keys")
    with pytest.raises(SettingError, match=says) as caught:
        open_vault(settings(tmp_path, **given), identity=False)
    assert KEY not in str(caught.value)


def test_a_vault_whose_server_is_away_says_so_and_tells_no_password(tmp_path: Path) -> None:
    away = settings(tmp_path, vault="postgresql://shop:hunter2@127.0.0.1:1/none", **VARIABLES)
    with pytest.raises(VaultError, match="the vault's store failed") as caught:
        open_vault(away, identity=True)
    assert "hunter2" not in str(caught.value)


def test_the_vault_and_the_read_models_may_share_a_postgresql(
    tmp_path: Path, postgres: Server
) -> None:
    from ticketstream.doors.reading_room import models_of

    url = postgres.empty()
    both = settings(tmp_path, vault=url, read_models=url, **VARIABLES)
    vault = open_vault(both, identity=True)
    lena = Arrival("t1", "kestrel", NOON, "t1", Identifiers("lena@mail.example"))
    admitted = vault.admit([lena])
    models = models_of(both)
    models.start()
    models.rebuild()
    assert vault.admit([lena]) == admitted
    assert not set(tables.metadata.tables) & set(read_tables())
    assert not list(tmp_path.glob("*.db"))
    vault.engine.dispose()
    models.engine.dispose()


def test_the_shop_is_a_file_an_address_or_nobody(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("s3cret\n")
    assert isinstance(shop_of(settings(tmp_path)), NoShop)
    shop = shop_of(
        settings(tmp_path, shop_url="https://shop.example/f", shop_token=tmp_path / "token")
    )
    assert isinstance(shop, HttpShop)
    assert shop._headers["Authorization"] == "Bearer s3cret"
    shop.close()


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"shop_db": "/nowhere/shop.db"}, "no shop database at /nowhere/shop.db"),
        ({"shop_db": "a.db", "shop_url": "https://b.example"}, "SHOP_URL are set: choose one"),
        ({"shop_url": "http://shop.example/f"}, "readably over a network"),
        ({"shop_url": "https://shop.example/f", "shop_token": "/nowhere"}, "SHOP_TOKEN: the file"),
        ({"shop_timeout": 60}, "TICKETSTREAM_SHOP_TIMEOUT is 60"),
        ({"shop_timeout": 0}, "TICKETSTREAM_SHOP_TIMEOUT is 0"),
    ],
)
def test_a_shop_that_cannot_be_asked_as_it_is_set_stops_the_start(
    tmp_path: Path, given: dict[str, Any], says: str
) -> None:
    with pytest.raises(SettingError, match=says):
        shop_of(settings(tmp_path, **given))


def test_workers_are_told_every_setting_keys_included_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TICKETSTREAM_KEY_TEXT", "of another shop")
    monkeypatch.setenv("TICKETSTREAM_SHOP_DB", "of another shop")
    monkeypatch.setenv("HTTPS_PROXY", "kept")
    told = settings(tmp_path, **VARIABLES)
    environment = supervisor_of(told, "here:1", ["mask"]).environment
    assert environment["TICKETSTREAM_KEY_TEXT"] == VARIABLES["key_text"]
    assert environment["HTTPS_PROXY"] == "kept"
    none = dict.fromkeys(KEY_SETTINGS)
    without = supervisor_of(told.model_copy(update=none | {"shop_db": None}), "here:1", ["mask"])
    assert "of another shop" not in without.environment.values()


def test_no_key_stands_in_the_words_of_the_settings(tmp_path: Path) -> None:
    told = settings(tmp_path, **VARIABLES)
    assert not any(value in f"{told!r} {told}" for value in VARIABLES.values())


def test_doctor_creates_what_is_missing_and_names_what_only_the_operator_can(
    tmp_path: Path,
) -> None:
    source = key_source(settings(tmp_path))
    source.create()
    before = source.load("draws")
    source.create()
    assert isinstance(source, KeyFiles)
    assert source.load("draws") == before
    with pytest.raises(SettingError, match=r"TICKETSTREAM_KEY_IDENTITY, .*TICKETSTREAM_KEY_AGENTS"):
        key_source(settings(tmp_path, key_text=KEY)).create()
