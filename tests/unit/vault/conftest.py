"""The contract's databases: a vault on SQLite and on PostgreSQL, the same tests for both."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.postgres import Server
from tests.unit.vault.keepers import Commanded, Filed, Keeper, Variables

from ticketstream.vault.facts import NoShop
from ticketstream.vault.keys import MasterKeys, create_master_keys, load_master_keys
from ticketstream.vault.ports import Shop
from ticketstream.vault.store import Vault, vault_engine

Open = Callable[..., Vault]
Files = Callable[[], bytes]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    create_master_keys(tmp_path / "keys")
    return tmp_path


@pytest.fixture(params=["files", "command", "variables"])
def keeper(request: pytest.FixtureRequest, tmp_path: Path) -> Keeper:
    """Master keys as they are kept on a laptop, behind a key service, and in an environment."""
    made: Keeper = Variables()
    if request.param == "files":
        made = Filed(tmp_path / "kept")
    elif request.param == "command":
        made = Commanded(tmp_path / "kept")
    made.source().create()
    return made


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


@pytest.fixture
def files(request: pytest.FixtureRequest, url: str, folder: Path) -> Files:
    """What lies in the database's files on the disk; PostgreSQL's log is not among them."""
    if url.startswith("sqlite"):
        return lambda: b"".join(p.read_bytes() for p in folder.glob("vault.db*"))
    server: Server = request.getfixturevalue("postgres")
    return server.files
