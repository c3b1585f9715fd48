"""Rows of public sets that nothing was learned from -> how the heads judge strangers' texts."""

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from ticketstream.learning.corpus import Embeds
from ticketstream.learning.evaluate import HALF, f1, heads_scores
from ticketstream.learning.examples import Example, capped
from ticketstream.learning.held_out import HeldOut
from ticketstream.learning.public_sets import angry_examples, foreign_examples, shop_examples
from ticketstream.learning.said import foreign_odds
from ticketstream.processors.calibration import PairCalibration
from ticketstream.processors.heads import Heads
from ticketstream.processors.taxonomy import Labels

MOST_SHOP, MOST_FOREIGN, MOST_ANGRY = 20, 300, 400  # rows of a set and label


def public_quality(
    data: Path, encoder: Embeds, heads: Heads, calibration: PairCalibration
) -> dict[str, Mapping[str, float]]:
    """By set: size and what the set can tell (accuracies, anger F1, out-of-scope recall)."""
    examples = [
        *capped(shop_examples(data), MOST_SHOP),
        *capped(foreign_examples(data, "dev"), MOST_FOREIGN),
        *capped(angry_examples(data, "dev"), MOST_ANGRY),
    ]
    by_set: dict[str, list[Example]] = {}
    for example in examples:
        by_set.setdefault(example.source, []).append(example)
    return {
        name: _told(heads_scores(rows, encoder, heads), heads.labels, calibration)
        for name, rows in sorted(by_set.items())
    }


def _told(held: HeldOut, labels: Labels, calibration: PairCalibration) -> dict[str, float]:
    examples, size = held.examples, len(held.examples)
    if examples[0].kind == "foreign":
        recall = float((foreign_odds(held, labels, calibration) > 0).mean())
        return {"size": size, "out_of_scope_recall": recall}
    if examples[0].anger is not None:
        angry = [(e.anger or 0.0) >= HALF for e in examples]
        return {"size": size, "anger_f1": f1(held.scores["anger"] > 0, angry) or 0.0}
    return {"size": size, **_labels(held, examples, labels)}


def _labels(held: HeldOut, examples: Sequence[Example], labels: Labels) -> dict[str, float]:
    found = [labels.sub_categories[i] for i in held.scores["sub_category"].argmax(1)]
    intents = [labels.intents[i] for i in held.scores["intent"].argmax(1)]
    category = labels.category_of
    both = list(zip(examples, found, strict=True))
    intent = [i == e.intent for e, i in zip(examples, intents, strict=True) if e.intent]
    return {
        "category": float(np.mean([category[e.sub_category] == category[s] for e, s in both])),
        "sub_category": float(np.mean([e.sub_category == s for e, s in both])),
        "intent": float(np.mean(intent)),
    }
