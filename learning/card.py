"""A manifest -> the card that people read: what the model is, learned from, and can do."""

from collections.abc import Mapping
from typing import Any

COLUMNS = (
    ("size", "texts", 1.0),
    ("category", "category", 100.0),
    ("sub_category", "sub-category", 100.0),
    ("intent", "intent", 100.0),
    ("pair", "pair", 100.0),
    ("ece", "ECE", 100.0),
    ("coverage", "sure", 100.0),
    ("precision", "right when sure", 100.0),
    ("covered", "sets hold the truth", 100.0),
    ("set_size", "labels in a set", 1.0),
    ("anger_f1", "anger F1", 100.0),
    ("out_of_scope_f1", "out-of-scope F1", 100.0),
    ("spam_f1", "spam F1", 100.0),
    ("polarity_r", "polarity r", 1.0),
    ("urgency_r", "urgency r", 1.0),
    ("anger_gap", "anger ECE", 100.0),
    ("urgency_gap", "urgency ECE", 100.0),
    ("polarity_gap", "polarity ECE", 100.0),
    ("foreign_found", "out of scope found", 100.0),
    ("own_kept", "in scope kept", 100.0),
    ("out_of_scope_recall", "found out of scope", 100.0),
)

HEAD = """# {name} {version}

Linear heads on the vectors of the encoder, or of the trunk that lies in `trunk/` where there is
one, and on hashed character n-grams: sub-category (its category follows), intent, anger, urgency,
polarity, out of scope, spam. Trained by `ticketstream model train`, run with numpy alone.

Licence: {licence}; the data's attributions stand in models/NOTICE. Taxonomy version
{taxonomy_version}, seed {seed}, data fingerprint {data_fingerprint}.

## Learned from

{sources}

## Quality

Percent, but for correlations (r). "Pair" is sub-category and intent both right, which is what the
confidence speaks of; "sure" is the share with a confidence of at least 0.85. ECE is how far a
confidence, or a mood, is from what is true, in bins of a tenth. A prediction set is to hold the
true sub-category in {level:.0%} of tickets. Anger, out of scope and spam are counted from 0.5.
Held-out figures come from heads and calibrations that saw nothing of the fold they judge.
"""

LIMITS = """
## Limits

All texts of the project were invented by few writers; real mail is messier. On tickets of a shop of
its own, expect less, and train with its own corrections before trusting a confidence.
A ticket is read up to about 1,000 characters. Languages other than English and German are not
measured.
"""

TITLES = {
    "held_out_seeds": "Held-out seeds (cross-validation, labels spread over the folds; what the "
    "calibration is fitted on)",
    "by_writer": "Held-out writers (cross-validation, all texts of a writer left out together)",
    "own_test": "The project's own test set, never used for choosing anything",
    "public": "Public sets, rows that were not learned from (of bitext, banking77, goemotions and "
    "germeval2018 none was): other houses, other labels mapped to these",
}


PLOTS = """
![Reliability: what share is right at each confidence]({name}-reliability.png)
![Coverage and risk: what share is wrong among the surest]({name}-coverage-risk.png)
"""


def card_of(manifest: Mapping[str, Any]) -> str:
    """The card of a model folder."""
    sources = "\n".join(f"- {name}: {size}" for name, size in manifest["data"].items())
    tables = [_part(name, scores) for name, scores in manifest["scores"].items()]
    return HEAD.format(**{**manifest, "sources": sources}) + "".join(tables) + LIMITS


def _part(name: str, scores: Mapping[str, Mapping[str, Any]]) -> str:
    plots = "" if name == "public" else PLOTS.format(name=name)
    return f"\n{TITLES.get(name, name)}:\n\n{_table(scores)}{plots}"


def _table(scores: Mapping[str, Mapping[str, Any]]) -> str:
    shown = [c for c in COLUMNS if any(part.get(c[0]) is not None for part in scores.values())]
    rows = [["", *(title for _, title, _ in shown)], ["---"] * (len(shown) + 1)]
    rows += [[name, *(_cell(part.get(k), f) for k, _, f in shown)] for name, part in scores.items()]
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)


def _cell(value: float | None, factor: float) -> str:
    if value is None:
        return "–"  # noqa: RUF001
    if isinstance(value, int):
        return str(value)
    return f"{value * factor:.1f}" if factor > 1 else f"{value:.2f}"
