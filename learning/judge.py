"""A trained model folder and labelled texts -> its quality on them, told or kept in the folder."""

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from ticketstream.learning.corpus import Embeds
from ticketstream.learning.evaluate import Judged, Quality, heads_scores
from ticketstream.learning.foreign import public_quality
from ticketstream.learning.model_folder import write_scores
from ticketstream.learning.plots import plots_of
from ticketstream.learning.said import said
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.calibration import CALIBRATION, read_calibration
from ticketstream.processors.heads import Heads
from ticketstream.processors.taxonomy import Labels

HELD_OUT, BY_WRITER, OWN_TEST, PUBLIC = "held_out_seeds", "by_writer", "own_test", "public"


def judge(folder: Path, tickets: Path, encoder: Embeds, labels: Labels) -> dict[str, Quality]:
    """How the heads of `folder` do on tickets that they were not trained on.

    Args:
        folder: heads with their calibration.
        tickets: JSON lines as the seeds have them.
        encoder: the encoder that the heads were trained with.
        labels: the taxonomy of both.

    Raises:
        ModelError: heads or tickets that cannot be read.
    """
    return _judged(folder, tickets, encoder, labels).by_language(labels)


def record(folder: Path, tickets: Path, encoder: Embeds, labels: Labels) -> dict[str, Quality]:
    """The same, and figures and plots in the folder's manifest and card, as its own test set's."""
    judged = _judged(folder, tickets, encoder, labels)
    told = judged.by_language(labels)
    write_scores(folder, OWN_TEST, rounded(told), plots_of({OWN_TEST: judged}))
    return told


def record_public(
    folder: Path, data: Path, encoder: Embeds, labels: Labels
) -> dict[str, Mapping[str, float]]:
    """What the heads of `folder` make of public sets' rows, in its manifest and card too."""
    calibration = read_calibration(folder / CALIBRATION)
    told = public_quality(data, encoder, Heads.load(folder, labels), calibration)
    write_scores(folder, PUBLIC, {name: _rounded(values) for name, values in told.items()})
    return told


def rounded(told: Mapping[str, Quality]) -> dict[str, Any]:
    """Qualities as a manifest holds them."""
    return {part: _rounded(asdict(quality)) for part, quality in told.items()}


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}


def _judged(folder: Path, tickets: Path, encoder: Embeds, labels: Labels) -> Judged:
    held = heads_scores(read_seeds(tickets, labels), encoder, Heads.load(folder, labels))
    return Judged(held, said(held, labels, read_calibration(folder / CALIBRATION)))
