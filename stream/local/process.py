"""A command line in, a server process out: started, awaited, known again and ended."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.local.place import LOOPBACK, Place, Running, record, recorded

STOP_SECONDS = 20.0
EXEC_SECONDS = 5.0  # a busy machine takes its time between fork and exec


def command_line(pid: int) -> str:
    """Arguments of a process, separated by NUL or spaces; empty when it is gone or a zombie."""
    if Path("/proc/self/cmdline").exists():
        with suppress(OSError):
            return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace")
        return ""
    asked = ["/bin/ps", "-ww", "-o", "command=", "-p", str(pid)]
    return subprocess.run(asked, capture_output=True, text=True, check=False).stdout  # noqa: S603


def is_alive(pid: int, mark: str) -> bool:
    """Whether this pid is still the server with this mark, and not another program's by now."""
    line = command_line(pid)
    end = time.monotonic() + EXEC_SECONDS
    while not line and _is_becoming(pid) and time.monotonic() < end:
        time.sleep(0.02)
        line = command_line(pid)
    line = line.rstrip("\n") + " "
    return f"{mark}\0" in line or f"{mark} " in line


def _is_becoming(pid: int) -> bool:
    """Whether a process is between fork and exec: it lives, but has no command line yet."""
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2][:1]
    except OSError:
        return False
    return state not in {"Z", "X"}


def running(place: Place) -> Running | None:
    """The living server of this folder."""
    last = recorded(place)
    return last if last and is_alive(last.pid, place.mark) else None


def launch(
    place: Place, command: Sequence[str], port: int, *, die_with_parent: bool = False
) -> Running:
    """Start the server in a session of its own, so that Ctrl-C in the terminal is not its end.

    Args:
        place: its folder; the log of the start before is kept as `.log.previous`.
        command: must hold `place.mark`.
        port: loopback port that the command makes it listen on.
        die_with_parent: end the server within seconds after this process is gone, however it went.

    Raises:
        BrokerError: the program cannot be executed.
    """
    if place.log.exists():
        place.log.replace(place.log.with_name(f"{place.log.name}.previous"))
    with place.log.open("wb") as log:
        pid = _spawn(command, place.home, log.fileno())
    started = Running(pid, f"{LOOPBACK}:{port}")
    record(place, started)
    if die_with_parent:
        watch = [sys.executable, "-P", "-m", "ticketstream.stream.local.process"]
        owner = str(os.getpid())
        _spawn([*watch, str(pid), place.mark, owner], place.home, subprocess.DEVNULL)
    return started


def await_answer(
    place: Place, started: Running, answers: Callable[[str], bool], seconds: float
) -> None:
    """Wait until `answers(address)`.

    Raises:
        BrokerError: it died (with the last lines of its log), or does not answer in time.
    """
    end = time.monotonic() + seconds
    while not answers(started.address):
        if not is_alive(started.pid, place.mark):
            raise BrokerError(
                f"the {place.name} stopped while it started: {excerpt(place.log)} "
                f"(see {place.log}; start again once that is mended)"
            )
        if time.monotonic() > end:
            raise BrokerError(
                f"the {place.name} does not answer at {started.address} after {seconds:.0f} s: "
                f"stop it and start again, or look into {place.log}"
            )
        time.sleep(0.05)


def stop(place: Place, seconds: float = STOP_SECONDS) -> bool:
    """End the server of this folder, by force after `seconds`; False when there was none."""
    found = running(place)
    if found:
        end(found.pid, place.mark, seconds)
    return found is not None


def end(pid: int, mark: str, seconds: float = STOP_SECONDS) -> None:
    """TERM, wait, KILL, wait; only while the process bears the mark."""
    for number, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, STOP_SECONDS)):
        if is_alive(pid, mark):
            with suppress(ProcessLookupError):
                os.kill(pid, number)
            _await_end(pid, mark, patience)


def excerpt(log: Path, lines: int = 3) -> str:
    """The last lines of a log that say something, on one line; stack frames are left out."""
    text = log.read_text(errors="replace") if log.exists() else ""
    said = [line.strip() for line in text.splitlines() if line.strip()]
    telling = [line for line in said if not line.startswith(("at ", "...", "WARNING:"))]
    return " | ".join(line[:240] for line in telling[-lines:]) or "it wrote no log"


def watch(pid: int, mark: str, owner: int) -> None:
    """End the server once this process's parent is no longer its owner."""
    while os.getppid() == owner and is_alive(pid, mark):
        time.sleep(0.5)
    end(pid, mark)


def _await_end(pid: int, mark: str, seconds: float) -> None:
    last = time.monotonic() + seconds
    while is_alive(pid, mark) and time.monotonic() < last:
        time.sleep(0.05)


def _spawn(command: Sequence[str], folder: Path, output: int) -> int:
    try:
        child = subprocess.Popen(  # noqa: S603
            command,
            cwd=folder,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output >= 0 else subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise BrokerError(f"{command[0]} cannot be started: {error.strerror}") from error
    # Somebody must take note of its death, or it stays a zombie for as long as we live.
    threading.Thread(target=child.wait, name=f"reap-{child.pid}", daemon=True).start()
    return child.pid


if __name__ == "__main__":
    watch(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
