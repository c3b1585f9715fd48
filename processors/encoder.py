"""Texts -> unit vectors that are near each other when the texts mean the same."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ticketstream.processors.lower import PREFIX, WIDTH, Lower, Part, Vectors, session
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.schemas.errors import ModelError

SAME = 0.998  # cosine to the stored reference vectors; unrelated texts are around 0.8
REFERENCE = "reference.npy"
UPPER = "upper_int8.onnx"
SHORTEST = np.float32(1e-9)  # so that the sum of no tokens has a length to divide by
HIDDEN = "hidden6"  # what the lower half makes of a text, in E5's own scale
TUNED = (HIDDEN, "attention_mask")  # what a trunk reads
Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Reading:
    """One text as the encoder has read it.

    Attributes:
        whole: its unit vector, float32 [1, 384].
        tokens: what each token means within it, float32 [tokens, 384].
        hidden: the same after the lower half, which every upper half shares.
        places: where each token stands in it, in characters [tokens, 2].
        given: what the upper half was given, one row a token.
    """

    whole: Vectors
    tokens: Vectors
    hidden: Vectors
    places: npt.NDArray[np.int64]
    given: Mapping[str, Any]

    def within(self, parts: Sequence[Part]) -> Vectors:
        """Unit vectors of parts as they are meant within the text, float32 [parts, 384].

        A part is (start, end) in characters. One behind the first 256 tokens was not read: it has
        the vector of the text.
        """
        units, known = self._mean(self.tokens, parts)
        units[~known] = self.whole
        return units

    def below(self, parts: Sequence[Part]) -> Vectors:
        """The same of the lower half's vectors; zeros for a part that was not read."""
        return self._mean(self.hidden, parts)[0]

    def _mean(self, tokens: Vectors, parts: Sequence[Part]) -> tuple[Vectors, Bools]:
        inside: Bools = np.array([self._inside(part) for part in parts])
        sums = inside.astype(np.float32) @ tokens
        units: Vectors = sums / np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), SHORTEST)
        return units, np.asarray(inside.any(axis=1))

    def only(self, part: Part) -> dict[str, Any]:
        """What the upper half is given of a part: its tokens between both ends of the text."""
        kept = self._inside(part)
        if kept.any():
            kept[[0, -1]] = True
        else:  # it was not read
            kept[:] = True
        return {name: np.ascontiguousarray(rows[:, kept]) for name, rows in self.given.items()}

    def _inside(self, part: Part) -> Bools:
        first, last = self.places.T
        found: Bools = (part[0] <= first) & (first < last) & (last <= part[1])
        return found


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

    def read(self, text: str) -> Reading:
        """A text, read so that its parts can be looked at."""
        encoding = self.lower.tokens([text])[0]
        (read, hidden), rest = self.lower.run(encoding.ids, self.reads[0], HIDDEN)
        given = self._given(read, rest)
        whole, tokens = self.upper.run(["sentence_embedding", "token_embeddings"], given)
        places = np.array(encoding.offsets) - len(PREFIX)
        return Reading(whole, tokens[0], hidden[0], places, given)

    def alone(self, reading: Reading, part: Part) -> Vectors:
        """The unit vector, float32 [1, 384], of a part that the upper half reads by itself.

        The lower half has read it within its text, and is not asked again. A part that was not read
        has the vector of the text.
        """
        found: Vectors = self.upper.run(["sentence_embedding"], reading.only(part))[0]
        return found

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
        (read,), rest = self.lower.run(ids, self.reads[0])
        found: Vectors = self.upper.run(["sentence_embedding"], self._given(read, rest))[0]
        return found

    def _given(self, read: Vectors, rest: Mapping[str, Any]) -> dict[str, Any]:
        """What the upper half is given of what the lower half made, and was given."""
        return {self.reads[0]: read} | {name: rest[name] for name in self.reads[1:]}
