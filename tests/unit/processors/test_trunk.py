"""Heads that were fitted on a trunk are read by it, and by no other; search keeps the encoder.

`mean_trunk.onnx` is a trunk without layers (`learning.e5.export`): the mean of what the lower half
says. So it runs where torch is not, and its vectors are others than the encoder's.
"""

import shutil
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path

import numpy as np
import pytest

from ticketstream.learning.toml_text import toml
from ticketstream.processors.encoder import REFERENCE, UPPER, Encoder
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.processors.snapshots import TRUNK, reader_of
from ticketstream.schemas.errors import ModelError

MODELS = Path(__file__).parents[3] / "models"
TEXTS = ["Where is my parcel?", "Ich möchte den Stuhl zurückgeben. Danke!", "", "word " * 500]


@pytest.fixture(scope="module")
def encoder() -> Encoder:
    return Encoder.load(MODELS / "encoder")


def trunk_in(folder: Path, encoder: Encoder, said: Mapping[str, str], vectors: object) -> Manifest:
    folder.mkdir(parents=True)
    shutil.copy(Path(__file__).with_name("mean_trunk.onnx"), folder / UPPER)
    np.save(folder / REFERENCE, np.asarray(vectors))
    digests = {n: sha256((folder / n).read_bytes()).hexdigest() for n in (UPPER, REFERENCE)}
    document = {
        "name": "mean",
        "version": "1",
        "encoder": encoder.manifest.sha256,
        "reference": TEXTS[:2],
        **said,
        "files": digests,
    }
    (folder / "manifest.toml").write_text(toml(document))
    return read_manifest(folder)


def means(encoder: Encoder, texts: list[str]) -> object:
    hidden = [encoder.lower.run(e.ids, "hidden6")[0][0][0] for e in encoder.lower.tokens(texts)]
    rows = np.array([h.mean(axis=0) for h in hidden])
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def heads_on(folder: Path, trunk: str, encoder: str) -> Manifest:
    document = {"trunk": trunk, "encoder": encoder}
    return Manifest(folder, "heads", "1", {}, {k: v for k, v in document.items() if v})


def test_heads_without_a_trunk_are_read_by_the_encoder(encoder: Encoder, tmp_path: Path) -> None:
    assert reader_of(heads_on(tmp_path, "", ""), encoder) is encoder


def test_heads_on_a_trunk_are_read_by_it(encoder: Encoder, tmp_path: Path) -> None:
    trunk = trunk_in(tmp_path / TRUNK, encoder, {}, means(encoder, TEXTS[:2]))
    reader = reader_of(heads_on(tmp_path, trunk.sha256, encoder.manifest.sha256), encoder)
    np.testing.assert_allclose(reader.embed(TEXTS), means(encoder, TEXTS), atol=1e-5)
    assert reader.manifest.model == trunk.model
    assert reader.lower is encoder.lower


def test_a_trunk_reads_a_text_the_same_alone_and_among_others(
    encoder: Encoder, tmp_path: Path
) -> None:
    folder = tmp_path / "t"
    trunk_in(folder, encoder, {}, means(encoder, TEXTS[:2]))
    reader = encoder.tuned(folder)
    together = reader.embed(TEXTS)
    readings = [reader.read(text) for text in TEXTS]
    alone = np.concatenate([reading.whole for reading in readings])
    assert together.tobytes() == alone.tobytes()
    parts = [reader.alone(readings[0], (0, 5)), readings[0].within([(0, 5)])]
    np.testing.assert_allclose(np.linalg.norm(parts, axis=2), 1.0, atol=1e-5)


def test_another_trunk_than_the_heads_name_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    trunk_in(tmp_path / TRUNK, encoder, {}, means(encoder, TEXTS[:2]))
    with pytest.raises(ModelError, match="fitted on another trunk"):
        reader_of(heads_on(tmp_path, "ab" * 32, encoder.manifest.sha256), encoder)


def test_a_trunk_that_is_missing_is_said_to_be(encoder: Encoder, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="no model in"):
        reader_of(heads_on(tmp_path, "ab" * 32, encoder.manifest.sha256), encoder)


def test_a_trunk_of_another_encoder_is_refused(encoder: Encoder, tmp_path: Path) -> None:
    trunk_in(tmp_path / "t", encoder, {"encoder": "ab" * 32}, means(encoder, TEXTS[:2]))
    with pytest.raises(ModelError, match="tuned on another encoder"):
        encoder.tuned(tmp_path / "t")


def test_a_machine_that_computes_other_vectors_is_told(encoder: Encoder, tmp_path: Path) -> None:
    trunk_in(tmp_path / "t", encoder, {}, encoder.embed(TEXTS[:2]))
    with pytest.raises(ModelError, match="computes other vectors"):
        encoder.tuned(tmp_path / "t")
