"""Public sets, templates and invented people -> the folder of mask's entity model."""

import random
import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ticketstream.learning.entities.invented import frames, invented
from ticketstream.learning.entities.marked import LABELS, Marked
from ticketstream.learning.entities.people import world
from ticketstream.learning.entities.public import public_texts
from ticketstream.learning.toml_text import toml
from ticketstream.processors.lower import Lower
from ticketstream.processors.model_files import MANIFEST

NAME = "ticket-entities"
WEIGHTS = "upper_int8.onnx"
LAYERS = 3  # of the upper six
EPOCHS = 3
INVENTED = 9_000
MOST_TWEETS = 3_000  # of the Broad Twitter Corpus, which is large and far from mails
# from which share of certainty a token is taken; chosen on half of presidio_research's frames
LEAST = {"PERSON": 0.3, "ADDRESS": 0.2, "LOCATION": 0.3}
WORD = re.compile(r"[^\W\d_]{3,}")
MARKED_NAME = re.compile(r"⟦PERSON:([^⟦⟧]+)⟧")


@dataclass(frozen=True, slots=True)
class Made:
    """What a training was made from: how many texts of each source, and its digest."""

    version: str
    sources: dict[str, int]


def make(
    data: Path, seeds: Path, encoder: Path, out: Path, *, apart: Iterable[Path], seed: int
) -> Made:
    """Train the model and write its folder; half an hour on two cores.

    Args:
        data: the folder of public sets.
        seeds: the project's seeds, whose tokens are filled with invented people.
        encoder: the encoder's folder; the model fits no other.
        out: the model folder; its card is written by hand.
        apart: files of marked tickets whose names must not be learned from: the test sets.
        seed: of every draw.
    """
    from ticketstream.learning.entities.train import read, tuned  # noqa: PLC0415  (torch)
    from ticketstream.learning.entities.upper import export  # noqa: PLC0415

    texts = texts_of(data, seeds, names_in(apart), seed)
    model = tuned(read(texts, Lower.load(encoder)), LAYERS, EPOCHS, seed)
    out.mkdir(parents=True, exist_ok=True)
    export(model, out / WEIGHTS)
    made = Made(f"1.{_digest(texts)[:8]}", dict(sorted(Counter(t.source for t in texts).items())))
    (out / MANIFEST).write_text(toml(_manifest(made, out / WEIGHTS, seed)), "utf-8")
    return made


def texts_of(data: Path, seeds: Path, apart: frozenset[str], seed: int) -> list[Marked]:
    """Everything that is learned from, the same for the same seed and Faker."""
    dice = random.Random(seed)  # noqa: S311  (no secret)
    of = {language: frames(language, seeds) for language in ("de", "en")}
    made = list(invented(INVENTED, of, world(data, apart, seed), dice))
    public = list(public_texts(data))
    tweets = [t for t in public if t.source == "btc"]
    dice.shuffle(tweets)
    return made + tweets[:MOST_TWEETS] + [t for t in public if t.source != "btc"]


def names_in(files: Iterable[Path]) -> frozenset[str]:
    """Every word of a person's name in files of marked tickets, in lower case."""
    names = (m[1] for f in files for m in MARKED_NAME.finditer(f.read_text("utf-8")))
    return frozenset(word.lower() for name in names for word in WORD.findall(name))


def _digest(texts: Iterable[Marked]) -> str:
    return sha256("\n".join(repr(t) for t in texts).encode()).hexdigest()


def _manifest(made: Made, weights: Path, seed: int) -> dict[str, object]:
    return {
        "name": NAME,
        "version": made.version,
        "licence": "MIT",
        "base": "layers 6 to 8 of multilingual-e5-small, on the lower half of encoder/",
        "seed": seed,
        "labels": list(LABELS),
        "least": LEAST,
        "data": made.sources,
        "files": {WEIGHTS: sha256(weights.read_bytes()).hexdigest()},
    }
