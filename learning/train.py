"""Seeds, public sets and corrections -> a folder of heads with calibration, scores and card."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from ticketstream.learning import public_sets
from ticketstream.learning.calibrate import degree_scale, pair_calibration
from ticketstream.learning.card import card_of
from ticketstream.learning.corpus import Corpus, Embeds, corpus_of
from ticketstream.learning.evaluate import Quality, by_language
from ticketstream.learning.examples import Example, capped, fingerprint, weighing
from ticketstream.learning.fit import KNOWN, fit
from ticketstream.learning.held_out import HeldOut, held_out
from ticketstream.learning.linear import Doubles
from ticketstream.learning.model_folder import stored_weights, write_folder
from ticketstream.learning.seeds import corrections_of, read_seeds
from ticketstream.processors.calibration import PairCalibration
from ticketstream.processors.taxonomy import Labels, shipped_labels
from ticketstream.schemas.errors import ModelError

NAME = "ticket-heads"
MOST_SHOP, MOST_FOREIGN, MOST_ANGRY = 60, 500, 1_200  # rows of one public set and label
SCALED = ("anger", "urgency", "out_of_scope", "spam")


@dataclass(frozen=True, slots=True)
class Report:
    """What a training gave: sizes by source, and the quality on held-out seeds by language."""

    version: str
    data: str
    sources: Mapping[str, int]
    held_out: Mapping[str, Quality]
    calibration: PairCalibration


def train(
    data: Path | None,
    seeds: Path,
    encoder: Embeds,
    out: Path,
    seed: int,
    *,
    corrections: Iterable[Mapping[str, Any]] | Path = (),
) -> Report:
    """Train all heads and write their folder.

    Args:
        data: the folder of public data sets, or None to learn from the project's own only.
        seeds: a folder of `*.jsonl`, or one such file.
        encoder: makes the vectors; the heads fit no other encoder.
        out: the model folder, overwritten.
        seed: of the one random draw (the start of the decomposition).
        corrections: rows or a file of {text, language, sub_category, intent}, text masked; each
            counts as five seeds.

    Raises:
        ModelError: seeds that cannot be read, or too few to learn from.
    """
    labels = shipped_labels()
    own = read_seeds(seeds, labels)
    if min(len({e.sub_category for e in own}), len({e.intent for e in own})) <= 1:
        raise ModelError(f"{seeds} has fewer than two labels: nothing can be learned from it")
    examples = [*own, *corrections_of(corrections), *(public_examples(data) if data else [])]
    corpus = corpus_of(examples, encoder)
    learn = partial(fit, labels=labels, seed=seed)
    sources = frozenset(e.source for e in own)
    held = held_out(corpus, lambda e: e.source in sources, learn)
    scales = mood_scales(held)
    calibration = calibration_of(held, labels)
    report = report_of(corpus, scaled(held, scales), labels, calibration)
    weights = stored_weights(learn(corpus), scales)
    manifest = manifest_of(report, labels, seed)
    write_folder(out, weights, calibration, manifest, card_of(manifest))
    return report


def public_examples(data: Path) -> list[Example]:
    """What is taken from the public sets, weighed beside the project's own."""
    shop = capped(public_sets.shop_examples(data), MOST_SHOP)
    foreign = capped(public_sets.foreign_examples(data), MOST_FOREIGN)
    angry = capped(public_sets.angry_examples(data), MOST_ANGRY)
    return weighing([*shop, *foreign, *angry], public_sets.SHOP_WEIGHT)


def calibration_of(held: HeldOut, labels: Labels) -> PairCalibration:
    """The calibration of held-out scores."""
    subs = np.array([labels.sub_categories.index(e.sub_category) for e in held.examples])
    intents = np.array([labels.intents.index(e.intent) for e in held.examples])
    return pair_calibration(held.scores["sub_category"], held.scores["intent"], subs, intents)


def mood_scales(held: HeldOut) -> dict[str, tuple[float, float]]:
    """Slope and shift of each mood's logits on held-out examples, where two answers are known."""
    scales = {}
    for name in SCALED:
        values = [KNOWN[name](e) for e in held.examples]
        known = np.array([v is not None for v in values])
        degrees = np.array([v for v in values if v is not None])
        if len(set(degrees.tolist())) > 1:
            scales[name] = degree_scale(held.scores[name][known], degrees)
    return scales


def scaled(held: HeldOut, scales: Mapping[str, tuple[float, float]]) -> HeldOut:
    """Held-out scores as the stored heads would give them."""

    def moved(name: str, scores: Doubles) -> Doubles:
        slope, shift = scales.get(name, (1.0, 0.0))
        return scores * slope + shift

    return HeldOut(held.examples, {n: moved(n, s) for n, s in held.scores.items()})


def report_of(
    corpus: Corpus, held: HeldOut, labels: Labels, calibration: PairCalibration
) -> Report:
    """The report of a training."""
    data = fingerprint(corpus.examples)
    sources = counts(corpus.examples)
    return Report(data[:12], data, sources, by_language(held, labels, calibration), calibration)


def counts(examples: Sequence[Example]) -> dict[str, int]:
    """How many examples come from each source."""
    names = sorted({e.source for e in examples})
    return {name: sum(e.source == name for e in examples) for name in names}


def manifest_of(report: Report, labels: Labels, seed: int) -> dict[str, Any]:
    """What the model folder says of itself."""
    scores = {name: _rounded(asdict(q)) for name, q in report.held_out.items()}
    return {
        "name": NAME,
        "version": report.version,
        "licence": "Apache-2.0",
        "taxonomy_version": labels.version,
        "taxonomy_hash": labels.taxonomy.hash,
        "seed": seed,
        "data_fingerprint": report.data,
        "data": report.sources,
        "scores": {"held_out_seeds": scores},
    }


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {k: round(v, 4) if isinstance(v, float) else v for k, v in values.items()}
