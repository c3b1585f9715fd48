"""A corpus and the encoder -> trunks tuned on parts of it, and the folder of the one that ships."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ticketstream.learning.corpus import Corpus
from ticketstream.learning.e5 import export
from ticketstream.learning.examples import fingerprint
from ticketstream.learning.toml_text import toml
from ticketstream.learning.trunk.tasks import tasks_of
from ticketstream.learning.trunk.tune import Halves, Recipe, read, tuned
from ticketstream.processors.encoder import REFERENCE, UPPER, Encoder
from ticketstream.processors.lower import Vectors, session
from ticketstream.processors.model_files import MANIFEST
from ticketstream.processors.taxonomy import Labels

NAME = "ticket-trunk"
OUTPUTS = ["sentence_embedding", "token_embeddings"]


@dataclass(frozen=True, slots=True)
class Trunks:
    """Tunes trunks on a corpus and reads it with them.

    Attributes:
        encoder: whose lower half is read, and stays as it is.
        hidden: what that half makes of every text of the corpus.
    """

    encoder: Encoder
    hidden: Sequence[Halves]
    labels: Labels
    recipe: Recipe
    seed: int

    @classmethod
    def of(
        cls, encoder: Encoder, corpus: Corpus, labels: Labels, recipe: Recipe, seed: int
    ) -> "Trunks":
        """Every text of the corpus is read once."""
        hidden = read([e.text for e in corpus.examples], encoder.lower)
        return cls(encoder, hidden, labels, recipe, seed)

    def apart(self, corpus: Corpus, places: Sequence[int]) -> Corpus:
        """The corpus as a trunk reads it that has seen these places of it only."""
        with TemporaryDirectory() as folder:
            return self.kept(corpus, places, Path(folder))

    def kept(self, corpus: Corpus, places: Sequence[int], folder: Path) -> Corpus:
        """The same, with the trunk's weights left in a folder.

        The vectors are those of the 8-bit file, so that heads are fitted on what will be read.
        """
        hidden, examples = [self.hidden[i] for i in places], [corpus.examples[i] for i in places]
        model = tuned(hidden, tasks_of(examples, self.labels), self.recipe, self.seed)
        export(model.trunk, folder / UPPER, OUTPUTS)
        return Corpus(corpus.examples, _vectors(folder / UPPER, self.hidden), corpus.rows)


def write_trunk(folder: Path, trunks: Trunks, corpus: Corpus, scores: Mapping[str, Any]) -> str:
    """Manifest, reference vectors and card beside the weights; the trunk's digest."""
    encoder = trunks.encoder
    texts = list(encoder.manifest.document["reference"])
    np.save(folder / REFERENCE, _vectors(folder / UPPER, read(texts, encoder.lower)))
    data = fingerprint(corpus.examples)
    manifest = {
        "name": NAME,
        "version": f"1.{data[:8]}",
        "licence": "MIT",
        "base": "layers 6 to 11 of multilingual-e5-small, on the lower half of encoder/",
        "encoder": encoder.manifest.sha256,
        "seed": trunks.seed,
        "data_fingerprint": data,
        "reference": texts,
        "files": {
            name: sha256((folder / name).read_bytes()).hexdigest() for name in (UPPER, REFERENCE)
        },
        "scores": dict(scores),
    }
    (folder / MANIFEST).write_text(toml(manifest), "utf-8")
    return encoder.tuned(folder).manifest.sha256


def _vectors(weights: Path, hidden: Sequence[Halves]) -> Vectors:
    """Unit vectors [n, 384], each text alone, as it will be read."""
    upper = session(weights)

    def vector(one: Halves) -> Any:
        given = {
            "hidden6": one[None].astype(np.float32),
            "attention_mask": np.ones((1, len(one)), np.int64),
        }
        return upper.run(["sentence_embedding"], given)[0]

    return np.concatenate([vector(one) for one in hidden])
