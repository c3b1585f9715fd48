"""A model folder -> its manifest, with every file checked against its SHA-256."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path
from typing import Any

from ticketstream.schemas.classified import Model
from ticketstream.schemas.errors import ModelError

MANIFEST = "manifest.toml"


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a model folder says of itself.

    Attributes:
        files: name -> SHA-256 in hex of every file that the model is made of.
        document: the whole manifest (licence, data, scores, provenance).
    """

    folder: Path
    name: str
    version: str
    files: Mapping[str, str]
    document: Mapping[str, Any]

    @property
    def sha256(self) -> str:
        """The digest of all files: changes with any byte of the model."""
        lines = (f"{digest}  {name}\n" for name, digest in sorted(self.files.items()))
        return sha256("".join(lines).encode()).hexdigest()

    @property
    def model(self) -> Model:
        """The model as events name it."""
        return Model(self.name, self.version, self.sha256)


def read_manifest(folder: Path) -> Manifest:
    """The manifest of a model folder, after its files were checked.

    Raises:
        ModelError: no folder, no readable manifest, or a file that is missing or not the one named.
    """
    path = folder / MANIFEST
    try:
        document = tomllib.loads(path.read_text(encoding="utf-8"))
        files = {name: str(digest) for name, digest in document["files"].items()}
        manifest = Manifest(folder, document["name"], document["version"], files, document)
    except OSError as error:
        raise ModelError(
            f"no model in {folder}: restore the folder, it must hold {path}"
        ) from error
    except (tomllib.TOMLDecodeError, KeyError, AttributeError) as error:
        raise ModelError(f"{path} is no model manifest: restore it ({error})") from error
    for name, digest in files.items():
        _check(folder / name, digest)
    return manifest


def _check(path: Path, digest: str) -> None:
    try:
        with path.open("rb") as file:
            found = file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise ModelError(f"{path} is missing: restore the model folder") from error
    if found != digest:
        raise ModelError(f"{path} is not the file its manifest names: restore the model folder")
