"""Topics and schemas as a user meets them: missing, made, changed, incompatible."""

import importlib.util
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource
from confluent_kafka.admin import ResourceType as Kind
from tests.unit.doors.test_errors import only_line, run

from ticketstream.stream.local import broker, registry
from ticketstream.stream.topics import topics

pytestmark = pytest.mark.system


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> Iterator[str]:
    """A broker without any topic."""
    with broker.start(tmp_path_factory.mktemp("empty"), cache, die_with_parent=True) as kafka:
        yield kafka.bootstrap


def test_missing_topics_stop_the_start_then_are_made_and_then_are_as_they_should_be(
    empty: str, tmp_path: Path
) -> None:
    (tmp_path / "a.eml").write_text("From: a@mail.example\nSubject: Lamp\n\nWhere is it?\n")
    for command in (["run"], ["publish", str(tmp_path / "a.eml")], ["tail"]):
        done = run(*command, home=tmp_path, brokers=empty)
        assert "ticketstream topics create" in only_line(done)
        assert done.returncode == 4
    checked = run("topics", "check", home=tmp_path, brokers=empty)
    assert checked.returncode == 1
    assert len(checked.stdout.splitlines()) == len(topics())
    made = run("topics", "create", home=tmp_path, brokers=empty)
    assert f"created {len(topics())} topics" in made.stdout
    assert "every topic is there" in run("topics", "create", home=tmp_path, brokers=empty).stdout
    assert run("topics", "check", home=tmp_path, brokers=empty).returncode == 0
    _alter(empty, "ticket.received", "retention.ms", "1000")
    told = run("topics", "check", home=tmp_path, brokers=empty)
    assert told.returncode == 1
    assert "ticket.received: retention.ms is 1000, should be" in told.stdout


def _alter(brokers: str, topic: str, name: str, value: str) -> None:
    entry = ConfigEntry(name, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(Kind.TOPIC, topic, incremental_configs=[entry])
    admin = AdminClient({"bootstrap.servers": brokers})
    admin.incremental_alter_configs([resource])[resource].result(20)


def test_a_schema_that_does_not_fit_the_registry_is_named(tmp_path: Path, cache: Path) -> None:
    if importlib.util.find_spec("authlib") is None:
        pytest.skip("the registry extra is not installed")
    from confluent_kafka.schema_registry import Schema, SchemaRegistryClient

    started = registry.start(tmp_path, cache)
    try:
        client = SchemaRegistryClient({"url": started.url})
        other = {"type": "record", "name": "TicketRouted", "fields": [{"name": "n", "type": "int"}]}
        client.set_compatibility(level="FULL")
        client.register_schema("ticket.routed-value", Schema(json.dumps(other), "AVRO"))
        told = run("schemas", "check", home=tmp_path, schema_registry=started.url)
        assert told.returncode == 1
        assert "ticket.routed-value: the registry holds an incompatible schema" in told.stdout
    finally:
        registry.stop(tmp_path)
