"""Written tickets, templates and public sets -> the folder of mask's entity model."""

import random
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from itertools import islice
from pathlib import Path

from ticketstream.learning.entities.invented import frames, invented, written
from ticketstream.learning.entities.marked import KINDS, LABELS, Marked, names_in
from ticketstream.learning.entities.people import world
from ticketstream.learning.entities.public import public_texts
from ticketstream.learning.toml_text import toml
from ticketstream.processors.lower import Lower
from ticketstream.processors.model_files import MANIFEST

NAME = "ticket-entities"
WEIGHTS = "upper_int8.onnx"
LAYERS = 4  # of the upper six
EPOCHS = 5
INVENTED = 1_500
TIMES = 2  # how often a written ticket is told again
# of the public sets, which are large and far from mails
MOST: Mapping[str, int] = {"btc": 500, "wnut17": 1_500, "germeval14": 2_200, "usaddress": 600}
# from which share of certainty a token is taken, by its likeliest type; chosen on the development
# sets: as low as finds more, as high as spares what is harmless
LEAST: Mapping[str, float] = dict.fromkeys(KINDS, 0.5) | {
    "PERSON": 0.4,
    "HEALTH": 0.2,
    **dict.fromkeys(
        ("LOCATION", "EMAIL", "BIC", "ORDER", "CUSTOMER", "DATE_OF_BIRTH", "ID_DOCUMENT", "IP"), 0.3
    ),
}


@dataclass(frozen=True, slots=True)
class Sources:
    """What is learned from.

    Attributes:
        data: the folder of public sets.
        seeds: the project's seeds, whose tokens are filled with invented people.
        tickets: the folder of marked tickets.
        apart: files of marked tickets whose names must not be learned from: the test sets.
    """

    data: Path
    seeds: Path
    tickets: Path
    apart: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class Made:
    """What a training was made from: how many texts of each source, and its digest."""

    version: str
    sources: dict[str, int]


def make(sources: Sources, encoder: Path, out: Path, seed: int) -> Made:
    """Train the model and write its folder; half an hour on two cores.

    Args:
        sources: what it learns from.
        encoder: the encoder's folder; the model fits no other.
        out: the model folder; its card is written by hand.
        seed: of every draw.
    """
    from ticketstream.learning.e5 import export  # noqa: PLC0415  (torch)
    from ticketstream.learning.entities.train import read, tuned  # noqa: PLC0415

    texts = texts_of(sources, seed)
    model = tuned(read(texts, Lower.load(encoder)), LAYERS, EPOCHS, seed)
    out.mkdir(parents=True, exist_ok=True)
    export(model, out / WEIGHTS, ["logits"])
    made = Made(f"2.{_digest(texts)[:8]}", dict(sorted(Counter(t.source for t in texts).items())))
    (out / MANIFEST).write_text(toml(_manifest(made, out / WEIGHTS, seed)), "utf-8")
    return made


def texts_of(sources: Sources, seed: int) -> list[Marked]:
    """Everything that is learned from, the same for the same seed and Faker."""
    dice = random.Random(seed)  # noqa: S311  (no secret)
    apart = frozenset(name for file in sources.apart for name in names_in(file.read_text("utf-8")))
    people = world(sources.data, apart, seed)
    of = {language: frames(language, sources.seeds) for language in ("de", "en")}
    made = [*written(sources.tickets, TIMES, people, dice), *invented(INVENTED, of, people, dice)]
    public = list(public_texts(sources.data))
    dice.shuffle(public)
    some = (t for name, most in MOST.items() for t in _first(public, name, most))
    return [*made, *some]


def _first(texts: Iterable[Marked], source: str, most: int) -> Iterator[Marked]:
    return islice((t for t in texts if t.source == source), most)


def _digest(texts: Iterable[Marked]) -> str:
    return sha256("\n".join(repr(t) for t in texts).encode()).hexdigest()


def _manifest(made: Made, weights: Path, seed: int) -> dict[str, object]:
    return {
        "name": NAME,
        "version": made.version,
        "licence": "MIT",
        "base": f"layers 6 to {5 + LAYERS} of multilingual-e5-small, on the lower half of encoder/",
        "seed": seed,
        "labels": list(LABELS),
        "least": dict(LEAST),
        "data": made.sources,
        "files": {WEIGHTS: sha256(weights.read_bytes()).hexdigest()},
    }
