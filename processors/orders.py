"""A text as the encoder has read it -> how much it gives a machine orders, 0 to 1.

A linear map on what the lower half makes of a sentence, which no trunk changes, and on its hashed
n-grams; learned from orders and look-alikes of three writers (models/orders/CARD.md).
"""

from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np

from ticketstream.processors import ngrams
from ticketstream.processors.encoder import Reading
from ticketstream.processors.heads import Floats, centred, sigmoid
from ticketstream.processors.lower import Part
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.processors.requests import SENTENCE
from ticketstream.schemas.errors import ModelError

WEIGHTS = "orders.npz"
MOST_SENTENCES = 30  # about what 256 tokens hold


@dataclass(frozen=True, slots=True)
class Orders:
    """The map of a model folder.

    Attributes:
        mean: of the training sentences' vectors, float32 [384].
        dense: float32 [384], on the centred vector at unit length.
        hashed: float32 [2**bits, 1], on n-gram counts weighted by `idf` [2**bits].
        bias: under which 0.5 is what few ordinary tickets reach.
    """

    manifest: Manifest
    mean: Floats
    dense: Floats
    hashed: Floats
    idf: Floats
    bias: float

    @classmethod
    def load(cls, folder: Path, encoder: Manifest) -> "Orders":
        """The map of a folder, for an encoder.

        Raises:
            ModelError: files missing or changed, or made for another encoder.
        """
        manifest = read_manifest(folder)
        if manifest.document.get("encoder") != encoder.sha256:
            raise ModelError(f"{folder} was trained with another encoder: restore the folder")
        stored = np.load(folder / WEIGHTS)
        full = {name: stored[name].astype(np.float32) for name in stored.files}
        bias = float(full.pop("bias"))
        return cls(manifest, bias=bias, **full)

    def score(self, reading: Reading, text: str) -> float:
        """The highest score of a sentence or of two in a row; only what was read counts."""
        parts = windows(text)
        if not parts:
            return 0.0
        said = [text[start:end] for start, end in parts]
        meant = centred(reading.below(parts), self.mean) @ self.dense
        counts = [ngrams.counts(part, len(self.idf).bit_length() - 1) for part in said]
        spelled = ngrams.project(ngrams.weighted(counts, self.idf), self.hashed)[:, 0]
        return sigmoid(float((meant + spelled).max()) + self.bias)


def windows(text: str) -> list[Part]:
    """Start and end of each sentence, and of each two in a row."""
    found = [match.span() for match in SENTENCE.finditer(text)][:MOST_SENTENCES]
    return [*found, *((one[0], other[1]) for one, other in pairwise(found))]
