"""What can be said of the local broker without starting one."""

import hashlib
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path, PurePosixPath

import pytest

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.local import broker, registry
from ticketstream.stream.local.jars import (
    LOCK,
    Locked,
    coordinates,
    fault,
    fetch,
    kafka_jars,
    made_once,
    read_lock,
    registry_archive,
)
from ticketstream.stream.local.java import java, major_version, version_of
from ticketstream.stream.local.place import Place, Running, chosen_port, free_ports, record
from ticketstream.stream.local.process import end, excerpt, is_alive, launch, running

A_JAR = PurePosixPath("org/example/lamp/1.2/lamp-1.2.jar")
B_JAR = PurePosixPath("org/example/wick/3.0/wick-3.0.jar")


def lock_of(**content: bytes) -> tuple[Locked, ...]:
    paths = {"lamp": A_JAR, "wick": B_JAR}
    return tuple(Locked(hashlib.sha256(c).hexdigest(), paths[n]) for n, c in content.items())


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with the jars of `WANTED`."""
    there = tmp_path / "jars"
    there.mkdir()
    (there / A_JAR.name).write_bytes(b"light")
    (there / B_JAR.name).write_bytes(b"wax")
    return there


WANTED = lock_of(lamp=b"light", wick=b"wax")


def test_a_folder_with_exactly_the_locked_jars_has_no_fault(folder: Path) -> None:
    assert fault(folder, WANTED) is None


def test_a_tampered_jar_is_named(folder: Path) -> None:
    (folder / B_JAR.name).write_bytes(b"w4x")
    assert fault(folder, WANTED) == "wick-3.0.jar is not the file of the lock"


def test_a_missing_jar_is_named(folder: Path) -> None:
    (folder / A_JAR.name).unlink()
    assert fault(folder, WANTED) == "lamp-1.2.jar is missing"


def test_a_jar_that_nobody_locked_is_named(folder: Path) -> None:
    (folder / "guest-1.0.jar").write_bytes(b"?")
    assert fault(folder, WANTED) == "guest-1.0.jar is not in the lock"


def test_a_jar_that_is_only_a_link_to_another_is_refused(folder: Path) -> None:
    (folder / A_JAR.name).unlink()
    (folder / A_JAR.name).symlink_to(B_JAR.name)
    assert fault(folder, WANTED) == "lamp-1.2.jar is not the file of the lock"


def test_the_lock_holds_kafka_its_client_and_one_registry() -> None:
    names = {one.name for one in kafka_jars()}
    assert {"kafka_2.13-4.1.0.jar", "kafka-clients-4.1.0.jar", "slf4j-simple-1.7.36.jar"} <= names
    assert len(kafka_jars()) == 46 == len(names)
    assert [one.name for one in registry_archive()] == ["apicurio-registry-app-3.3.3-all.tar.gz"]
    assert all(len(one.sha256) == 64 for one in read_lock(LOCK.read_text()))


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK.read_text()


def test_coordinates_are_read_from_a_repository_path() -> None:
    archive = PurePosixPath("io/apicurio/app/3.3.3/app-3.3.3-all.tar.gz")
    assert coordinates(archive) == ("io.apicurio", "app", "3.3.3", "all", "tar.gz")
    assert coordinates(A_JAR) == ("org.example", "lamp", "1.2", "", "jar")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """A folder that is served as the only Maven repository."""
    root = tmp_path / "repository"
    for path, content in ((A_JAR, b"light"), (B_JAR, b"wax")):
        (root / path).parent.mkdir(parents=True)
        (root / path).write_bytes(content)
    handler = partial(QuietHandler, directory=str(root))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        settings = tmp_path / "jgo.conf"
        here = f"http://127.0.0.1:{server.server_port}"
        settings.write_text(f"[repositories]\ncentral = {here}\n")
        monkeypatch.setenv("JGO_CONFIG_FILE", str(settings))
        yield root
        server.shutdown()
        thread.join()


class QuietHandler(SimpleHTTPRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Say nothing."""


def test_locked_files_are_fetched_from_the_repository_of_the_users_settings(
    repository: Path, tmp_path: Path
) -> None:
    (tmp_path / "new").mkdir()
    fetch(WANTED, tmp_path / "new")
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == [
        "lamp-1.2.jar",
        "wick-3.0.jar",
    ]


def test_a_repository_that_serves_a_changed_jar_is_not_trusted(
    repository: Path, tmp_path: Path
) -> None:
    (repository / B_JAR).write_bytes(b"poison")
    (tmp_path / "new").mkdir()
    with pytest.raises(BrokerError, match=r"wick-3.0.jar is not the file of the lock.*do not use"):
        fetch(WANTED, tmp_path / "new")


def test_a_jar_that_cannot_be_fetched_is_named_with_what_to_do(
    repository: Path, tmp_path: Path
) -> None:
    (repository / A_JAR).unlink()
    (tmp_path / "new").mkdir()
    with pytest.raises(BrokerError, match=r"lamp-1.2.jar cannot be fetched.*check the network"):
        fetch(WANTED, tmp_path / "new")


def test_a_folder_is_made_once_however_many_want_it_at_the_same_time(tmp_path: Path) -> None:
    made: list[Path] = []

    def make(draft: Path) -> None:
        time.sleep(0.1)
        (draft / "whole").touch()
        made.append(draft)

    target = tmp_path / "cache" / "jars"
    wanting = [threading.Thread(target=made_once, args=(target, make)) for _ in range(4)]
    for thread in wanting:
        thread.start()
    for thread in wanting:
        thread.join()
    assert len(made) == 1
    assert (target / "whole").exists()


def test_a_folder_that_could_not_be_made_whole_is_not_there(tmp_path: Path) -> None:
    def break_off(draft: Path) -> None:
        (draft / "half").touch()
        raise BrokerError("no network")

    with pytest.raises(BrokerError):
        made_once(tmp_path / "jars", break_off)
    assert [path.name for path in tmp_path.iterdir()] == ["jars.lock"]


def test_what_a_killed_attempt_left_is_swept_away(tmp_path: Path) -> None:
    (tmp_path / "jars-x1y2" / "made").mkdir(parents=True)
    made_once(tmp_path / "jars", lambda _draft: None)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["jars", "jars.lock"]


def test_java_versions_are_read_from_old_and_new_banners() -> None:
    assert version_of('openjdk version "25.0.2" 2026-01-20') == 25
    assert version_of('java version "1.8.0_392"') == 8
    assert version_of('openjdk version "21-ea" 2023-09-19') == 21
    assert version_of("The operation couldn't be completed. Unable to locate a Java Runtime.") == 0


def test_a_program_that_is_no_java_has_no_version(tmp_path: Path) -> None:
    assert major_version(tmp_path / "absent") == 0
    assert major_version(Path("/bin/sh")) == 0


def test_the_java_of_the_local_extra_is_new_enough_for_both_servers() -> None:
    assert major_version(java()) >= 21


def test_without_a_new_enough_java_the_error_says_what_to_install() -> None:
    with pytest.raises(BrokerError, match=r"no Java 99 or later.*ticketstream\[local\]"):
        java(at_least=99)


def test_the_properties_keep_everything_on_loopback_and_name_both_ports() -> None:
    said = dict(
        line.split("=", 1)
        for line in broker.properties(Path("/somewhere/data"), 21_000, 21_001).splitlines()
    )
    assert said["listeners"] == "PLAINTEXT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"
    assert said["advertised.listeners"] == "PLAINTEXT://127.0.0.1:21000"
    assert said["controller.quorum.voters"] == "1@127.0.0.1:21001"
    assert said["log.dirs"] == "/somewhere/data"
    assert said["auto.create.topics.enable"] == "false"
    assert said["transaction.state.log.replication.factor"] == "1"


def test_a_registry_keeps_schemas_in_kafka_only_where_one_is_named() -> None:
    assert registry.storage(None) == ()
    assert "-Dapicurio.kafkasql.bootstrap.servers=h:1" in registry.storage("h:1")


def test_free_ports_differ_and_lie_below_the_ports_of_outgoing_connections() -> None:
    ports = free_ports(20)
    assert len(set(ports)) == 20
    assert all(20_000 <= port < 32_000 for port in ports)


def test_a_wanted_port_that_is_taken_is_refused(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", free_ports(1)[0])) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(BrokerError, match=rf"port {port} is in use: choose another"):
            chosen_port(Place(tmp_path, "broker"), port)


def test_the_port_of_the_last_start_is_kept_unless_somebody_took_it(tmp_path: Path) -> None:
    place, port = Place(tmp_path, "broker"), free_ports(1)[0]
    record(place, Running(1, f"127.0.0.1:{port}"))
    assert chosen_port(place, None) == port
    with socket.create_server(("127.0.0.1", port)):
        assert chosen_port(place, None) != port


def sleeper(place: Place, script: str = "import time; time.sleep(60)") -> list[str]:
    return [sys.executable, "-c", script, place.mark]


def test_a_record_whose_process_is_gone_means_not_running(tmp_path: Path) -> None:
    with subprocess.Popen([sys.executable, "-c", ""]) as gone:
        pass
    record(Place(tmp_path, "broker"), Running(gone.pid, "127.0.0.1:21000"))
    assert not broker.status(tmp_path).running
    assert broker.stop(tmp_path) is False


def test_a_record_whose_pid_is_another_program_by_now_means_not_running(tmp_path: Path) -> None:
    record(Place(tmp_path, "broker"), Running(os.getpid(), "127.0.0.1:21000"))
    said = broker.status(tmp_path)
    assert (said.running, said.pid, said.bootstrap) == (False, None, "127.0.0.1:21000")
    assert broker.stop(tmp_path) is False  # and this very process lives on


def test_the_server_of_a_folder_whose_name_goes_on_is_not_taken_for_ours(tmp_path: Path) -> None:
    (tmp_path / "a2").mkdir()
    other = Place(tmp_path / "a2", "broker")
    started = launch(other, sleeper(other), 21_000)
    try:
        assert is_alive(started.pid, other.mark)
        assert not is_alive(started.pid, Place(tmp_path / "a", "broker").mark)
    finally:
        end(started.pid, other.mark)


@pytest.mark.parametrize("text", ["", "{", "[]", '{"pid": "x", "address": "h:1"}', '{"pid": 1}'])
def test_an_unreadable_record_means_not_running(tmp_path: Path, text: str) -> None:
    (tmp_path / "broker.json").write_text(text)
    assert broker.status(tmp_path).bootstrap is None


def test_an_empty_folder_has_no_broker_and_no_data(tmp_path: Path) -> None:
    said = broker.status(tmp_path / "never")
    assert (said.running, said.data_bytes, said.bootstrap) == (False, 0, None)
    assert broker.stop(tmp_path / "never") is False


def test_a_server_that_ignores_the_polite_end_is_ended_by_force(tmp_path: Path) -> None:
    place = Place(tmp_path, "broker")
    deaf = "import signal, time; signal.signal(15, signal.SIG_IGN); open('deaf', 'w'); "
    started = launch(place, sleeper(place, deaf + "time.sleep(60)"), 21_000)
    while not (tmp_path / "deaf").exists():
        time.sleep(0.02)
    end(started.pid, place.mark, seconds=0.3)
    assert running(place) is None


def test_a_server_has_a_session_of_its_own_and_a_record(tmp_path: Path) -> None:
    place = Place(tmp_path, "broker")
    started = launch(place, sleeper(place), 21_000)
    try:
        assert os.getsid(started.pid) == started.pid
        assert json.loads(place.record.read_text()) == {
            "pid": started.pid,
            "address": "127.0.0.1:21000",
        }
        with pytest.raises(BrokerError, match="stop it before you wipe it"):
            broker.wipe(tmp_path)
    finally:
        end(started.pid, place.mark)


def test_wiping_removes_the_data_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "data" / "topic-0").mkdir(parents=True)
    (tmp_path / "letter.txt").write_text("mine")
    broker.wipe(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["broker.lock", "letter.txt"]


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(BrokerError, match="cannot be started: No such file"):
        launch(Place(tmp_path, "broker"), [str(tmp_path / "nothing")], 21_000)


def test_the_excerpt_of_a_log_leaves_out_stack_frames_and_keeps_to_one_line(tmp_path: Path) -> None:
    log = tmp_path / "broker.log"
    log.write_text(
        "a\nb\njava.lang.RuntimeException: bad\n\tat x.Y(Z.java:1)\n\t... 3 more\n\nend\n"
    )
    assert excerpt(log) == "b | java.lang.RuntimeException: bad | end"
    assert excerpt(tmp_path / "absent") == "it wrote no log"
