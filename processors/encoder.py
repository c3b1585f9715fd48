"""Texts -> unit vectors that are near each other when the texts mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ticketstream.processors.lower import PREFIX, WIDTH, Lower, Part, Vectors, session
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.schemas.errors import ModelError

Embedded = tuple[Vectors, Vectors]
Places = npt.NDArray[np.int64]  # [tokens, 2]: where each token begins and ends

SAME = 0.998  # cosine to the stored reference vectors; unrelated texts are around 0.8
REFERENCE = "reference.npy"
UPPER = "upper_int8.onnx"
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
            places = np.array(encoding.offsets)
            inner += [_pooled(tokens[0], places, part, whole) for part in wanted]
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


def _pooled(tokens: Vectors, places: Places, part: Part, whole: Vectors) -> Vectors:
    """The mean of the tokens within a part, at unit length; the whole where there are none."""
    first, last = places.T - len(PREFIX)
    within = (part[0] <= first) & (first < last) & (last <= part[1])
    if not within.any():
        return whole
    mean = tokens[within].mean(axis=0, keepdims=True)
    unit: Vectors = mean / np.linalg.norm(mean)
    return unit
