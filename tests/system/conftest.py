"""One real broker for the session; tests use topics of their own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest
from confluent_kafka.admin import AdminClient, NewTopic

from ticketstream.doors import settings
from ticketstream.stream.local import broker


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where Kafka's jars are kept between runs."""
    return settings.load().cache


@pytest.fixture(scope="session")
def brokers(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    """The address of a real broker."""
    with broker.start(tmp_path_factory.mktemp("kafka"), cache, die_with_parent=True) as kafka:
        yield kafka.bootstrap


@pytest.fixture
def topic(brokers: str) -> Callable[..., str]:
    """Makes a topic of its own."""
    admin = AdminClient({"bootstrap.servers": brokers})

    def make(name: str = "", partitions: int = 1) -> str:
        name = name or f"t{uuid4().hex[:8]}"
        admin.create_topics([NewTopic(name, partitions, 1)])[name].result(10)
        return name

    return make
