"""A corpus -> scores of examples by heads that have not seen them (cross-validation)."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from ticketstream.learning.corpus import Corpus
from ticketstream.learning.examples import Example
from ticketstream.learning.fit import Fitted
from ticketstream.learning.linear import Doubles

FOLDS = 5


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Examples that were left out once each, with the scores they then got, by head."""

    examples: Sequence[Example]
    scores: Mapping[str, Doubles]


def held_out(
    corpus: Corpus, own: Callable[[Example], bool], fit: Callable[[Corpus], Fitted]
) -> HeldOut:
    """Scores of the project's own examples; all others are learned from in every fold."""
    tested = corpus.where(own)
    fold = folds([corpus.examples[i] for i in tested], FOLDS)
    others = corpus.where(lambda e: not own(e))
    found: dict[str, dict[int, Doubles]] = defaultdict(dict)
    for number in range(FOLDS):
        out = [i for i, f in zip(tested, fold, strict=True) if f == number]
        kept = [i for i, f in zip(tested, fold, strict=True) if f != number]
        for head, scores in fit(corpus.take([*kept, *others])).scores(corpus.take(out)).items():
            found[head] |= dict(zip(out, scores, strict=True))
    examples = [corpus.examples[i] for i in tested]
    return HeldOut(examples, {h: np.array([s[i] for i in tested]) for h, s in found.items()})


def folds(examples: Sequence[Example], many: int) -> list[int]:
    """A fold for each example: every label and language is spread over all, a group stays whole."""
    label_of: dict[str, tuple[str, str]] = {}
    for e in examples:
        label_of.setdefault(_group(e), (e.sub_category, e.language))
    place: dict[str, int] = {}
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for group in sorted(label_of, key=_mixed):
        label = label_of[group]
        place[group] = (counts[label] + _offset(label, many)) % many
        counts[label] += 1
    return [place[_group(e)] for e in examples]


def _group(example: Example) -> str:
    return example.group or example.text.lower()


def _mixed(group: str) -> bytes:
    return blake2b(group.encode(), digest_size=8).digest()


def _offset(label: tuple[str, str], many: int) -> int:
    """Where a label begins, so that the odd examples do not all fall in the first fold."""
    return int.from_bytes(_mixed("/".join(label))) % many
