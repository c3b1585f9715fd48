"""Settings and what to learn from -> trained heads, a trunk with heads, or mask's entity model."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree
from typing import Any

from ticketstream.doors.deciding import snapshots_of
from ticketstream.doors.equip import labels_of, models_of, open_vault
from ticketstream.doors.output import progress, say
from ticketstream.doors.settings import ROOT, Settings
from ticketstream.learning.evaluate import Quality
from ticketstream.learning.examples import Example
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.snapshots import Snapshots
from ticketstream.processors.taxonomy import Labels
from ticketstream.schemas.errors import SettingError

KNOWN = ROOT / "knowledge"
EXTRA = "{} is missing: install the extra `train` (pip install 'ticketstream[train]')"


@dataclass(frozen=True, slots=True)
class Sources:
    """What is learned from.

    Attributes:
        data: the folder of public sets, or None to learn from the project's own only.
        seed: of every draw.
        corrections: whether what agents set right is learned from too.
        level: how often a prediction set is to hold the true sub-category.
        writers: whether heads are judged by leaving out whole writers too.
    """

    data: Path | None
    seeds: Path
    seed: int
    corrections: bool = False
    level: float = 0.9
    writers: bool = True


def entities(settings: Settings, given: Sources, out: Path | None) -> None:
    """Train mask's entity model into a folder.

    Raises:
        SettingError: no public sets, no folder, or a package that is missing.
    """
    from ticketstream.learning.entities import make  # noqa: PLC0415

    if given.data is None or out is None:
        raise SettingError("name --data, the folder of the public sets, and --out, the new model's")
    apart = tuple(sorted((KNOWN / "testset").glob("masking.??.txt")))
    sources = make.Sources(given.data, given.seeds, KNOWN / "masking", apart)
    try:
        made = make.make(sources, settings.models / "encoder", out, given.seed)
    except ModuleNotFoundError as error:
        raise SettingError(EXTRA.format(error.name)) from error
    say(f"entities {made.version} are in {out}, trained on {sum(made.sources.values())} texts")


def orders(settings: Settings, seeds: Path, out: Path | None) -> None:
    """Train what hears orders to a machine into a folder.

    Raises:
        SettingError: no folder.
    """
    from ticketstream.learning.orders import make  # noqa: PLC0415

    if out is None:
        raise SettingError("name --out, the new model's folder")
    encoder = Encoder.load(settings.models / "encoder")
    texts = [e.text for e in read_seeds(seeds, labels_of(settings))]
    found = make(KNOWN / "orders", KNOWN / "testset" / "orders.jsonl", texts, encoder, out)
    told = ", ".join(f"{name.replace('_', ' ')} {share:.1%}" for name, share in found.items())
    say(f"orders are in {out}: {told}")


def classifier(
    settings: Settings, given: Sources, out: Path | None, folds: int
) -> Mapping[str, Quality]:
    """Train heads into a folder, by default a snapshot; their quality on held-out seeds.

    So many trunks (`folds`) are tuned for the calibration, before the one that stays; with 0 the
    encoder is left as it is.

    Raises:
        SettingError: a package or a public set that is missing.
    """
    from ticketstream.learning.train import train  # noqa: PLC0415

    right = _corrections(settings) if given.corrections else ()
    encoder, labels = Encoder.load(settings.models / "encoder"), labels_of(settings)
    trunks = _trunks(encoder, labels, given.seed, folds) if folds else None
    snapshots = snapshots_of(settings)
    progress("training takes minutes: every text is read by the encoder first ...")
    with _folder(out, snapshots) as folder:
        report = train(
            given.data,
            given.seeds,
            encoder,
            folder,
            given.seed,
            labels=labels,
            corrections=right,
            facts={"encoder": encoder.manifest.sha256},
            level=given.level,
            by_writers=given.writers,
            trunks=trunks,
        )
    place = out or snapshots.keep(folder).folder
    say(f"heads {report.version} are in {place}, trained on {sum(report.sources.values())} texts")
    return report.held_out


@contextmanager
def _folder(out: Path | None, snapshots: Snapshots) -> Iterator[Path]:
    """Where a training writes; one that fails leaves no half of a snapshot."""
    folder = out or snapshots.begin()
    try:
        yield folder
    except BaseException as error:
        if out is None:
            rmtree(folder, ignore_errors=True)
        if isinstance(error, FileNotFoundError):
            raise SettingError(
                f"{error.filename} is missing: --data names the folder of all public sets"
            ) from error
        raise


def _trunks(encoder: Encoder, labels: Labels, seed: int, folds: int) -> Any:
    try:
        from ticketstream.learning.trunk.make import Trunks  # noqa: PLC0415
        from ticketstream.learning.trunk.tune import Recipe  # noqa: PLC0415
    except ModuleNotFoundError as error:
        raise SettingError(EXTRA.format(error.name)) from error
    return Trunks(encoder, labels, Recipe(), seed, folds)


def _corrections(settings: Settings) -> Sequence[Example]:
    """Opened for this training only: no file of them is written, and who is erased is not in it."""
    from ticketstream.learning.corrections import corrected  # noqa: PLC0415

    with models_of(settings).engine.connect() as connection:
        vault = open_vault(settings, identity=False)
        found = corrected(connection, vault, labels_of(settings))
    say(
        f"{len(found.examples)} corrections; left out: {found.erased} of forgotten people, "
        f"{found.unknown} with labels outside the taxonomy, {found.textless} without their text"
    )
    return found.examples
