"""Fitted heads, calibration and what is known of them -> a model folder with manifest and card."""

from collections.abc import Mapping
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np

from ticketstream.learning.card import card_of
from ticketstream.learning.fit import Fitted
from ticketstream.learning.linear import SPELLING, Doubles
from ticketstream.learning.toml_text import toml
from ticketstream.processors.calibration import CALIBRATION, PairCalibration, document_of
from ticketstream.processors.heads import MOODS, WEIGHTS
from ticketstream.processors.lower import WIDTH
from ticketstream.processors.model_files import MANIFEST, read_manifest

CARD = "CARD.md"
LARGEST = 127  # of int8


def stored_weights(fitted: Fitted, scales: Mapping[str, tuple[float, float]]) -> bytes:
    """The heads as one linear map on the features that `processors.heads` computes.

    Args:
        fitted: the heads in their reduced space.
        scales: slope and shift of a mood's logits, which make its sigmoid mean what it says.
    """
    planes = [fitted.planes[name] for name in ("sub_category", "intent")]
    planes += [_scaled(fitted.planes[name], scales.get(name, (1.0, 0.0))) for name in MOODS]
    weights = np.vstack([plane for plane, _ in planes]) @ fitted.space.axes
    hashed = weights[:, WIDTH:].T * SPELLING
    step = np.maximum(np.abs(hashed).max(axis=0), 1e-12) / LARGEST
    file = BytesIO()
    np.savez_compressed(
        file,
        mean=fitted.space.mean.astype(np.float32),
        idf=fitted.space.idf.astype(np.float16),
        dense=weights[:, :WIDTH].astype(np.float32),
        hashed=np.round(hashed / step).astype(np.int8),
        hashed_scale=step.astype(np.float32),
        bias=np.concatenate([bias for _, bias in planes]).astype(np.float32),
        habits=fitted.habits.astype(np.float32),
    )
    return file.getvalue()


def write_folder(
    out: Path,
    weights: bytes,
    calibration: PairCalibration,
    manifest: Mapping[str, Any],
    plots: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Write a model folder with its card and plots; `manifest` gets the digest of the weights.

    A trunk's files, which lie there already, are among its `files` by then.
    """
    out.mkdir(parents=True, exist_ok=True)
    (out / WEIGHTS).write_bytes(weights)
    write_calibration(out / CALIBRATION, calibration)
    files = {**manifest.get("files", {}), WEIGHTS: sha256(weights).hexdigest()}
    _describe(out, {**manifest, "files": files}, plots)


def write_scores(
    folder: Path,
    name: str,
    scores: Mapping[str, Any],
    plots: Mapping[str, bytes] = MappingProxyType({}),
) -> None:
    """Add what was measured later to a folder's manifest and card; the model stays what it is."""
    document = read_manifest(folder).document
    _describe(folder, {**document, "scores": {**document["scores"], name: scores}}, plots)


def _describe(folder: Path, manifest: Mapping[str, Any], plots: Mapping[str, bytes]) -> None:
    (folder / MANIFEST).write_text(toml(manifest), encoding="utf-8")
    (folder / CARD).write_text(card_of(manifest), encoding="utf-8")
    for name, picture in plots.items():
        (folder / name).write_bytes(picture)


def write_calibration(path: Path, calibration: PairCalibration) -> None:
    """Store a calibration where `processors.calibration` reads it."""
    named = {"id": calibration.id, "method": calibration.calibration.method}
    path.write_text(toml(named | document_of(calibration)), encoding="utf-8")


def _scaled(plane: tuple[Doubles, Doubles], scale: tuple[float, float]) -> tuple[Doubles, Doubles]:
    slope, shift = scale
    weights, bias = plane
    return weights * slope, bias * slope + shift
