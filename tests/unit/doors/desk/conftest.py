"""A desk on real read models and a real vault, and a browser without a window to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from tests.unit.doors.desk.story import Desk, make_vault

from ticketstream.doors.desk.app import create_app
from ticketstream.projections.store import ReadModels, read_engine


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(ReadModels(read_engine(f"sqlite:///{tmp_path / 'read.db'}")), make_vault(tmp_path))
    yield made
    made.models.engine.dispose()
    made.vault.engine.dispose()


@pytest.fixture
def client(desk: Desk) -> Iterator[TestClient]:
    app = create_app(desk.models.engine, desk.vault)
    with TestClient(app, base_url="http://localhost") as made:
        yield made
