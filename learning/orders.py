"""Orders to a machine and their look-alikes -> the map of `processors.orders`, with its card.

A line says only that an order stands somewhere in it. So all its sentences are learned as orders
first, then those alone that sound most like one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from ticketstream.learning.linear import Doubles, joined
from ticketstream.learning.model_folder import CARD
from ticketstream.learning.toml_text import toml
from ticketstream.processors import ngrams
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.heads import centred
from ticketstream.processors.lower import Vectors
from ticketstream.processors.model_files import MANIFEST
from ticketstream.processors.orders import WEIGHTS, windows
from ticketstream.schemas.errors import ModelError

NAME = "ticket-orders"
BITS = 12
STRENGTH = 10.0  # inverse penalty; 3 and 30 do as well
ROUNDS = 3
NEAR = 1.0  # of log odds: so far below the clearest sentence another is an order too
FALSE_ALARMS = 0.005  # of ordinary tickets, the seeds that were not learned from
CARD_TEXT = """# {name} {version}

How much a sentence gives a machine orders ("prompt injection"), English and German: a linear map
on the mean vector that the encoder's lower half gives its tokens, and on hashed character n-grams.
Made by `ticketstream model train orders`; numpy alone runs it. Licence {licence}.

- Learned from {orders} lines with an order and {others} look-alikes by three writers
  (`knowledge/orders`), and from half of the seeds, which hold none. 0.5 is where
  {false_alarms:.1%} of the other half would be taken for one.
- A writer left out, mean of three: {found:.0%} of the orders found, {lookalikes:.0%} of the
  look-alikes taken for one.
- Judged by a fourth writer (`knowledge/testset/orders.jsonl`): {judged_found:.0%} of 60 orders
  found, {judged_lookalikes:.0%} of 60 look-alikes taken for one.

All lines are invented by language models with different briefs; orders of people who mean it are
not among them, and other languages are not measured. What is not found does no harm by itself: no
draft acts on it.
"""


Scores = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a file: whether an order stands in it, and what a sentence is made of.

    Attributes:
        vectors: of each sentence and of two in a row, float32 [windows, 384], off centre.
        rows: their n-gram counts.
    """

    order: bool
    vectors: Vectors
    rows: ngrams.Rows

    def take(self, places: Sequence[int]) -> "Line":
        """Some of its sentences."""
        return Line(self.order, self.vectors[[*places]], [self.rows[i] for i in places])


@dataclass(frozen=True, slots=True)
class Fitted:
    """The map: `mean` [384], `idf` [2**bits], `weights` [384 + 2**bits], `bias`."""

    mean: Vectors
    idf: Vectors
    weights: Doubles
    bias: float

    def scores(self, line: Line) -> Doubles:
        """Log odds of each of a line's sentences."""
        odds: Doubles = features([line], self.mean, self.idf) @ self.weights + self.bias
        return odds

    def highest(self, lines: Sequence[Line]) -> Doubles:
        """The log odds of the clearest sentence of each line."""
        return np.array([self.scores(line).max() for line in lines])


def read_lines(file: Path, encoder: Encoder) -> list[Line]:
    """The lines of a file: `text` and `order`.

    Raises:
        ModelError: a line that is none.
    """
    found = []
    for number, said in enumerate(file.read_text("utf-8").splitlines(), 1):
        try:
            line = json.loads(said)
            found.append(line_of(str(line["text"]), encoder, order=bool(line["order"])))
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{file}, line {number}: needs `text` and `order`") from error
    return found


def line_of(text: str, encoder: Encoder, *, order: bool = False) -> Line:
    """A text, read."""
    parts = windows(text) or [(0, len(text))]
    rows = [ngrams.counts(text[start:end], BITS) for start, end in parts]
    return Line(order, encoder.read(text).below(parts), rows)


def fit(lines: Sequence[Line]) -> Fitted:
    """The map, with the bias that the fit gives it.

    Raises:
        ModelError: no line with an order, or none without.
    """
    orders = [line for line in lines if line.order]
    others = [line for line in lines if not line.order]
    if not orders or not others:
        raise ModelError("orders and look-alikes are both needed: see knowledge/orders")
    every = [row for line in lines for row in line.rows]
    mean = np.vstack([line.vectors for line in lines]).mean(axis=0)
    idf = ngrams.rarity(every, BITS)
    known = features(others, mean, idf)
    clear = orders
    for _ in range(ROUNDS):
        given = sparse.vstack([known, features(clear, mean, idf)])
        answers = np.arange(given.shape[0]) >= known.shape[0]
        model = LogisticRegression(C=STRENGTH, max_iter=1_000).fit(given, answers)
        fitted = Fitted(mean, idf, model.coef_[0], float(model.intercept_[0]))
        clear = [_clearest(line, fitted.scores(line)) for line in orders]
    return fitted


def features(lines: Sequence[Line], mean: Vectors, idf: Vectors) -> Any:
    """One sparse row a sentence: vector, then n-grams."""
    rows = ngrams.weighted([row for line in lines for row in line.rows], idf)
    return joined(centred(np.vstack([line.vectors for line in lines]), mean), rows, BITS)


def make(folder: Path, judged: Path, seeds: Sequence[str], encoder: Encoder, out: Path) -> Scores:
    """Learn from the writers of a folder, judge, and write the model; what it scores.

    Raises:
        ModelError: see `read_lines` and `fit`.
    """
    writers = [read_lines(file, encoder) for file in sorted(folder.glob("*.jsonl"))]
    learned, apart = ([line_of(text, encoder) for text in seeds[start::2]] for start in (0, 1))

    def fit_on(parts: Sequence[Sequence[Line]]) -> Fitted:
        """Moved so that 0 is what few ordinary tickets reach."""
        fitted = fit([*(line for part in parts for line in part), *learned])
        limit = float(np.quantile(fitted.highest(apart), 1 - FALSE_ALARMS))
        return replace(fitted, bias=fitted.bias - limit)

    left_out = [
        found_in(writer, fit_on([other for other in writers if other is not writer]))
        for writer in writers
    ]
    whole = fit_on(writers)
    last = found_in(read_lines(judged, encoder), whole)
    found, lookalikes = np.mean(left_out, axis=0).tolist()
    names = ("found", "lookalikes", "judged_found", "judged_lookalikes", "false_alarms")
    shares = (found, lookalikes, *last, FALSE_ALARMS)
    scores = {name: round(share, 3) for name, share in zip(names, shares, strict=True)}
    lines = [line for writer in writers for line in writer]
    sizes = {"orders": sum(x.order for x in lines), "others": sum(not x.order for x in lines)}
    _write(out, whole, encoder, sizes, scores)
    return scores


def found_in(lines: Sequence[Line], fitted: Fitted) -> tuple[float, float]:
    """Of lines with an order, and of those without, the shares taken for one."""
    high = fitted.highest(lines) >= 0
    order = np.array([line.order for line in lines])
    return float(high[order].mean()), float(high[~order].mean())


def _clearest(line: Line, scores: Doubles) -> Line:
    return line.take(np.flatnonzero(scores >= scores.max() - NEAR).tolist())


def _write(
    out: Path, fitted: Fitted, encoder: Encoder, sizes: Mapping[str, int], scores: Scores
) -> None:
    width = len(fitted.mean)
    out.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(
        out / WEIGHTS,
        mean=fitted.mean.astype(np.float32),
        dense=fitted.weights[:width].astype(np.float32),
        hashed=fitted.weights[width:, None].astype(np.float16),
        idf=fitted.idf.astype(np.float16),
        bias=np.float32(fitted.bias),
    )
    digest = sha256((out / WEIGHTS).read_bytes()).hexdigest()
    manifest = {
        "name": NAME,
        "version": f"1.{digest[:8]}",
        "licence": "Apache-2.0",
        "encoder": encoder.manifest.sha256,
        "data": sizes,
        "scores": scores,
        "files": {WEIGHTS: digest},
    }
    (out / MANIFEST).write_text(toml(manifest), "utf-8")
    (out / CARD).write_text(CARD_TEXT.format(**manifest, **sizes, **scores), "utf-8")
