"""A corpus and the encoder -> trunks tuned on parts of it, and the folder of the one that ships."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from ticketstream.learning.corpus import Corpus
from ticketstream.learning.e5 import export
from ticketstream.learning.examples import Example, capped, fingerprint
from ticketstream.learning.model_folder import CARD
from ticketstream.learning.toml_text import toml
from ticketstream.learning.trunk.tasks import tasks_of
from ticketstream.learning.trunk.tune import Halves, Recipe, read, tuned
from ticketstream.processors.encoder import REFERENCE, UPPER, Encoder
from ticketstream.processors.lower import Vectors, session
from ticketstream.processors.model_files import MANIFEST
from ticketstream.processors.taxonomy import Labels

NAME = "ticket-trunk"
OUTPUTS = ["sentence_embedding", "token_embeddings"]
PHRASES = 20  # of a sub-category, calm and angry apart
CARD_TEXT = """# {name} {version}

The encoder's upper half, tuned for tickets: it reads what `encoder/lower_int8.onnx` gives (layers
0 to 5, which mask's entity model shares) and gives a unit vector a text, in which texts of the same
sub-category, intent and mood are near each other. Heads that were fitted on it name its digest;
search keeps the encoder's own upper half. Base: {base}. Made by
`ticketstream model train trunk` (torch; running it needs ONNX Runtime only), 8-bit weights.

Licence {licence}, as the base; the data's attributions stand in models/NOTICE. Seed {seed}, data
fingerprint {data_fingerprint}.

## Learned from

{sources}

## Quality

That of the heads on it: see their card, where the held-out seeds were held out of the trunk too.
Texts run alone; in a batch the 8-bit activations would depend on the neighbours. Only English and
German are measured. CPUs without VNNI or AMX, and ARM, are unmeasured.
"""


@dataclass(frozen=True, slots=True)
class Trunks:
    """Tunes trunks on parts of a corpus and reads it with them.

    Attributes:
        encoder: whose lower half is read, and stays as it is.
        folds: how many trunks are tuned for the calibration alone, each on all but its fold.
        hidden: what the lower half makes of a text, remembered.
    """

    encoder: Encoder
    labels: Labels
    recipe: Recipe
    seed: int
    folds: int = 3
    hidden: dict[str, Halves] = field(default_factory=dict, repr=False)

    def apart(self, corpus: Corpus, places: Sequence[int]) -> Corpus:
        """The corpus as a trunk reads it that has seen these places of it only."""
        with TemporaryDirectory() as folder:
            self._tune([corpus.examples[i] for i in places], Path(folder))
            return self._reread(corpus, Path(folder))

    def kept(self, corpus: Corpus, folder: Path) -> tuple[Corpus, Encoder]:
        """The corpus as a trunk reads it that has seen all of it, and which stays in the folder."""
        folder.mkdir(parents=True, exist_ok=True)
        self._tune(corpus.examples, folder)
        self._describe(corpus.examples, folder)
        return self._reread(corpus, folder), self.encoder.tuned(folder)

    def _tune(self, examples: Sequence[Example], folder: Path) -> None:
        seen = taught(examples)
        model = tuned(self._read(seen), tasks_of(seen, self.labels), self.recipe, self.seed)
        export(model.trunk, folder / UPPER, OUTPUTS)

    def _read(self, examples: Sequence[Example]) -> list[Halves]:
        texts = [e.text for e in examples]
        new = [text for text in dict.fromkeys(texts) if text not in self.hidden]
        self.hidden.update(zip(new, read(new, self.encoder.lower), strict=True))
        return [self.hidden[text] for text in texts]

    def _reread(self, corpus: Corpus, folder: Path) -> Corpus:
        """The vectors are those of the 8-bit file: heads are fitted on what will be read."""
        vectors = _vectors(folder / UPPER, self._read(corpus.examples))
        return Corpus(corpus.examples, vectors, corpus.rows)

    def _describe(self, examples: Sequence[Example], folder: Path) -> None:
        """Manifest, reference vectors and card beside the weights."""
        texts = list(self.encoder.manifest.document["reference"])
        np.save(folder / REFERENCE, _vectors(folder / UPPER, read(texts, self.encoder.lower)))
        data = fingerprint(examples)
        manifest = {
            "name": NAME,
            "version": f"1.{data[:8]}",
            "licence": "MIT",
            "base": "layers 6 to 11 of multilingual-e5-small, on the lower half of encoder/",
            "encoder": self.encoder.manifest.sha256,
            "taxonomy_hash": self.labels.taxonomy.hash,
            "seed": self.seed,
            "recipe": asdict(self.recipe),
            "data_fingerprint": data,
            "data": dict(sorted(Counter(e.source for e in taught(examples)).items())),
            "reference": texts,
            "files": {n: sha256((folder / n).read_bytes()).hexdigest() for n in (UPPER, REFERENCE)},
        }
        (folder / MANIFEST).write_text(toml(manifest), "utf-8")
        (folder / CARD).write_text(card(manifest), "utf-8")


def taught(examples: Sequence[Example]) -> list[Example]:
    """What a trunk is tuned on: phrases, which are many and alike, only in part."""
    phrases = capped((e for e in examples if e.kind == "phrases"), PHRASES)
    return [*(e for e in examples if e.kind != "phrases"), *phrases]


def card(manifest: Mapping[str, Any]) -> str:
    """What people read about a trunk; its quality is that of the heads fitted on it."""
    sources = "\n".join(f"- {name}: {size}" for name, size in manifest["data"].items())
    return CARD_TEXT.format(**{**manifest, "sources": sources})


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
