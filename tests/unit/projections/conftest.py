"""Databases for the contract: SQLite always, PostgreSQL where a test server is named."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from ticketstream.projections.store import ReadModels, read_engine

SERVER = "TICKETSTREAM_TEST_POSTGRES"  # the URL of a database that may be emptied


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        made = read_engine(f"sqlite:///{tmp_path / 'read.db'}")
    elif SERVER not in os.environ:
        pytest.skip(f"{SERVER} names no PostgreSQL database that may be emptied")
    else:
        made = read_engine(os.environ[SERVER])
        with made.begin() as connection:
            connection.execute(text("DROP SCHEMA public CASCADE"))
            connection.execute(text("CREATE SCHEMA public"))
    yield made
    made.dispose()


@pytest.fixture
def models(engine: Engine) -> ReadModels:
    return ReadModels(engine)
