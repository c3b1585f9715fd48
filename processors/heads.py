"""Vectors and texts -> scores: linear heads over meaning (embedding) and spelling (n-grams)."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from ticketstream.processors import ngrams
from ticketstream.processors.calibration import probabilities
from ticketstream.processors.lower import Vectors
from ticketstream.processors.model_files import Manifest, read_manifest
from ticketstream.processors.taxonomy import Labels
from ticketstream.schemas.errors import ModelError

Floats = npt.NDArray[np.float32]

WEIGHTS = "heads.npz"
MOODS = ("anger", "urgency", "polarity", "out_of_scope", "spam")


@dataclass(frozen=True, slots=True)
class Judgement:
    """The scores of one text, before calibration.

    `scores` and `intent_scores` are logits in label order; `polarity` is -1 to 1, the rest 0 to 1.
    """

    scores: Floats
    intent_scores: Floats
    anger: float
    urgency: float
    polarity: float
    out_of_scope: float
    spam: float


@dataclass(frozen=True, slots=True)
class Weights:
    """All heads as one linear map; outputs are sub-categories, intents, then `MOODS`.

    Attributes:
        mean: of the training vectors, float32 [384]; E5 vectors point the same way without it.
        dense: float32 [outputs, 384], on the centred vector at unit length.
        hashed: float32 [2**bits, outputs], on n-gram counts weighted by `idf` [2**bits].
        bias: float32 [outputs].
        habits: float32 [sub-categories, intents], what an intent gains where it is usual.
    """

    mean: Floats
    dense: Floats
    hashed: Floats
    idf: Floats
    bias: Floats
    habits: Floats

    @property
    def bits(self) -> int:
        return len(self.idf).bit_length() - 1

    def logits(self, vectors: Vectors, texts: Sequence[str]) -> Floats:
        """Float32 [texts, outputs]; each row by itself, so that no batch changes a bit of it."""
        rows = ngrams.weighted([ngrams.counts(t, self.bits) for t in texts], self.idf)
        spelled = ngrams.project(rows, self.hashed)
        meant = [self.dense @ vector for vector in centred(vectors, self.mean)]
        both: Floats = spelled + np.array(meant, np.float32).reshape(spelled.shape) + self.bias
        return both


@dataclass(frozen=True, slots=True)
class Heads:
    """The heads of a model folder, for one label set."""

    manifest: Manifest
    labels: Labels
    weights: Weights

    @classmethod
    def load(cls, folder: Path, labels: Labels) -> "Heads":
        """The heads of a folder.

        Raises:
            ModelError: files missing or changed, or made for another label set.
        """
        manifest = read_manifest(folder)
        if manifest.document.get("taxonomy_hash") != labels.taxonomy.hash:
            raise ModelError(
                f"{folder} was trained on another taxonomy: `ticketstream model train` on seeds "
                "with the labels in force, and name what it gives as [active] model in the policy"
            )
        return cls(manifest, labels, read_weights(folder / WEIGHTS))

    def judge(self, vectors: Vectors, texts: Sequence[str]) -> list[Judgement]:
        """The scores of texts whose vectors are given, float32 [texts, 384]."""
        return [self._judgement(row) for row in self.weights.logits(vectors, texts)]

    def sub_category_scores(self, vectors: Vectors, texts: Sequence[str]) -> Floats:
        """Of the same judgements the scores of sub-categories alone, float32 [texts, labels]."""
        return self.weights.logits(vectors, texts)[:, : len(self.labels.sub_categories)]

    def _judgement(self, row: Floats) -> Judgement:
        subs, intents = len(self.labels.sub_categories), len(self.labels.intents)
        anger, urgency, polarity, foreign, spam = (float(x) for x in row[subs + intents :])
        return Judgement(
            scores=row[:subs],
            intent_scores=row[subs : subs + intents] + self._habit(row[:subs]),
            anger=sigmoid(anger),
            urgency=sigmoid(urgency),
            polarity=min(1.0, max(-1.0, polarity)),
            out_of_scope=sigmoid(foreign),
            spam=sigmoid(spam),
        )

    def _habit(self, scores: Floats) -> Floats:
        gains = probabilities(scores, 1.0) @ self.weights.habits
        return gains.astype(np.float32)


def read_weights(path: Path) -> Weights:
    """The weights as `learning.train` stores them: n-gram weights as int8 with a scale each."""
    stored = np.load(path)
    full = {name: stored[name].astype(np.float32) for name in stored.files}
    hashed = np.ascontiguousarray(full["hashed"] * full["hashed_scale"])  # rows are looked up
    return Weights(full["mean"], full["dense"], hashed, full["idf"], full["bias"], full["habits"])


def centred(vectors: Vectors, mean: Floats) -> Vectors:
    """Vectors without their common direction, at unit length again."""
    moved = vectors - mean
    lengths = np.sqrt(np.einsum("ij,ij->i", moved, moved))[:, None]
    unit: Vectors = moved / np.maximum(lengths, np.float32(1e-9))
    return unit


def sigmoid(logit: float) -> float:
    """The probability of log odds."""
    return float(1.0 / (1.0 + np.exp(-np.float64(logit))))
