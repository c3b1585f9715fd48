"""What tests of several rooms share."""

from collections.abc import Iterator

import pytest
from tests.postgres import NoPostgresError, Server, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL, or a skip that says why there is none."""
    try:
        with running() as server:
            yield server
    except NoPostgresError as error:
        pytest.skip(str(error))
