"""Folders of heads -> the snapshots that a policy can name, each checked against its name."""

from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp

from ticketstream.processors.calibration import CALIBRATION, PairCalibration, read_calibration
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Active

HEADS = "heads"  # the folder of the shipped heads, below the models' folder
TRUNK = "trunk"  # the folder of a trunk, beside the shipped heads or within a snapshot


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A trained model with its calibration; its files are those that its manifest names.

    `id` is the manifest's version and a digest of weights and calibration: no other content has it.
    """

    folder: Path
    manifest: Manifest
    calibration: PairCalibration

    @property
    def id(self) -> str:
        said = f"{self.manifest.sha256} {self.calibration.id}"
        return f"{self.manifest.version}-{sha256(said.encode()).hexdigest()[:8]}"

    @property
    def active(self) -> Active:
        """The snapshot as a policy names it."""
        return Active(model=self.id, calibration=self.calibration.id)


@dataclass(frozen=True, slots=True)
class Snapshots:
    """Every snapshot of a machine: the shipped one, and those that were trained here.

    Attributes:
        models: the folder of the shipped models.
        trained: a folder of snapshots, each in a folder that is called by its id.
    """

    models: Path
    trained: Path

    @property
    def shipped(self) -> Path:
        """The folder of the shipped heads."""
        return self.models / HEADS

    def read(self, folder: Path) -> Snapshot:
        """A snapshot of a folder.

        Raises:
            ModelError: files missing or changed.
        """
        return Snapshot(folder, read_manifest(folder), read_calibration(folder / CALIBRATION))

    def all(self) -> Iterator[Snapshot | ModelError]:
        """The shipped snapshot, then the others by name; an error for one that is broken."""
        found = self.trained.iterdir() if self.trained.is_dir() else ()
        hidden = (f for f in found if f.is_dir() and not f.name.startswith("."))
        for folder in (self.shipped, *sorted(hidden)):
            try:
                yield self.read(folder)
            except ModelError as error:
                yield error

    def find(self, name: str) -> Snapshot:
        """The snapshot of an id; without one, the shipped.

        Raises:
            ModelError: no such snapshot on this machine, or its files are not those of its name.
        """
        folder = self.trained / name
        if not name or not folder.is_dir():
            shipped = self.read(self.shipped)
            if name in {"", shipped.id}:
                return shipped
            raise ModelError(f"no snapshot {name} in {self.trained}: copy its folder there")
        snapshot = self.read(folder)
        if snapshot.id != name:
            raise ModelError(f"{folder} holds the snapshot {snapshot.id}: restore the folder")
        return snapshot

    def of(self, active: Active) -> Snapshot:
        """The snapshot that a policy names.

        Raises:
            ModelError: see `find`; or another calibration is wanted than it has.
        """
        snapshot = self.find(active.model)
        if active.calibration not in {"", snapshot.calibration.id}:
            raise ModelError(
                f"{snapshot.folder} has the calibration {snapshot.calibration.id}, the policy "
                f"names {active.calibration}: restore the folder"
            )
        return snapshot

    def reader(self, heads: Manifest, encoder: Encoder) -> Encoder:
        """What reads texts for these heads: the encoder, or the trunk that they were fitted on.

        A trunk lies within its snapshot, else beside the shipped heads.

        Raises:
            ModelError: they were fitted on another encoder, or on a trunk that is not here.
        """
        made_with = heads.document.get("encoder", encoder.manifest.sha256)
        if made_with != encoder.manifest.sha256:
            raise ModelError(f"{heads.folder} was trained with another encoder: train it anew")
        wanted = heads.document.get("trunk")
        if wanted is None:
            return encoder
        own = heads.folder / TRUNK
        reader = encoder.tuned(own if own.is_dir() else self.models / TRUNK)
        if reader.manifest.sha256 != wanted:
            raise ModelError(
                f"{heads.folder} was fitted on another trunk than {reader.manifest.folder}: copy "
                f"that one to {own}, or train the heads anew"
            )
        return reader

    def begin(self) -> Path:
        """A folder for a training; it is no snapshot until it is kept."""
        self.trained.mkdir(parents=True, exist_ok=True)
        return Path(mkdtemp(prefix=".new-", dir=self.trained))

    def keep(self, folder: Path) -> Snapshot:
        """Make a finished training a snapshot; one of the same content is replaced by it.

        Raises:
            ModelError: files missing or changed.
        """
        place = self.trained / self.read(folder).id
        rmtree(place, ignore_errors=True)
        folder.chmod(0o755)  # workers of another user read it
        return self.read(folder.rename(place))
