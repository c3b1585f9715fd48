"""The databases of the contract: SQLite and PostgreSQL, the same tests for both."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine
from tests.postgres import Server

from ticketstream.projections.store import ReadModels, read_engine


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'read.db'}"
    else:
        server: Server = request.getfixturevalue("postgres")
        url = server.empty()
    made = read_engine(url)
    yield made
    made.dispose()


@pytest.fixture
def models(engine: Engine) -> ReadModels:
    return ReadModels(engine)
