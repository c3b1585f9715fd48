"""The project's own tickets -> every approach by language: labels, moods; other houses beside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from classify_ask import not_asked, rows_of
from classify_rows import APPROACHES, OURS, Fitted, Given, Memory, why_not
from classify_score import foreign_recall, scores
from classify_sets import Guard, Row, own_judged, own_learned
from classify_speed import speed

from ticketstream.doors.language_model.client import EndpointModel
from ticketstream.learning.evaluate import HALF, f1, heads_scores, quality
from ticketstream.learning.examples import Example
from ticketstream.learning.foreign import public_quality
from ticketstream.learning.linear import Doubles
from ticketstream.learning.method import Tune
from ticketstream.learning.said import said
from ticketstream.learning.train import train
from ticketstream.processors.calibration import CALIBRATION, probabilities, read_calibration
from ticketstream.processors.heads import Heads
from ticketstream.processors.snapshots import reader_of
from ticketstream.processors.taxonomy import OUT_OF_SCOPE, shipped_labels

LANGUAGES = ("en", "de")
NAMES = ("category", "sub_category", "intent", "pair", "anger_f1")
ANGRY, CALM = "angry", "calm"
SLOW = frozenset({"fine-tuned encoder", "embeddings + LightGBM"})  # asked for sub-categories only
Rows = dict[str, dict[str, Any]]  # language -> figures


@dataclass(frozen=True, slots=True)
class OwnSet:
    """What is learned from, and judged: tickets that nobody learned from, or seeds in development.

    Attributes:
        shipped: the folder of the heads that are shipped, which learned from the seeds; a
            development run trains its own, without a trunk.
        approaches: which of the approaches are run.
    """

    guard: Guard
    memory: Memory
    tune: Tune | None
    data: Path | None
    shipped: Path
    approaches: Sequence[str]

    def told(self, price: float, model: EndpointModel | None, ask_most: int) -> dict[str, Any]:
        """`own`, by language, and `elsewhere`, ours on other houses' texts."""
        with TemporaryDirectory() as folder:
            seeds, learned = own_learned(self.guard, Path(folder) / "seeds")
            judged = own_judged(self.guard, Path(folder) / "seeds")
            rows, fitted = self._plain(learned, judged)
            heads = self.shipped
            if self.guard.development:  # the shipped heads have learned from all seeds
                heads = Path(folder) / "heads"
                train(self.data, seeds, self.memory, heads, seed=1, labels=shipped_labels())
            memory = self._reader(heads)
            rows[OURS] = _stored(heads, memory, judged)
            fitted[OURS] = as_fitted(heads, memory)
            elsewhere = {OURS: _elsewhere(heads, self.data, memory)}
        texts = [e.text for e in judged]
        for name, found in fitted.items():
            measured = speed(found, memory if name == OURS else self.memory, texts, price)
            rows[name] = {code: rows[name][code] | measured for code in LANGUAGES}
        given = _given(learned, _sub_category, self.memory, None)
        own = {}
        for code in LANGUAGES:
            asked = [(e.text, e.sub_category) for e in _of(judged, code)]
            told = {name: by_language[code] for name, by_language in rows.items()}
            answers = (
                rows_of(model, fitted[OURS], given, asked[:ask_most]) if model else not_asked()
            )
            own[f"own {code}"] = self._set(asked, len(learned), told | answers)
        return {"own": own, "elsewhere": {n: told for n, told in elsewhere.items() if told}}

    def _reader(self, heads: Path) -> Memory:
        """What reads for heads: the encoder, or the trunk that they were fitted on."""
        manifest = Heads.load(heads, shipped_labels()).manifest
        reader = reader_of(manifest, self.memory.encoder)
        return self.memory if reader is self.memory.encoder else Memory(reader)

    def _plain(
        self, learned: Sequence[Example], judged: Sequence[Example]
    ) -> tuple[dict[str, Rows], dict[str, Fitted]]:
        """The approaches that learn each answer by itself: sub-category, intent, angry or calm."""
        rows, fitted = {}, {}
        for name, approach in APPROACHES.items():
            if name == OURS or why_not(name, self.tune, self.approaches):
                continue
            print(f"  {name}", flush=True)
            answers = (_sub_category,) if name in SLOW else (_sub_category, _intent, _anger)
            parts = [approach(_given(learned, a, self.memory, self.tune)) for a in answers]
            rows[name] = {code: _judged(parts, _of(judged, code)) for code in LANGUAGES}
            fitted[name] = parts[0]
        return rows, fitted

    def _set(self, judged: Sequence[Row], learned: int, rows: Mapping[str, Any]) -> dict[str, Any]:
        missing = {n: why_not(n, self.tune, self.approaches) for n in APPROACHES if n not in rows}
        what = "a fifth of the seeds" if self.guard.development else "tickets of knowledge/testset"
        return {
            "told": f"{what}; these columns are about the sub-category",
            "learned": learned,
            "judged": len(judged),
            "labels": len(shipped_labels().sub_categories),
            "outside": sum(label == OUT_OF_SCOPE for _, label in judged),
            "rows": {**rows, **missing},
        }


def as_fitted(folder: Path, memory: Memory) -> Fitted:
    """Stored heads, asked for sub-categories as the approaches are."""
    heads = Heads.load(folder, shipped_labels())
    temperature = read_calibration(folder / CALIBRATION).temperature

    def judge(texts: Sequence[str]) -> Any:
        return heads.judge(memory.embed(texts), texts)

    def shares(texts: Sequence[str]) -> Doubles:
        return probabilities(np.array([j.scores for j in judge(texts)]), temperature)

    return Fitted(
        heads.labels.sub_categories,
        shares,
        lambda texts: np.array([j.out_of_scope for j in judge(texts)]),
    )


def _given(
    examples: Sequence[Example], answer: Callable[[Example], str], memory: Memory, tune: Tune | None
) -> Given:
    known = [e for e in examples if answer(e)]
    return Given([e.text for e in known], [answer(e) for e in known], (), memory, tune)


def _judged(parts: Sequence[Fitted], rows: Sequence[Example]) -> dict[str, Any]:
    """What approaches to one or to all three answers say about some tickets."""
    category_of, texts = shipped_labels().category_of, [e.text for e in rows]
    shares = [part.shares(texts) for part in parts]
    outside = shares[0][:, [*parts[0].names].index(OUT_OF_SCOPE)]
    sub = [parts[0].names[i] for i in shares[0].argmax(1)]
    right = [e.sub_category == s for e, s in zip(rows, sub, strict=True)]
    found = _figures(rows, parts[0].names, shares[0], outside)
    found["category"] = _share(
        [category_of[e.sub_category] == category_of[s] for e, s in zip(rows, sub, strict=True)]
    )
    found["sub_category"] = _share(right)
    if len(parts) == 1:
        return found
    intents = [parts[1].names[i] for i in shares[1].argmax(1)]
    same = [e.intent == i for e, i in zip(rows, intents, strict=True)]
    angry = shares[2][:, [*parts[2].names].index(ANGRY)] > HALF
    return found | {
        "intent": _share(same),
        "pair": _share([s and i for s, i in zip(right, same, strict=True)]),
        "anger_f1": f1(angry, [(e.anger or 0.0) >= HALF for e in rows]),
    }


def _stored(folder: Path, memory: Memory, judged: Sequence[Example]) -> Rows:
    """The heads of a folder on the same tickets."""
    labels, calibration = shipped_labels(), read_calibration(folder / CALIBRATION)
    heads = Heads.load(folder, labels)
    told: Rows = {}
    for code in LANGUAGES:
        held = heads_scores(_of(judged, code), memory, heads)
        shares = probabilities(held.scores["sub_category"], calibration.temperature)
        found = said(held, labels, calibration)
        figures = quality(held, labels, found)
        told[code] = _figures(held.examples, labels.sub_categories, shares, found.foreign)
        told[code] |= {name: getattr(figures, name) for name in NAMES}
        told[code] |= {"pair_ece": figures.ece}
    return told


def _elsewhere(folder: Path, data: Path | None, memory: Memory) -> Mapping[str, Any]:
    heads = Heads.load(folder, shipped_labels())
    calibration = read_calibration(folder / CALIBRATION)
    return public_quality(data, memory, heads, calibration) if data else {}


def _figures(
    rows: Sequence[Example], names: Sequence[str], shares: Doubles, outside: Doubles
) -> dict[str, Any]:
    truth = [e.sub_category for e in rows]
    foreign = np.array([t == OUT_OF_SCOPE for t in truth])
    found = foreign_recall(outside[~foreign], outside[foreign]) if foreign.any() else None
    return {**scores(names, shares, truth), "foreign_recall": found}


def _of(examples: Sequence[Example], language: str) -> list[Example]:
    return [e for e in examples if e.language == language]


def _share(found: Sequence[bool]) -> float:
    return sum(found) / len(found)


def _sub_category(example: Example) -> str:
    return example.sub_category


def _intent(example: Example) -> str:
    return example.intent


def _anger(example: Example) -> str:
    if example.anger is None:
        return ""
    return ANGRY if example.anger >= HALF else CALM
