"""The parent keeps its children alive, and knows when not to."""

import os
import signal
import sys
import threading
import time
from pathlib import Path

from ticketstream.stream.supervisor import FIRST_PAUSE, Supervisor
from ticketstream.stream.worker_id import claim


def child(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def wait_for_end(supervisor: Supervisor) -> None:
    for each in supervisor.children:
        assert each.process is not None
        each.process.wait(10)


def test_a_child_that_dies_is_started_again_after_a_growing_pause() -> None:
    now = [100.0]
    supervisor = Supervisor({"a": child("raise SystemExit(1)")}, os.environ, lambda: now[0])
    supervisor.start()
    pauses = []
    for _ in range(3):
        wait_for_end(supervisor)
        supervisor.tend()
        assert supervisor.children[0].process is None
        pauses.append(supervisor.children[0].pause)
        now[0] += pauses[-1]
        supervisor.tend()
    supervisor.end()
    assert pauses == [FIRST_PAUSE * 2, FIRST_PAUSE * 4, FIRST_PAUSE * 8]


def test_a_child_that_gives_up_is_not_started_again_and_its_status_is_ours() -> None:
    supervisor = Supervisor({"a": child("raise SystemExit(3)")}, os.environ)
    assert supervisor.run(tick=0.02) == 3


def test_a_stop_ends_every_child_and_is_clean() -> None:
    supervisor = Supervisor({n: child("import time; time.sleep(60)") for n in "ab"}, os.environ)
    threading.Timer(0.5, supervisor.stop).start()
    assert supervisor.run(tick=0.02) == 0
    assert all(c.process and c.process.poll() == -signal.SIGTERM for c in supervisor.children)


def test_two_workers_of_one_host_never_share_an_id_and_a_freed_one_is_taken_again(
    tmp_path: Path,
) -> None:
    first, lock = claim(tmp_path, "host")
    second, other = claim(tmp_path, "host")
    assert (first, second) == ("host-0", "host-1")
    lock.close()
    again, third = claim(tmp_path, "host")
    assert again == "host-0"
    other.close()
    third.close()


def test_a_worker_whose_parent_is_gone_ends() -> None:
    grandchild = (
        "import time; from ticketstream.stream.orphan import end_with_parent;"
        "end_with_parent(0.05); time.sleep(60)"
    )
    parent = (
        "import subprocess, sys;"
        f"p = subprocess.Popen([sys.executable, '-c', {grandchild!r}]); print(p.pid, flush=True);"
        "import time; time.sleep(1)"
    )
    import subprocess

    pid = int(subprocess.run(child(parent), capture_output=True, check=True).stdout)
    deadline = time.monotonic() + 10
    while time.monotonic() < deadline and _alive(pid):
        time.sleep(0.05)
    assert not _alive(pid)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
