"""A cache folder in, folders with the jars of Kafka and of the schema registry out, all checked."""

import hashlib
import shutil
import sys
import tarfile
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory
from typing import Any

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.local.place import locked

LOCK = Path(__file__).with_name("kafka_jars.sha256")
DOWNLOADS_AT_ONCE = 6
ATTEMPTS = 3

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Locked:
    """One file of the lock: its SHA-256 in hex and its path in a Maven repository."""

    sha256: str
    path: PurePosixPath

    @property
    def name(self) -> str:
        return self.path.name


def to_stderr(line: str) -> None:
    """Progress, for those who pass no other way to say it."""
    sys.stderr.write(f"{line}\n")


def jars(cache: Path, say: Say = to_stderr) -> Path:
    """The folder with exactly Kafka's locked jars, each checked on every call (0.03 s).

    The first call fetches them (45 MB), whoever else calls at once; later ones need no network.

    Raises:
        BrokerError: a jar cannot be fetched, or is missing, unknown or not the locked one.
    """
    wanted = kafka_jars()
    folder = cache / f"kafka-{fingerprint(wanted)}"

    def make(draft: Path) -> None:
        say(f"Fetching Apache Kafka: {len(wanted)} jars, about 45 MB, only this once")
        fetch(wanted, draft)

    made_once(folder, make)
    _refuse(fault(folder, wanted), f"delete {folder} and start again")
    return folder


def registry(cache: Path, say: Say = to_stderr) -> Path:
    """The folder of the unpacked schema registry; the archive is checked before it is unpacked.

    Raises:
        BrokerError: the archive cannot be fetched or is not the locked one.
    """
    wanted = registry_archive()
    folder = cache / f"registry-{fingerprint(wanted)}"

    def make(draft: Path) -> None:
        say("Fetching the Apicurio schema registry, about 160 MB, only this once")
        with TemporaryDirectory(dir=draft.parent) as download:
            fetch(wanted, Path(download))
            with tarfile.open(Path(download) / wanted[0].name) as archive:
                archive.extractall(draft, filter="data")

    return made_once(folder, make)


def kafka_jars() -> tuple[Locked, ...]:
    """What the lock says of Kafka."""
    return tuple(one for one in read_lock(LOCK.read_text()) if one.path.suffix == ".jar")


def registry_archive() -> tuple[Locked, ...]:
    """What the lock says of the schema registry: one archive."""
    return tuple(one for one in read_lock(LOCK.read_text()) if one.path.suffix == ".gz")


def read_lock(text: str) -> tuple[Locked, ...]:
    """Lines `sha256  path`; lines that begin with # say something to people."""
    lines = (line.split() for line in text.splitlines() if line and not line.startswith("#"))
    return tuple(Locked(sha256, PurePosixPath(path)) for sha256, path in lines)


def fingerprint(wanted: Sequence[Locked]) -> str:
    """Names the folder of these files, so that a changed lock makes a new one."""
    return hashlib.sha256("".join(one.sha256 for one in wanted).encode()).hexdigest()[:12]


def fault(folder: Path, wanted: Sequence[Locked]) -> str | None:
    """What is wrong with a folder that should hold exactly these files; None when nothing is."""
    there = {path.name for path in folder.iterdir()}
    names = {one.name for one in wanted}
    if names - there:
        return f"{min(names - there)} is missing"
    if there - names:
        return f"{min(there - names)} is not in the lock"
    changed = [one.name for one in wanted if sha256_of(folder / one.name) != one.sha256]
    return f"{changed[0]} is not the file of the lock" if changed else None


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder that exists either whole or not at all, whoever else wants it at the same time."""
    if folder.is_dir():
        return folder
    with locked(folder.with_name(f"{folder.name}.lock")):
        if not folder.is_dir():
            _sweep(folder)
            with TemporaryDirectory(dir=folder.parent, prefix=f"{folder.name}-") as workshop:
                draft = Path(workshop) / "made"
                draft.mkdir()
                make(draft)
                draft.rename(folder)
    return folder


def fetch(wanted: Sequence[Locked], folder: Path) -> None:
    """Download these files into an empty folder.

    The lock already holds the whole resolved set, so the files are fetched one by one by their
    coordinates; resolving them anew from Kafka's POMs gives the same set and takes twice as long.

    Raises:
        BrokerError: a file cannot be had, or what came is not what the lock says.
    """
    with TemporaryDirectory(dir=folder.parent) as repository:
        context = _maven(Path(repository))
        with ThreadPoolExecutor(DOWNLOADS_AT_ONCE) as pool:
            for path in pool.map(lambda one: _download(context, one.path), wanted):
                path.rename(folder / path.name)
    _refuse(
        fault(folder, wanted),
        "start again; if it stays so, your Maven repository serves changed files: do not use them",
    )


def coordinates(path: PurePosixPath) -> tuple[str, str, str, str, str]:
    """Group, artifact, version, classifier and packaging of a path in a Maven repository."""
    *group, artifact, version, name = path.parts
    rest = name.removeprefix(f"{artifact}-{version}").removeprefix("-")
    classifier, _, packaging = rest.partition(".")
    return ".".join(group), artifact, version, classifier, packaging


def _maven(repository: Path) -> Any:
    if find_spec("jgo") is None:
        raise BrokerError("a local Kafka needs jgo: run pip install 'ticketstream[local]'")
    from jgo.config import GlobalSettings  # noqa: PLC0415  (of the extra `local`, 0.5 s)
    from jgo.maven import MavenContext  # noqa: PLC0415

    context = MavenContext(repo_cache=repository, timeout=30)
    context.remote_repos.update(GlobalSettings.load().repositories)
    return context


def _download(context: Any, path: PurePosixPath) -> Path:
    group, artifact, version, classifier, packaging = coordinates(path)
    component = context.project(group, artifact).at_version(version)
    file = component.artifact(classifier, packaging)
    for left in reversed(range(ATTEMPTS)):
        try:
            return Path(file.resolve())
        except (RuntimeError, OSError) as error:
            # jgo would take what an interrupted download left for the whole file
            file.cached_path.unlink(missing_ok=True)
            if not left:
                raise BrokerError(
                    f"{path.name} cannot be fetched ({type(error).__name__}): check the network "
                    "and start again; ~/.config/jgo.conf names a mirror under [repositories]"
                ) from error
    raise AssertionError


def _sweep(folder: Path) -> None:
    """Remove what attempts that were killed left behind; the lock is held."""
    for left in folder.parent.glob(f"{folder.name}-*"):
        shutil.rmtree(left)


def _refuse(found: str | None, advice: str) -> None:
    if found:
        raise BrokerError(f"{found}: {advice}")
