"""A free worker id of a stage on this host, held by a lock file as long as the process lives."""

import fcntl
import os
from pathlib import Path
from typing import IO

MOST = 64


def claim(state: Path, host: str) -> tuple[str, IO[str]]:
    """`host-n` with the first free n, and the open file that holds it.

    A stable, small set of ids: a worker that comes back takes the id of one that died and so ends
    what that one left open at the broker; two terminals never take the same one.
    """
    state.mkdir(parents=True, exist_ok=True)
    for number in range(MOST):
        file = (state / f"worker-{number}.lock").open("a")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            continue
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        return f"{host}-{number}", file
    raise RuntimeError(f"{MOST} workers of one stage on one host: start some elsewhere")
