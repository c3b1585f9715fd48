"""Texts -> unit vectors that are near each other when the texts mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ticketstream.processors.lower import PREFIX, WIDTH, Lower, Part, Vectors, session
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.schemas.errors import ModelError

Embedded = tuple[Vectors, Vectors]

SAME = 0.998  # cosine to the stored reference vectors; unrelated texts are around 0.8
REFERENCE = "reference.npy"
UPPER = "upper_int8.onnx"
SHORTEST = np.float32(1e-9)  # so that the sum of no tokens has a length to divide by
TUNED = ("hidden6", "attention_mask")  # what a trunk reads


@dataclass(frozen=True, slots=True)
class Encoder:
    """multilingual-e5-small on ONNX Runtime, one thread, one text at a time.

    Its upper half is E5's own, or a trunk: the same layers tuned on tickets.

    Attributes:
        manifest: of the folder that the upper half is from.
        reads: what the upper half takes: an output of the lower half, then inputs of that.
    """

    manifest: Manifest
    lower: Lower
    upper: Any
    reads: tuple[str, ...] = ("lower", "input_ids", "attention_mask")

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """The encoder of a model folder, checked file by file and against its reference vectors.

        Raises:
            ModelError: a file that is missing or changed, or a machine that computes other vectors.
        """
        manifest = read_manifest(folder)
        encoder = cls(manifest, Lower.load(folder), session(folder / UPPER))
        encoder.check()
        return encoder

    def tuned(self, trunk: Path) -> "Encoder":
        """The same lower half under the trunk of a folder, checked like the encoder.

        Raises:
            ModelError: as `load`; or a trunk that was tuned on another encoder's lower half.
        """
        manifest = read_manifest(trunk)
        if manifest.document.get("encoder") != self.manifest.sha256:
            raise ModelError(
                f"{trunk} was tuned on another encoder: `ticketstream model train trunk`"
            )
        encoder = Encoder(manifest, self.lower, session(trunk / UPPER), TUNED)
        encoder.check()
        return encoder

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [texts, 384]; only the first 256 tokens of a text count."""
        vectors = [self._vector(e.ids) for e in self.lower.tokens(texts)]
        return np.concatenate(vectors) if vectors else np.empty((0, WIDTH), np.float32)

    def embed_parts(self, texts: Sequence[str], parts: Sequence[Sequence[Part]]) -> Embedded:
        """Texts, and parts of each as they are meant within it, from one reading.

        Args:
            texts: n texts.
            parts: for each text the parts wanted, as (start, end) in characters.

        Returns:
            Unit vectors of the texts [n, 384] and of all parts in order [parts, 384]. A part
            behind the first 256 tokens was not read: it has the vector of its text.
        """
        wholes, inner = [np.empty((0, WIDTH), np.float32)], [np.empty((0, WIDTH), np.float32)]
        pairs = zip(self.lower.tokens(texts), parts, strict=True)
        for encoding, wanted in pairs:
            whole, tokens = self._run(encoding.ids, ["sentence_embedding", "token_embeddings"])
            wholes.append(whole)
            inner.append(_pooled(tokens[0], encoding.offsets, wanted, whole))
        return np.concatenate(wholes), np.concatenate(inner)

    def check(self) -> None:
        """Raise ModelError if this machine computes other vectors than the heads were made for."""
        texts = self.manifest.document.get("reference", [])
        expected = np.load(self.manifest.folder / REFERENCE)
        cosine = (self.embed(texts) * expected).sum(axis=1).min()
        if not cosine >= SAME:
            raise ModelError(
                f"this machine computes other vectors than {self.manifest.folder} was made with "
                f"(cosine {cosine:.3f}): use a CPU with VNNI or AMX, or install the onnxruntime "
                "version of the requirements"
            )

    def _vector(self, ids: Sequence[int]) -> Vectors:
        return self._run(ids, ["sentence_embedding"])[0]

    def _run(self, ids: Sequence[int], outputs: list[str]) -> list[Vectors]:
        hidden, given = self.lower.run(ids, self.reads[0])
        inputs = {self.reads[0]: hidden} | {name: given[name] for name in self.reads[1:]}
        found: list[Vectors] = self.upper.run(outputs, inputs)
        return found


def _pooled(
    tokens: Vectors, offsets: Sequence[Part], parts: Sequence[Part], whole: Vectors
) -> Vectors:
    """The tokens within each part as one vector of unit length; the whole where there are none."""
    first, last = np.array(offsets).T - len(PREFIX)
    starts, ends = np.array(parts, np.int64).reshape(-1, 2).T[:, :, None]
    within = (starts <= first) & (first < last) & (last <= ends)
    sums = within.astype(np.float32) @ tokens
    units: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), SHORTEST)
    units[~within.any(axis=1)] = whole
    return units
