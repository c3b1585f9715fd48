"""The numbers of a replay -> one HTML page that needs nothing else: no script, no other file."""

from dataclasses import dataclass
from importlib.resources import files
from typing import Any

from jinja2 import Environment, StrictUndefined

from ticketstream.learning.replay.compare import CARE, Replayed, Side

WIDTH, HEIGHT, LEFT, BOTTOM, TOP, RIGHT = 640, 320, 56, 44, 16, 24
TICKS = 5
STEPS = (0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class Dot:
    """A policy on the chart."""

    name: str
    x: float
    y: float
    coverage: float
    risk: float


def page(result: Replayed) -> str:
    """The page."""
    room = files("ticketstream.learning.replay")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    environment.filters |= {"percent": _percent, "number": _number}
    template = environment.from_string((room / "page.html").read_text("utf-8"))
    return template.render(
        r=result, chart=_chart(result), matrix=_matrix(result), loads=_loads(result)
    )


def _chart(result: Replayed) -> dict[str, Any]:
    sides = [("before", result.before), ("after", result.after)]
    dots = [(name, s.auto.value, _risk(s, result.compared)) for name, s in sides]
    points = [(p.coverage, p.risk) for p in result.curve]
    widest = _up(max([x for x, _ in points] + [x for _, x, _ in dots], default=0.0))
    highest = _up(max([y for _, y in points] + [y for _, _, y in dots], default=0.0))

    def place(x: float, y: float) -> tuple[float, float]:
        across, up = WIDTH - LEFT - RIGHT, HEIGHT - TOP - BOTTOM
        return round(LEFT + across * x / widest, 1), round(TOP + up * (1 - y / highest), 1)

    shares = [n / TICKS for n in range(TICKS + 1)]
    return {
        "width": WIDTH,
        "height": HEIGHT,
        "left": LEFT,
        "right": WIDTH - RIGHT,
        "floor": HEIGHT - BOTTOM,
        "line": " ".join(f"{x},{y}" for x, y in (place(*p) for p in points)),
        "across": [(place(s * widest, 0)[0], s * widest) for s in shares],
        "up": [(place(0, s * highest)[1], s * highest) for s in shares],
        "dots": [Dot(name, *place(x, y), x, y) for name, x, y in dots],
    }


def _risk(side: Side, compared: int) -> float:
    answered = side.auto.value * compared
    return side.wrong.value / answered if answered else 0.0


def _up(value: float) -> float:
    """A round number that is not below."""
    return next((step for step in STEPS if step >= value), 1.0)


def _matrix(result: Replayed) -> dict[str, Any]:
    counts = {(m.before, m.after): m.tickets for m in result.matrix}
    routes = [route for route in CARE if any(route in pair for pair in counts)]
    most = max(counts.values(), default=1)
    rows = [
        (before, [(after, n := counts.get((before, after), 0), n / most) for after in routes])
        for before in routes
    ]
    return {"routes": routes, "rows": rows}


def _loads(result: Replayed) -> list[tuple[Any, float, float]]:
    most = max((max(load.before, load.after) for load in result.workload), default=1) or 1
    return [(load, load.before / most, load.after / most) for load in result.workload]


def _percent(value: float) -> str:
    return f"{value:.1%}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 10 or value == int(value) else f"{value:,.1f}"  # noqa: PLR2004
