"""A corpus -> scores of examples by heads that have not seen them (cross-validation)."""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np
import numpy.typing as npt

from ticketstream.learning.corpus import Corpus
from ticketstream.learning.examples import Example
from ticketstream.learning.fit import Fitted
from ticketstream.learning.linear import Doubles

FOLDS = 5
LEADING = "en"

Reads = Callable[[Corpus, Sequence[int]], Corpus]  # as one reads it who has seen these places
Split = Callable[[Corpus, int], list[int]]  # a fold for each example


def as_it_is(corpus: Corpus, _: Sequence[int]) -> Corpus:
    """How the untuned encoder reads: the same, whatever is learned from."""
    return corpus


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Examples that were left out once each, with the scores they then got, by head.

    Attributes:
        fold: for each example in which fold it was left out; empty where nothing was folded.
    """

    examples: Sequence[Example]
    scores: Mapping[str, Doubles]
    fold: Sequence[int] = ()

    def take(self, wanted: npt.NDArray[np.bool_]) -> "HeldOut":
        """The examples of some places."""
        examples = [e for e, w in zip(self.examples, wanted, strict=True) if w]
        fold = [f for f, w in zip(self.fold, wanted, strict=True) if w] if self.fold else ()
        return HeldOut(examples, {name: s[wanted] for name, s in self.scores.items()}, fold)


def held_out(
    corpus: Corpus,
    own: Callable[[Example], bool],
    fit: Callable[[Corpus], Fitted],
    reads: Reads = as_it_is,
    many: int = FOLDS,
    *,
    split: Split | None = None,
) -> HeldOut:
    """Scores of the project's own examples; all others are learned from in every fold.

    `reads` is asked anew for every fold: a trunk that has seen a text does not hold it out. `split`
    is `stratified` or `by_writer`.
    """
    tested = corpus.where(own)
    fold = (split or stratified)(corpus.take(tested), many)
    others = corpus.where(lambda e: not own(e))
    found: dict[str, dict[int, Doubles]] = defaultdict(dict)
    for number in range(many):
        out = [i for i, f in zip(tested, fold, strict=True) if f == number]
        if not out:  # few texts
            continue
        kept = [i for i, f in zip(tested, fold, strict=True) if f != number]
        seen = reads(corpus, [*kept, *others])
        for head, scores in fit(seen.take([*kept, *others])).scores(seen.take(out)).items():
            found[head] |= dict(zip(out, scores, strict=True))
    examples = [corpus.examples[i] for i in tested]
    return HeldOut(examples, {h: np.array([s[i] for i in tested]) for h, s in found.items()}, fold)


def stratified(corpus: Corpus, many: int) -> list[int]:
    """A fold for each example: every label is spread over all, twins stay together."""
    leaders = twins(corpus)
    place: dict[int, int] = {}
    counts: dict[str, int] = defaultdict(int)
    for leader in sorted(set(leaders), key=lambda i: _mixed(corpus.examples[i].text)):
        label = corpus.examples[leader].sub_category
        place[leader] = (counts[label] + _offset(label, many)) % many
        counts[label] += 1
    return [place[leader] for leader in leaders]


def by_writer(corpus: Corpus, many: int) -> list[int]:
    """A fold for each example: all texts of a writer in one, the folds alike in size.

    A writer is a source: a file of seeds is by one writer. So what is judged is how the heads do on
    somebody whom they have never read.
    """
    sizes = Counter(e.source for e in corpus.examples)
    filled, place = [0] * many, {}
    for writer, size in sorted(sizes.items(), key=lambda pair: (-pair[1], pair[0])):
        place[writer] = filled.index(min(filled))
        filled[place[writer]] += size
    return [place[e.source] for e in corpus.examples]


def twins(corpus: Corpus) -> list[int]:
    """For each example the place of the one it follows, itself or its likely original.

    Writers of seeds say the same thing in both languages; a text whose translation was learned
    from is not held out. So each text follows the nearest English one of its label.
    """
    by_label: dict[str, list[int]] = defaultdict(list)
    for i, example in enumerate(corpus.examples):
        if example.language == LEADING:
            by_label[example.sub_category].append(i)
    return [_leader(corpus, i, by_label[e.sub_category]) for i, e in enumerate(corpus.examples)]


def _leader(corpus: Corpus, place: int, leaders: Sequence[int]) -> int:
    if not leaders or corpus.examples[place].language == LEADING:
        return place
    return leaders[int((corpus.vectors[leaders] @ corpus.vectors[place]).argmax())]


def _mixed(text: str) -> bytes:
    return blake2b(text.encode(), digest_size=8).digest()


def _offset(label: str, many: int) -> int:
    """Where a label begins, so that the odd examples do not all fall in the first fold."""
    return int.from_bytes(_mixed(label)) % many
