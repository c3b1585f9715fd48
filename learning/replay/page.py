"""The numbers of a replay, a language -> one HTML page that needs nothing else."""

from dataclasses import dataclass
from functools import partial
from math import ceil
from typing import Any

from ticketstream.learning.pages import page as pages
from ticketstream.learning.replay.compare import CARE, Replayed, Side
from ticketstream.learning.replay.words import WORDS, because, unit
from ticketstream.processors.taxonomy import Tongue
from ticketstream.processors.words import word

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 360, 84, 36, 20, 16
MOST = 5  # parts of an axis
STEPS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2)
ROOM = 40  # what a name takes in height, and half of what it takes in width


@dataclass(frozen=True, slots=True)
class Dot:
    """A policy on the chart, and where its name stands."""

    name: str
    x: float
    y: float
    coverage: float
    risk: float
    label_x: float
    label_y: float
    anchor: str


def page(result: Replayed, tongue: Tongue = "en") -> str:
    """The page."""
    before, after = result.before, result.after
    return pages.page(
        "replay/page.html",
        WORDS,
        tongue,
        r=result,
        left=left_out(result),
        shares=[(n, getattr(before, n), getattr(after, n)) for n in ("auto", "assisted")],
        totals=[(n, getattr(before, n), getattr(after, n)) for n in ("wrong", "cost")],
        chart=_chart(result),
        matrix=_matrix(result, tongue),
        unit=unit(result.unit, tongue),
        loads=_loads(result),
        because=partial(because, tongue=tongue),
    )


def left_out(result: Replayed) -> list[tuple[int, str]]:
    """How many are not compared, and why (a key of the words)."""
    counts = ((getattr(result, name), name) for name in ("undecided", "erased", "unreadable"))
    return [(count, name) for count, name in counts if count]


def _chart(result: Replayed) -> dict[str, Any]:
    sides = [("before", result.before), ("after", result.after)]
    dots = [(name, s.auto.value, _risk(s, result.compared)) for name, s in sides]
    points = [(p.coverage, p.risk) for p in result.curve]
    across = _ticks(max([x for x, _ in points] + [x for _, x, _ in dots], default=0.0))
    up = _ticks(max([y for _, y in points] + [y for _, _, y in dots], default=0.0))

    def place(x: float, y: float) -> tuple[float, float]:
        wide, high = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return round(LEFT + wide * x / across[-1], 1), round(TOP + high * (1 - y / up[-1]), 1)

    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "line": " ".join(f"{x},{y}" for x, y in (place(*p) for p in points)),
        "across": [(place(share, 0)[0], share) for share in across],
        "up": [(place(0, share)[1], share) for share in up],
        "dots": [_dot(name, place(x, y), x, y, above=name == "after") for name, x, y in dots],
    }


def _dot(name: str, at: tuple[float, float], coverage: float, risk: float, *, above: bool) -> Dot:
    """A dot with its name: the one's above it, the other's below, or higher where no room is."""
    x, y = at
    below = 30 if y + ROOM < HEIGHT - BOTTOM else -38
    late = x > WIDTH - RIGHT - ROOM * 2
    return Dot(
        name, x, y, coverage, risk, x, y + (-14 if above else below), "end" if late else "start"
    )


def _risk(side: Side, compared: int) -> float:
    answered = side.auto.value * compared
    return side.wrong.value / answered if answered else 0.0


def _ticks(value: float) -> list[float]:
    """Shares from 0 on, in round steps, until one is not below."""
    step = next((s for s in STEPS if s * MOST >= value), STEPS[-1])
    return [n * step for n in range(max(1, ceil(round(value / step, 6))) + 1)]


def _matrix(result: Replayed, tongue: Tongue) -> pages.Heat:
    counts = {(m.before, m.after): m.tickets for m in result.matrix}
    called = {r: word("route", r, tongue) for r in CARE if any(r in pair for pair in counts)}
    return pages.heat(counts, called, called)


def _loads(result: Replayed) -> list[tuple[Any, float, float]]:
    most = max((max(load.before, load.after) for load in result.workload), default=1) or 1
    return [(load, load.before / most, load.after / most) for load in result.workload]
