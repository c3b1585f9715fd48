"""The contract's databases: a vault on SQLite and on PostgreSQL, the same tests for both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.postgres import Server

from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import MasterKeys, create_master_keys, load_master_keys
from ticketstream.vault.ports import Shop
from ticketstream.vault.store import Vault, vault_engine

Open = Callable[..., Vault]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_master_keys(tmp_path / "keys")
    return tmp_path


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A store that nobody has used."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'vault.db'}"
    server: Server = request.getfixturevalue("postgres")
    return server.empty()


@pytest.fixture
def opened(folder: Path, url: str) -> Iterator[Open]:
    """Opens the store, as each process does for itself; under other keys or shops if asked."""
    made: list[Vault] = []

    def open_vault(shop: Shop | None = None, keys: MasterKeys | None = None) -> Vault:
        vault = Vault(
            vault_engine(url), keys or load_master_keys(folder / "keys"), shop or NoShop()
        )
        made.append(vault)
        return vault

    yield open_vault
    for vault in made:
        vault.engine.dispose()


@pytest.fixture
def vault(opened: Open) -> Vault:
    return opened()
