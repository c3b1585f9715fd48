"""A folder -> which canaries can be read in which file: every byte, Kafka's batches decompressed.

    python benchmarks/erasure_scan.py FOLDER

A program of its own: a process that closes a file of SQLite drops the locks that it holds on it.
"""

import contextlib
import gzip
import json
import re
import struct
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

CANARY = re.compile(rb"zq[0-9a-f]{16}")
HEADER = 61  # bytes of a record batch before its records
CODECS = {0: "none", 1: "gzip", 2: "snappy", 3: "lz4", 4: "zstd"}


def canaries(data: bytes) -> set[str]:
    """Every canary in these bytes, in whatever case it is written."""
    return {found.decode() for found in CANARY.findall(data.lower())}


def scan(folder: Path) -> dict[str, set[str]]:
    """Canaries by kind of place: topic, database, LanceDB, attachments, other files."""
    found: dict[str, set[str]] = {}
    for file in sorted(p for p in folder.rglob("*") if p.is_file()):
        with contextlib.suppress(FileNotFoundError):  # the broker removes files as it likes
            for data in texts(file):
                found.setdefault(place(folder, file), set()).update(canaries(data))
    return found


def texts(file: Path) -> Iterator[bytes]:
    """A file as it is; of Kafka's segments also what is compressed in them.

    Raises:
        ValueError: a batch in a compression that this program cannot undo: nothing is proven then.
    """
    data = file.read_bytes()
    yield data
    if file.suffix == ".log" and file.stem.isdigit():
        yield from (gzip.decompress(records) for records in _compressed(data))


def _compressed(segment: bytes) -> Iterator[bytes]:
    for start, end in _batches(segment):
        (attributes,) = struct.unpack_from(">h", segment, start + 21)
        codec = CODECS.get(attributes & 7, "unknown")
        if codec == "gzip":
            yield segment[start + HEADER : end]
        elif codec != "none":
            raise ValueError(f"a record batch is compressed with {codec}")


def _batches(segment: bytes) -> Iterator[tuple[int, int]]:
    start = 0
    while start + HEADER <= len(segment):
        (length,) = struct.unpack_from(">i", segment, start + 8)
        if length <= 0:
            return  # the rest is preallocated
        yield start, start + 12 + length
        start += 12 + length


def place(folder: Path, file: Path) -> str:
    """What a file is part of."""
    parts = file.relative_to(folder).parts
    if parts[0] == "kafka" and "-" in parts[-2]:
        return f"topic {parts[-2].rpartition('-')[0]}"
    return parts[0] if len(parts) > 1 else file.name.partition(".db")[0]


def merged(scans: Iterable[dict[str, set[str]]]) -> dict[str, set[str]]:
    """Several scans as one."""
    whole: dict[str, set[str]] = {}
    for each in scans:
        for name, found in each.items():
            whole.setdefault(name, set()).update(found)
    return whole


if __name__ == "__main__":
    print(json.dumps({k: sorted(v) for k, v in scan(Path(sys.argv[1])).items()}))
