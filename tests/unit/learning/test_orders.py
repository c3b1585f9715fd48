"""The map of orders is learned from lines of which only one sentence may be the order."""

from pathlib import Path

import numpy as np
import pytest

from ticketstream.learning.orders import BITS, Line, fit, found_in, read_lines
from ticketstream.processors import ngrams
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.lower import WIDTH
from ticketstream.schemas.errors import ModelError

DICE = np.random.default_rng(2)
ENCODER = Encoder.load(Path(__file__).parents[3] / "models/encoder")


def line(*kinds: int, order: bool) -> Line:
    """A line whose sentences point in the direction of their kind."""
    vectors = DICE.normal(scale=0.2, size=(len(kinds), WIDTH)).astype(np.float32)
    vectors[range(len(kinds)), kinds] += 3.0
    return Line(order, vectors, [ngrams.counts(f"kind {kind}", BITS) for kind in kinds])


def test_the_sentence_that_only_orders_have_is_found_among_ordinary_ones() -> None:
    lines = [line(5, 0, order=True) for _ in range(20)] + [line(0, 1, order=False)] * 20
    fitted = fit(lines)
    assert fitted.scores(line(5, order=True))[0] > 0 > fitted.scores(line(0, order=False))[0]
    assert found_in(lines, fitted) == (1.0, 0.0)


def test_one_kind_alone_teaches_nothing() -> None:
    with pytest.raises(ModelError, match="both needed"):
        fit([line(0, order=True)])


def test_a_line_that_is_none_is_named(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    file.write_text('{"text": "Where is it?", "order": false}\n{"text": "Hi"}\n', "utf-8")
    with pytest.raises(ModelError, match="line 2: needs `text` and `order`"):
        read_lines(file, ENCODER)
