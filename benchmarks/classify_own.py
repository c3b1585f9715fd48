"""The project's own tickets -> every approach by language: labels, moods; other houses beside."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from classify_ask import not_asked, rows_of
from classify_rows import APPROACHES, Fitted, Given, Memory, why_not
from classify_score import foreign_recall, scores
from classify_sets import Guard, own_judged, own_learned
from classify_speed import speed

from ticketstream.learning.evaluate import HALF, f1, heads_scores, quality
from ticketstream.learning.examples import Example
from ticketstream.learning.foreign import public_quality
from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.linear import Doubles
from ticketstream.learning.method import Tune
from ticketstream.learning.train import train
from ticketstream.processors.calibration import CALIBRATION, probabilities, read_calibration
from ticketstream.processors.heads import Heads
from ticketstream.processors.taxonomy import OUT_OF_SCOPE, shipped_labels

LANGUAGES = ("en", "de")
NAMES = ("category", "sub_category", "intent", "pair", "anger_f1")
ANGRY, CALM = "angry", "calm"
SHIPPED = "ours, as shipped"
Rows = dict[str, dict[str, Any]]  # language -> figures


@dataclass(frozen=True, slots=True)
class OwnSet:
    """What is learned from, and judged: tickets that nobody learned from, or seeds in development.

    Attributes:
        shipped: the folder of the heads that are shipped.
    """

    guard: Guard
    memory: Memory
    tune: Tune | None
    data: Path | None
    shipped: Path

    def told(self, price: float, model: Any, ask_most: int) -> dict[str, Any]:
        """`own`, by language, and `elsewhere`, ours on other houses' texts."""
        with TemporaryDirectory() as room:
            folder = Path(room)
            seeds, learned = own_learned(self.guard, folder / "seeds")
            judged = own_judged(self.guard, folder / "seeds")
            by_approach, fitted = self._plain(learned, judged)
            train(self.data, seeds, self.memory, folder / "heads", seed=1)
            models = {"ours": folder / "heads"}
            if not self.guard.development:  # the shipped heads have learned from all seeds
                models[SHIPPED] = self.shipped
            for name, heads in models.items():
                by_approach[name] = _stored(heads, self.memory, judged)
            fitted["ours"] = as_fitted(folder / "heads", self.memory)
            elsewhere = {n: _elsewhere(f, self.data, self.memory) for n, f in models.items()}
            texts = [e.text for e in judged]
            for name, found in fitted.items():
                measured = speed(found, self.memory, texts, price)
                by_approach[name] = {code: by_approach[name][code] | measured for code in LANGUAGES}
            own = {}
            for code in LANGUAGES:
                rows: dict[str, Any] = {n: why_not(n, self.tune) for n in APPROACHES}
                rows |= {name: told[code] for name, told in by_approach.items()}
                some = [(e.text, e.sub_category) for e in judged if e.language == code]
                given = _given(learned, lambda e: e.sub_category, self.memory, None)
                rows |= (
                    rows_of(model, fitted["ours"], given, some[:ask_most]) if model else not_asked()
                )
                own[f"own {code}"] = {
                    "told": "sub-category; "
                    + ("a fifth of the seeds" if self.guard.development else "knowledge/testset"),
                    "learned": len(learned),
                    "judged": len(some),
                    "labels": len(shipped_labels().sub_categories),
                    "outside": sum(label == OUT_OF_SCOPE for _, label in some),
                    "rows": rows,
                }
        return {"own": own, "elsewhere": {n: told for n, told in elsewhere.items() if told}}

    def _plain(
        self, learned: Sequence[Example], judged: Sequence[Example]
    ) -> tuple[dict[str, Rows], dict[str, Fitted]]:
        """The approaches that learn each answer by itself: sub-category, intent, angry or calm."""
        answers = (lambda e: e.sub_category, lambda e: e.intent, _anger)
        rows, fitted = {}, {}
        for name, approach in APPROACHES.items():
            if name == "ours" or why_not(name, self.tune):
                continue
            print(f"  {name}", flush=True)
            parts = [approach(_given(learned, a, self.memory, self.tune)) for a in answers]
            rows[name] = {code: _judged(parts, _of(judged, code)) for code in LANGUAGES}
            fitted[name] = parts[0]
        return rows, fitted


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
    """Three approaches' answers about some tickets."""
    texts, category_of = [e.text for e in rows], shipped_labels().category_of
    subs, intents, moods = (part.shares(texts) for part in parts)
    sub = [parts[0].names[i] for i in subs.argmax(1)]
    both = list(zip(rows, sub, [parts[1].names[i] for i in intents.argmax(1)], strict=True))
    angry = moods[:, [*parts[2].names].index(ANGRY)] > HALF
    outside = subs[:, [*parts[0].names].index(OUT_OF_SCOPE)]
    return _figures(rows, parts[0].names, subs, outside) | {
        "category": _share([category_of[e.sub_category] == category_of[s] for e, s, _ in both]),
        "sub_category": _share([e.sub_category == s for e, s, _ in both]),
        "intent": _share([e.intent == i for e, _, i in both]),
        "pair": _share([(e.sub_category, e.intent) == (s, i) for e, s, i in both]),
        "anger_f1": f1(angry, [(e.anger or 0.0) >= HALF for e in rows]),
    }


def _stored(folder: Path, memory: Memory, judged: Sequence[Example]) -> Rows:
    """The heads of a folder on the same tickets."""
    labels, calibration = shipped_labels(), read_calibration(folder / CALIBRATION)
    heads = Heads.load(folder, labels)
    told: Rows = {}
    for code in LANGUAGES:
        held: HeldOut = heads_scores(_of(judged, code), memory, heads)
        shares = probabilities(held.scores["sub_category"], calibration.temperature)
        figures = quality(held, labels, calibration)
        outside = held.scores["out_of_scope"]
        told[code] = _figures(held.examples, labels.sub_categories, shares, outside)
        told[code] |= {name: getattr(figures, name) for name in NAMES}
        told[code] |= {"pair_ece": figures.ece}
    return told


def _elsewhere(folder: Path, data: Path | None, memory: Memory) -> Mapping[str, Any]:
    heads = Heads.load(folder, shipped_labels())
    return public_quality(data, memory, heads) if data else {}


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


def _anger(example: Example) -> str:
    if example.anger is None:
        return ""
    return ANGRY if example.anger >= HALF else CALM
