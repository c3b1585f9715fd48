"""What a figure is worth: machine, date, versions, load."""

import os
import platform
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

PACKAGES = ("faust-streaming", "aiokafka", "confluent-kafka", "fastavro", "onnxruntime")


def machine() -> dict[str, Any]:
    """This machine, now."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    model = next((x.split(":")[1].strip() for x in lines if x.startswith("model name")), "")
    return {
        "date": datetime.now(UTC).date().isoformat(),
        "cpu": model or platform.processor(),
        "cores": os.cpu_count(),
        "python": platform.python_version(),
        "load": [round(x, 2) for x in os.getloadavg()],
        "versions": {name: version(name) for name in PACKAGES},
    }


def spread(values: list[float], digits: int = 0) -> str:
    """`median (min to max)`."""
    return f"{median(values):,.{digits}f} ({min(values):,.{digits}f} to {max(values):,.{digits}f})"
