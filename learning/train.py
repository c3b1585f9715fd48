"""Seeds, public sets and corrections -> a folder of heads with calibration, scores and card."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import Any, Protocol

import numpy as np

from ticketstream.learning.calibrate import degree_scale, foreign_scale, pair_calibration
from ticketstream.learning.conformal import LEVEL
from ticketstream.learning.corpus import Corpus, Embeds, corpus_of
from ticketstream.learning.evaluate import Judged, Quality
from ticketstream.learning.examples import Example, capped, fingerprint
from ticketstream.learning.fit import KNOWN, fit
from ticketstream.learning.held_out import FOLDS, HeldOut, as_it_is, by_writer, held_out
from ticketstream.learning.judge import BY_WRITER, HELD_OUT, record, record_public, rounded
from ticketstream.learning.linear import Doubles
from ticketstream.learning.model_folder import stored_weights, write_folder
from ticketstream.learning.phrases import phrased_examples
from ticketstream.learning.plots import plots_of
from ticketstream.learning.public_sets import foreign_examples
from ticketstream.learning.said import cross_said, said
from ticketstream.learning.seeds import read_seeds
from ticketstream.processors.calibration import PairCalibration, log_odds, probabilities
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.snapshots import TRUNK
from ticketstream.processors.taxonomy import OUT_OF_SCOPE, Labels, shipped_labels
from ticketstream.schemas.errors import ModelError

NAME = "ticket-heads"
FEWEST = 20  # seeds, below which hardly a fold of them has two labels
MOST_FOREIGN = 300  # rows of one public set
SCALED = ("anger", "urgency", "out_of_scope", "spam")


class Tunes(Protocol):
    """What tunes trunks: `learning.trunk.make.Trunks`."""

    @property
    def folds(self) -> int: ...
    def apart(self, corpus: Corpus, places: Sequence[int]) -> Corpus: ...
    def kept(self, corpus: Corpus, folder: Path) -> tuple[Corpus, Encoder]: ...


@dataclass(frozen=True, slots=True)
class Report:
    """What a training gave: sizes by source, and the quality by language.

    `held_out` is measured on seeds by cross-validation: on each fold by heads and a calibration
    that have not seen it. `by_writer` is the same where heads have read nothing of the writer.
    """

    version: str
    data: str
    sources: Mapping[str, int]
    held_out: Mapping[str, Quality]
    by_writer: Mapping[str, Quality]
    calibration: PairCalibration
    own_test: Mapping[str, Quality] = field(default_factory=dict)
    public: Mapping[str, Mapping[str, float]] = field(default_factory=dict)


def train(
    data: Path | None,
    seeds: Path,
    encoder: Embeds,
    out: Path,
    seed: int,
    *,
    labels: Labels,
    corrections: Sequence[Example] = (),
    phrases: bool = True,
    level: float = LEVEL,
    by_writers: bool = True,
    test: Path | None = None,
    facts: Mapping[str, Any] = MappingProxyType({}),
    trunks: Tunes | None = None,
) -> Report:
    """Train all heads and write their folder; with `trunks`, on a trunk that is tuned before.

    Args:
        data: the folder of public data sets, or None to learn from the project's own only.
        seeds: a folder of `*.jsonl`, or one such file.
        encoder: makes the vectors; the heads fit no other encoder.
        out: the model folder, overwritten.
        seed: of the one random draw (the start of the decomposition).
        labels: the taxonomy that everything learned from must fit.
        corrections: what agents set right (`learning.corrections`).
        phrases: learn from the shipped phrases too, where the labels are the shipped ones.
        level: how often a prediction set is to hold the true sub-category.
        by_writers: judge also by leaving out whole writers, which takes as long again: with
            `trunks` each fold is read by a trunk of its own.
        test: lines as in the seeds; only measured, never learned from.
        facts: what the manifest says besides, such as the encoder's digest.
        trunks: tunes a trunk for the heads, into their folder. What is held out for the
            calibration is read by trunks that have not seen it.

    Raises:
        ModelError: seeds that cannot be read, or too few to learn from.
    """
    shipped = labels.taxonomy.hash == shipped_labels().taxonomy.hash
    own = read_seeds(seeds, labels)
    if min(len({e.sub_category for e in own}), len({e.intent for e in own})) <= 1:
        raise ModelError(f"{seeds} has fewer than two labels: nothing can be learned from it")
    if len(own) < FEWEST:
        raise ModelError(f"{seeds} has {len(own)} texts: write {FEWEST} at least, 25 a label")
    given = [*own, *corrections, *(phrased_examples() if phrases and shipped else [])]
    foreign = capped(foreign_examples(data), MOST_FOREIGN) if data else []
    corpus = corpus_of([*given, *foreign], encoder)
    learn = partial(fit, labels=labels, seed=seed)
    reads, many = (trunks.apart, trunks.folds) if trunks else (as_it_is, FOLDS)
    held = held_out(corpus, _is_seed, learn, reads, many)
    calibrates = partial(calibration_of, labels=labels, level=level)
    scales = mood_scales(held)
    held = scaled(held, scales)
    calibration = calibrates(held)
    measured = {HELD_OUT: Judged(held, cross_said(held, labels, calibrates))}
    if by_writers and len({e.source for e in own}) >= many:
        unknown = scaled(held_out(corpus, _is_seed, learn, reads, many, split=by_writer), scales)
        measured[BY_WRITER] = Judged(unknown, said(unknown, labels, calibration))
    report = report_of(corpus, measured, labels, calibration)
    if trunks:
        corpus, encoder = trunks.kept(corpus, out / TRUNK)
        digests = {f"{TRUNK}/{name}": d for name, d in encoder.manifest.files.items()}
        facts = {**facts, "trunk": encoder.manifest.sha256, "files": digests}
    weights = stored_weights(learn(corpus), scales)
    manifest = {**facts, **manifest_of(report, labels, seed)}
    write_folder(out, weights, calibration, manifest, plots_of(measured))
    if test:
        own_test = record(out, test, encoder, labels)
        public = record_public(out, data, encoder, labels) if data else {}
        report = replace(report, own_test=own_test, public=public)
    return report


def _is_seed(example: Example) -> bool:
    return example.kind == "seed"


def calibration_of(held: HeldOut, labels: Labels, level: float = LEVEL) -> PairCalibration:
    """The calibration of held-out scores."""
    subs = np.array([labels.sub_categories.index(e.sub_category) for e in held.examples])
    intents = np.array([labels.intents.index(e.intent) for e in held.examples])
    languages = [e.language for e in held.examples]
    scores = held.scores["sub_category"], held.scores["intent"]
    pair = pair_calibration(*scores, subs, intents, languages=languages, level=level)
    place = labels.sub_categories.index(OUT_OF_SCOPE)
    found = log_odds(probabilities(held.scores["sub_category"], pair.temperature)[:, place])
    return replace(pair, foreign=foreign_scale(held.scores["out_of_scope"], found, subs == place))


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

    scores = {name: moved(name, values) for name, values in held.scores.items()}
    return replace(held, scores=scores)


def report_of(
    corpus: Corpus, measured: Mapping[str, Judged], labels: Labels, calibration: PairCalibration
) -> Report:
    """The report of a training."""
    data = fingerprint(corpus.examples)
    told = {name: judged.by_language(labels) for name, judged in measured.items()}
    return Report(
        f"1.{data[:8]}",
        data,
        counts(corpus.examples),
        told[HELD_OUT],
        told.get(BY_WRITER, {}),
        calibration,
    )


def counts(examples: Sequence[Example]) -> dict[str, int]:
    """How many examples come from each source."""
    names = sorted({e.source for e in examples})
    return {name: sum(e.source == name for e in examples) for name in names}


def manifest_of(report: Report, labels: Labels, seed: int) -> dict[str, Any]:
    """What the model folder says of itself."""
    measured = {HELD_OUT: report.held_out, BY_WRITER: report.by_writer}
    return {
        "name": NAME,
        "version": report.version,
        "licence": "Apache-2.0",
        "taxonomy_version": labels.version,
        "taxonomy_hash": labels.taxonomy.hash,
        "seed": seed,
        "level": report.calibration.sets.level,
        "data_fingerprint": report.data,
        "data": report.sources,
        "scores": {name: rounded(parts) for name, parts in measured.items() if parts},
    }
