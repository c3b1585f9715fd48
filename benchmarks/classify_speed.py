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
        runs = [_took(lambda: fitted.shares(many)) for _ in range(REPEATS)]
    rates = spread([len(many) / wall for wall, _ in runs])
    cpu = spread([seconds / len(many) for _, seconds in runs]).median
    return {
        "ms": percentiles([wall for wall, _ in each]),
        "texts_per_s": {"median": rates.median, "min": rates.min, "max": rates.max},
        "eur_per_1000": 1000 * cpu / 3600 * price,
    }


def stage(resources: ClassifyResources, texts: Sequence[str]) -> dict[int, dict[str, float]]:
    """The real stage, from masked ticket to event, on tickets of 64 and of 128 tokens.

    Milliseconds of the clock, and of CPU: these hardly change when other work takes the core away.
    """
    with one_thread():
        return {length: _stage(resources, texts, length) for length in LENGTHS}


def _stage(resources: ClassifyResources, texts: Sequence[str], length: int) -> dict[str, float]:
    cut = [_cut(text, length, resources.encoder) for text in _long(texts, length)]
    tickets = [ticket_of(Example(t, "en", ""), n) for n, t in enumerate(cut, 1)]
    runs = [_times(lambda t: classify([t], resources), tickets) for _ in range(REPEATS)]
    clock = [percentiles([wall for wall, _ in run]) for run in runs]
    cpu = [percentiles([seconds for _, seconds in run]) for run in runs]
    return {
        "p50": spread([run["p50"] for run in clock]).median,
        "p95": spread([run["p95"] for run in clock]).median,
        "p95_min": min(run["p95"] for run in clock),
        "p95_max": max(run["p95"] for run in clock),
        "cpu_p50": spread([run["p50"] for run in cpu]).median,
        "cpu_p95": spread([run["p95"] for run in cpu]).median,
    }


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


def _times(work: Callable[[Any], object], given: Sequence[Any]) -> list[tuple[float, float]]:
    """Milliseconds of each, by the clock and of CPU."""
    for one in given[:WARM]:
        work(one)
    each = [_took(lambda one=one: work(one)) for one in given]  # type: ignore[misc]
    return [(1000 * wall, 1000 * cpu) for wall, cpu in each]


def _took(work: Callable[[], object]) -> tuple[float, float]:
    """Seconds, by the clock and of CPU."""
    began, before = time.perf_counter(), time.process_time()
    work()
    return time.perf_counter() - began, time.process_time() - before
