"""Texts -> unit vectors that are near each other when the texts mean the same."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.schemas.errors import ModelError

Vectors = npt.NDArray[np.float32]
Part = tuple[int, int]
Embedded = tuple[Vectors, Vectors]

WIDTH = 384
MOST_TOKENS = 256  # with prefix and both ends; what follows is not read (about 1,000 characters)
MOST_CHARACTERS = 8_000  # far more than 256 tokens: spares the tokenizer a very long mail
PREFIX = "query: "
SAME = 0.998  # cosine to the stored reference vectors; unrelated texts are around 0.8
QUIET = 3  # ONNX Runtime reports errors only
REFERENCE = "reference.npy"


@dataclass(frozen=True, slots=True)
class Encoder:
    """multilingual-e5-small on ONNX Runtime, one thread.

    Each text runs alone. So its vector is the same to the last bit whatever the batch, and nothing
    is computed for padding: measured on one thread, batches gain nothing beyond that.
    """

    manifest: Manifest
    session: Any
    tokenizer: Any

    @classmethod
    def load(cls, folder: Path) -> "Encoder":
        """The encoder of a model folder, checked file by file and against its reference vectors.

        Raises:
            ModelError: a file that is missing or changed, or a machine that computes other vectors.
        """
        manifest = read_manifest(folder)
        encoder = cls(manifest, _session(folder), _tokenizer(folder))
        encoder.check()
        return encoder

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32 [texts, 384]; only the first 256 tokens of a text count."""
        prefixed = [PREFIX + text[:MOST_CHARACTERS] for text in texts]
        vectors = [self._vector(e.ids) for e in self.tokenizer.encode_batch(prefixed)]
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
        prefixed = [PREFIX + text[:MOST_CHARACTERS] for text in texts]
        wholes, inner = [np.empty((0, WIDTH), np.float32)], [np.empty((0, WIDTH), np.float32)]
        pairs = zip(self.tokenizer.encode_batch(prefixed), parts, strict=True)
        for encoding, wanted in pairs:
            whole, tokens = self._run(encoding.ids, ["sentence_embedding", "token_embeddings"])
            wholes.append(whole)
            inner += [_pooled(tokens[0], encoding.offsets, part, whole) for part in wanted]
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
        row = np.asarray([ids], np.int64)
        given = {"input_ids": row, "attention_mask": np.ones_like(row)}
        found: list[Vectors] = self.session.run(outputs, given)
        return found


def _pooled(tokens: Vectors, offsets: Sequence[Part], part: Part, whole: Vectors) -> Vectors:
    """The mean of the tokens within a part, at unit length; the whole where there are none."""
    start, end = part[0] + len(PREFIX), part[1] + len(PREFIX)
    within = [i for i, (a, b) in enumerate(offsets) if start <= a < b <= end]
    if not within:
        return whole
    mean = tokens[within].mean(axis=0, keepdims=True)
    unit: Vectors = mean / np.linalg.norm(mean)
    return unit


def _session(folder: Path) -> Any:
    import onnxruntime  # noqa: PLC0415  # only the roles that judge pay for it

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.execution_mode = onnxruntime.ExecutionMode.ORT_SEQUENTIAL
    options.log_severity_level = QUIET
    model = str(folder / "model_int8.onnx")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _tokenizer(folder: Path) -> Any:
    from tokenizers import Tokenizer  # noqa: PLC0415  # only the roles that judge pay for it

    tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
    tokenizer.enable_truncation(MOST_TOKENS)
    return tokenizer
