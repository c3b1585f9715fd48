"""A PDF in, its text out: read in a process of its own, so that a hostile file ends only that."""

import subprocess
import sys
from importlib import import_module
from importlib.util import find_spec
from io import BytesIO
from itertools import islice

MOST_PAGES = 200
CPU_SECONDS = 10  # of the reader: a limit in CPU time cuts the same file at the same place
WALL_SECONDS = 60.0
MEMORY = 1024**3  # bytes
LONGEST = 100_000  # characters


def pdf_text(data: bytes) -> str:
    """The text of a PDF; empty where it has none, cannot be read, or no reader is installed."""
    if find_spec("pypdf") is None:
        return ""
    try:
        done = subprocess.run(  # noqa: S603  (this module)
            [sys.executable, "-m", __spec__.name],
            input=data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # what the reader complains of quotes the file
            timeout=WALL_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return ""
    return done.stdout.decode("utf-8", "replace") if done.returncode == 0 else ""


def read(data: bytes) -> str:
    """The same, in this process.

    Raises:
        Exception: whatever the library raises on a broken file.
    """
    reader = import_module("pypdf").PdfReader(BytesIO(data))
    found: list[str] = []
    for page in islice(reader.pages, MOST_PAGES):
        found.append(page.extract_text())
        if sum(map(len, found)) > LONGEST:
            break
    return "\n".join(found).encode("utf-8", "replace").decode()[:LONGEST].strip()


def main() -> None:
    """Read standard input under limits, write the text."""
    import resource  # noqa: PLC0415

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_SECONDS, CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    sys.stdout.buffer.write(read(sys.stdin.buffer.read()).encode())


if __name__ == "__main__":
    main()
