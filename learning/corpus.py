"""Examples -> a corpus: examples with their vectors and n-grams, embedded once."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from os import cpu_count
from typing import Protocol

import numpy as np

from ticketstream.learning.examples import Example
from ticketstream.learning.linear import BITS
from ticketstream.processors import ngrams
from ticketstream.processors.lower import Vectors

TOGETHER = 64  # texts that a thread takes at a time


class Embeds(Protocol):
    """What makes vectors of texts: the encoder, or one that remembers."""

    def embed(self, texts: Sequence[str]) -> Vectors: ...


@dataclass(frozen=True, slots=True)
class Corpus:
    """Examples, their vectors float32 [n, 384] and their n-gram counts, in one order."""

    examples: Sequence[Example]
    vectors: Vectors
    rows: ngrams.Rows

    def take(self, wanted: Sequence[int]) -> "Corpus":
        """The corpus of some places."""
        picked = list(wanted)
        examples = [self.examples[i] for i in picked]
        return Corpus(examples, self.vectors[picked], [self.rows[i] for i in picked])

    def where(self, holds: Callable[[Example], bool]) -> list[int]:
        """The places of the examples for which something holds."""
        return [i for i, example in enumerate(self.examples) if holds(example)]


def corpus_of(examples: Sequence[Example], encoder: Embeds) -> Corpus:
    """The corpus of examples; a core reads some of them while the next reads others."""
    texts = [e.text for e in examples]
    parts = [texts[at : at + TOGETHER] for at in range(0, len(texts), TOGETHER)]
    with ThreadPoolExecutor(cpu_count()) as pool:
        vectors = np.concatenate([*pool.map(encoder.embed, parts)])
    rows = [ngrams.counts(text, BITS) for text in texts]
    return Corpus(examples, vectors.astype(np.float32, copy=False), rows)
