"""Fitted approaches, the classify stage -> milliseconds and texts a second on one thread."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from classify_rows import Fitted, Memory
from figures import percentiles, spread
from threadpoolctl import threadpool_limits

from ticketstream.learning.examples import Example
from ticketstream.learning.opinions import ticket_of
from ticketstream.processors.classify import ClassifyResources, classify
from ticketstream.processors.encoder import Encoder

ONE_BY_ONE, TOGETHER, REPEATS = 200, 256, 3
WARM = 10
EUR_A_CORE_HOUR = 0.04  # what a rented virtual core costs; change it with --core-price
LENGTHS = {64: 8.0, 128: 16.0}  # tokens: milliseconds that 19 of 20 tickets may take


def speed(fitted: Fitted, memory: Memory, texts: Sequence[str], price: float) -> dict[str, Any]:
    """One text at a time, then all at once, three times; cost is CPU time at the core's price."""
    with one_thread(), reading(memory):
        each = _times(lambda text: fitted.shares([text]), texts[:ONE_BY_ONE])
        many = [*texts[:TOGETHER]]
        rates = [len(many) / _took(lambda: fitted.shares(many)) for _ in range(REPEATS)]
    told = spread(rates)
    return {
        "ms": percentiles(each),
        "texts_per_s": {"median": told.median, "min": told.min, "max": told.max},
        "eur_per_1000": 1000 / told.median / 3600 * price,
    }


def stage(resources: ClassifyResources, texts: Sequence[str]) -> dict[int, dict[str, float]]:
    """The real stage, from masked ticket to event, on tickets of 64 and of 128 tokens."""
    found = {}
    with one_thread():
        for length in LENGTHS:
            cut = [_cut(text, length, resources.encoder) for text in _long(texts, length)]
            tickets = [ticket_of(Example(t, "en", ""), n) for n, t in enumerate(cut, 1)]
            runs = [
                percentiles(_times(lambda t: classify([t], resources), tickets))
                for _ in range(REPEATS)
            ]
            found[length] = {p: spread([run[p] for run in runs]).median for p in ("p50", "p95")}
            found[length]["p95_min"] = min(run["p95"] for run in runs)
            found[length]["p95_max"] = max(run["p95"] for run in runs)
    return found


@contextmanager
def one_thread() -> Iterator[None]:
    """No library computes on more than one thread."""
    try:
        import torch  # noqa: PLC0415  # only where the trunk is tuned
    except ImportError:
        with threadpool_limits(1):
            yield
        return
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with threadpool_limits(1):
            yield
    finally:
        torch.set_num_threads(before)


@contextmanager
def reading(memory: Memory) -> Iterator[None]:
    """Every text is read anew."""
    memory.timed = True
    try:
        yield
    finally:
        memory.timed = False


def _long(texts: Sequence[str], length: int) -> list[str]:
    """Texts in a row, joined until each is long enough."""
    joined = " ".join(texts)
    step = length * 8  # characters: more than so many tokens need
    return [joined[at : at + step] for at in range(0, len(joined) - step, step)][:ONE_BY_ONE]


def _cut(text: str, length: int, encoder: Encoder) -> str:
    """The beginning of a text that is so many tokens, both ends and the prefix among them."""
    encoding = encoder.lower.tokens([text])[0]
    return text[: encoder.lower.places(encoding)[length - 2][1]]


def _times(work: Callable[[Any], object], given: Sequence[Any]) -> list[float]:
    """Milliseconds of each."""
    for one in given[:WARM]:
        work(one)
    return [1000 * _took(lambda one=one: work(one)) for one in given]  # type: ignore[misc]


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
