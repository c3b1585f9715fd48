"""A trained model folder and a file of labelled tickets -> its quality on them, by language."""

from pathlib import Path

import numpy as np

from ticketstream.learning.corpus import Embeds, corpus_of
from ticketstream.learning.evaluate import Quality, by_language
from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.linear import Doubles
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.calibration import CALIBRATION, read_calibration
from ticketstream.processors.heads import MOODS, Heads
from ticketstream.processors.taxonomy import Labels


def judge(folder: Path, tickets: Path, encoder: Embeds, labels: Labels) -> dict[str, Quality]:
    """How the heads of `folder` do on tickets that they were not trained on.

    Args:
        folder: heads with their calibration.
        tickets: JSON lines as the seeds have them.
        encoder: the encoder that the heads were trained with.
        labels: the taxonomy of both.

    Raises:
        ModelError: heads or tickets that cannot be read.
    """
    heads = Heads.load(folder, labels)
    examples = read_seeds(tickets, labels)
    corpus = corpus_of(examples, encoder)
    logits = heads.weights.logits(corpus.vectors, [e.text for e in examples])
    held = HeldOut(examples, _by_head(logits.astype(np.float64), labels))
    return by_language(held, labels, read_calibration(folder / CALIBRATION))


def _by_head(logits: Doubles, labels: Labels) -> dict[str, Doubles]:
    subs, intents = len(labels.sub_categories), len(labels.intents)
    moods = logits[:, subs + intents :]
    scores = {"sub_category": logits[:, :subs], "intent": logits[:, subs : subs + intents]}
    return scores | {name: moods[:, place] for place, name in enumerate(MOODS)}
