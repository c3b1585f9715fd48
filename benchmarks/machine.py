"""What a figure is worth: machine, date, versions, load, and what else ran meanwhile."""

import os
import platform
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

PACKAGES = ("faust-streaming", "aiokafka", "confluent-kafka", "fastavro", "onnxruntime")
NOTED = 0.05  # cores: a process that used less is not named
PROC = Path("/proc")


def machine() -> dict[str, Any]:
    """This machine, now."""
    info = PROC / "cpuinfo"
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "versions": {name: version(name) for name in PACKAGES},
    }


def cpu_seconds(pid: int) -> float:
    """User and system CPU seconds of a running process.

    Raises:
        OSError: it is gone, or this system has no /proc.
    """
    fields = (PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Surroundings:
    """The load before and after, and the cores that anything but the benchmark used.

    `names` holds only commands, never arguments or folders: the answer is committed.
    """

    def __init__(self, broker: int) -> None:
        self._own = {os.getpid(), broker}
        self._began = time.monotonic()
        self._load = _load()
        self._busy = _busy()
        self._mine = self._own_seconds()
        self._others = _processes()

    def answer(self) -> dict[str, Any]:
        """Call it before the broker ends, after all workers ended."""
        wall = time.monotonic() - self._began
        told: dict[str, Any] = {"load_before": self._load, "load_after": _load()}
        if self._busy is not None and (busy := _busy()) is not None:
            others = busy - self._busy - (self._own_seconds() - self._mine)
            told["other_cores"] = round(max(0.0, others) / wall, 2)
            told["other_commands"] = self._names(wall)
        return told

    def _own_seconds(self) -> float:
        """This process, its children that ended, the broker."""
        broker = sum(cpu_seconds(pid) for pid in self._own - {os.getpid()}) if PROC.exists() else 0
        return sum(os.times()[:4]) + broker

    def _names(self, wall: float) -> dict[str, float]:
        """Commands that still run and the cores that they used."""
        cores: dict[str, float] = {}
        for pid, (name, used) in _processes().items():
            before = self._others.get(pid, (name, 0.0))[1]
            if pid not in self._own and (used - before) / wall >= NOTED:
                cores[name] = round(cores.get(name, 0.0) + (used - before) / wall, 2)
        return cores


def _load() -> list[float]:
    return [round(x, 2) for x in os.getloadavg()]


def _busy() -> float | None:
    """CPU seconds that this machine worked since it started: user, nice, system, interrupts."""
    if not (PROC / "stat").exists():
        return None
    ticks = [int(x) for x in (PROC / "stat").read_text().split("\n", 1)[0].split()[1:8]]
    user, nice, system, _idle, _iowait, irq, softirq = ticks
    return (user + nice + system + irq + softirq) / os.sysconf("SC_CLK_TCK")


def _processes() -> dict[int, tuple[str, float]]:
    """Command and CPU seconds of every process; empty without /proc."""
    found = {}
    for folder in PROC.glob("[0-9]*"):
        try:
            name = (folder / "comm").read_text().strip()
            found[int(folder.name)] = (name, cpu_seconds(int(folder.name)))
        except OSError:
            continue  # it ended while we looked
    return found
