"""A real Kafka, started, used, ended; the jars are fetched once into the temporary folder."""

import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, Producer
from confluent_kafka.admin import AdminClient
from confluent_kafka.cimpl import NewTopic

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.local import broker, registry
from ticketstream.stream.local.process import running

pytestmark = pytest.mark.system

CACHE = Path(tempfile.gettempdir()) / "ts-cache"


def create(bootstrap: str, topic: str) -> None:
    admin = AdminClient({"bootstrap.servers": bootstrap})
    admin.create_topics([NewTopic(topic, 2, 1)])[topic].result(timeout=20)


def send(bootstrap: str, topic: str, value: bytes) -> None:
    producer = Producer({"bootstrap.servers": bootstrap, "transactional.id": f"test-{topic}"})
    producer.init_transactions(30)
    producer.begin_transaction()
    producer.produce(topic, value)
    producer.commit_transaction(30)


def receive(bootstrap: str, topic: str) -> bytes | None:
    settings = {
        "bootstrap.servers": bootstrap,
        "group.id": "test",
        "auto.offset.reset": "earliest",
        "isolation.level": "read_committed",
    }
    consumer = Consumer(settings)
    try:
        consumer.subscribe([topic])
        message = consumer.poll(20)
        return message.value() if message else None
    finally:
        consumer.close()


def topics(bootstrap: str) -> set[str]:
    return set(AdminClient({"bootstrap.servers": bootstrap}).list_topics(timeout=10).topics)


@pytest.mark.long
def test_a_message_survives_the_restart_of_the_broker_at_the_same_address(tmp_path: Path) -> None:
    with broker.start(tmp_path, CACHE) as first:
        create(first.bootstrap, "letters")
        send(first.bootstrap, "letters", b"hello")
        assert broker.start(tmp_path, CACHE) == first
        with pytest.raises(BrokerError, match="stop it first"):
            broker.start(tmp_path, CACHE, port=1)
        said = broker.status(tmp_path)
        assert (said.running, said.pid, said.bootstrap) == (True, first.pid, first.bootstrap)
        assert said.data_bytes > 0
    assert not broker.status(tmp_path).running
    assert broker.stop(tmp_path) is False

    begin = time.monotonic()
    with broker.start(tmp_path, CACHE) as second:
        assert time.monotonic() - begin < 20
        assert second.bootstrap == first.bootstrap
        assert receive(second.bootstrap, "letters") == b"hello"

    broker.wipe(tmp_path)
    with broker.start(tmp_path, CACHE) as third:
        assert "letters" not in topics(third.bootstrap)


@pytest.mark.long
def test_brokers_of_two_folders_run_beside_each_other_and_share_nothing(tmp_path: Path) -> None:
    with (
        broker.start(tmp_path / "one", CACHE) as one,
        broker.start(tmp_path / "two", CACHE) as two,
    ):
        assert one.bootstrap != two.bootstrap
        create(one.bootstrap, "only-here")
        assert "only-here" in topics(one.bootstrap)
        assert "only-here" not in topics(two.bootstrap)
        one.stop()
        assert broker.status(tmp_path / "two").running
        assert broker.answers(two.bootstrap)


def test_a_broker_that_dies_while_starting_says_its_last_words(tmp_path: Path) -> None:
    broker.start(tmp_path, CACHE).stop()
    (tmp_path / "data" / "meta.properties").write_text("version=1\nnode.id=7\ncluster.id=other\n")
    with pytest.raises(
        BrokerError, match=r"stopped while it started: .*Stored node id 7"
    ) as caught:
        broker.start(tmp_path, CACHE)
    assert "\n" not in str(caught.value)
    assert str(tmp_path / "broker.log") in str(caught.value)
    assert not broker.status(tmp_path).running


def test_a_folder_that_cannot_be_formatted_says_so(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("in the way")
    with pytest.raises(BrokerError, match=r"storage in .* cannot be formatted: .+"):
        broker.start(tmp_path, CACHE)


def test_a_broker_whose_owner_is_killed_ends_too(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from ticketstream.stream.local import broker\n"
        "broker.start(Path(sys.argv[1]), Path(sys.argv[2]), die_with_parent=True)\n"
        "print('up', flush=True); time.sleep(120)"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(CACHE)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as owner:
        assert owner.stdout
        assert owner.stdout.readline() == "up\n"
        assert broker.status(tmp_path).running
        owner.send_signal(signal.SIGKILL)
    last = time.monotonic() + 20
    while broker.status(tmp_path).running:
        assert time.monotonic() < last
        time.sleep(0.1)


def test_two_processes_that_start_the_same_folder_get_the_same_broker(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from ticketstream.stream.local import broker\n"
        "print(broker.start(Path(sys.argv[1]), Path(sys.argv[2])).pid)"
    )
    command = [sys.executable, "-c", script, str(tmp_path), str(CACHE)]
    with (
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as one,
        subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as two,
    ):
        said = {one.communicate(timeout=90)[0].strip(), two.communicate(timeout=90)[0].strip()}
    now = broker.status(tmp_path)
    broker.stop(tmp_path)
    assert said == {str(now.pid)}


@pytest.mark.long
def test_the_registry_keeps_a_schema_in_the_broker_over_a_restart(tmp_path: Path) -> None:
    client = pytest.importorskip("confluent_kafka.schema_registry")
    with broker.start(tmp_path, CACHE) as kafka:
        with registry.start(tmp_path, CACHE, bootstrap=kafka.bootstrap) as first:
            schema = client.Schema('{"type": "string"}', "AVRO")
            with client.SchemaRegistryClient({"url": first.url}) as asked:
                asked.register_schema("letters-value", schema)
        assert running(registry._place(tmp_path)) is None
        with (
            registry.start(tmp_path, CACHE, bootstrap=kafka.bootstrap) as second,
            client.SchemaRegistryClient({"url": second.url}) as asked,
        ):
            assert asked.get_subjects() == ["letters-value"]
