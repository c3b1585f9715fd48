"""Stored decisions and a policy -> what it would have decided, and the difference in numbers."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ticketstream.learning.replay.costs import Costs
from ticketstream.learning.replay.intervals import Estimate, hits_among, total_of, wilson
from ticketstream.learning.replay.stored import Stored
from ticketstream.processors.decision.columns import Coded, Floats
from ticketstream.processors.decision.decide import Decisions, decide
from ticketstream.processors.decision.draws import Draws
from ticketstream.processors.decision.rules import ROUTES, RULES
from ticketstream.processors.policy import version_of
from ticketstream.processors.route import queue_of
from ticketstream.schemas.policy import Policy, PolicyVersion

AUTO, SUGGESTION = ROUTES.index("auto_reply"), ROUTES.index("agent_suggestion")
# how much care of people a route gives: what moves furthest on this ladder changes most
CARE = {
    "no_reply": 0,
    "auto_reply": 1,
    "agent_suggestion": 2,
    "manual_queue": 3,
    "escalate_senior": 4,
    "escalate_specialist": 5,
}
SHOWN = 20
Places = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Move:
    """Tickets that went one way before and another after; equal where nothing changed."""

    before: str
    after: str
    tickets: int


@dataclass(frozen=True, slots=True)
class Side:
    """One policy over these tickets.

    Attributes:
        auto: the share that a machine answers.
        assisted: the share that a machine answers or suggests an answer to.
        wrong: how many automatic answers are wrong, as the calibrated confidence expects it: an
            expectation, nothing that was observed.
        cost: of all tickets, in the unit of the table of costs.
    """

    auto: Estimate
    assisted: Estimate
    wrong: Estimate
    cost: Estimate


@dataclass(frozen=True, slots=True)
class Load:
    """A queue's tickets, and its share after with the interval."""

    queue: str
    before: int
    after: int
    share: Estimate


@dataclass(frozen=True, slots=True)
class Changed:
    """A ticket that goes elsewhere; `steps` on the ladder of care, down is negative."""

    ticket_id: str
    before: str
    after: str
    reason_before: str
    reason_after: str
    confidence: float
    steps: int


@dataclass(frozen=True, slots=True)
class Point:
    """Of the curve: the share answered automatically, and how much of that is wrong."""

    threshold: float
    coverage: float
    risk: float


@dataclass(frozen=True, slots=True)
class Replayed:
    """What another policy does to stored decisions.

    Attributes:
        shadow: the policy sends nothing yet: its automatic replies are agents' work.
        policies: under which policies was decided, and how often.
        undecided, erased, unreadable: what is not compared.
        curve: risk by coverage under the rules of the new policy as its threshold moves.
    """

    policy: PolicyVersion
    shadow: bool
    compared: int
    policies: dict[str, int]
    matrix: tuple[Move, ...]
    before: Side
    after: Side
    unit: str
    workload: tuple[Load, ...]
    changed: tuple[Changed, ...]
    curve: tuple[Point, ...]
    undecided: int
    erased: int
    unreadable: int

    @property
    def moved(self) -> int:
        """Tickets that go elsewhere."""
        return sum(m.tickets for m in self.matrix if m.before != m.after)


@dataclass(frozen=True, slots=True)
class Redecided:
    """Every row's routes and queues, before and after; places in `ROUTES`."""

    before: Places
    decisions: Decisions
    queue: Coded[str]


def redecide(rows: Stored, policy: Policy, draws: Draws) -> Redecided:
    """Decide all rows by the policy."""
    decisions = decide(rows.columns, policy, draws)
    routes = rows.before.route
    places = np.array([_place(r) for r in routes.vocabulary], np.intp)
    return Redecided(places[routes.codes], decisions, _queues(rows, policy, decisions))


def compare(rows: Stored, policy: Policy, made: Redecided, costs: Costs, draws: Draws) -> Replayed:
    """The difference, by what the rules want: shadow mode holds nothing back here."""
    after = np.asarray(made.decisions.wanted, np.intp)
    pairs = np.bincount(made.before * len(ROUTES) + after, minlength=len(ROUTES) ** 2)
    return Replayed(
        policy=version_of(policy),
        shadow=policy.mode == "shadow",
        compared=len(rows),
        policies=_counts(rows.before.policy),
        matrix=tuple(
            Move(ROUTES[place // len(ROUTES)], ROUTES[place % len(ROUTES)], int(count))
            for place, count in enumerate(pairs)
            if count
        ),
        before=_side(made.before, rows.columns.confidence, costs),
        after=_side(after, rows.columns.confidence, costs),
        unit=costs.unit,
        workload=tuple(_workload(rows, made.queue)),
        changed=tuple(_changed(rows, made.before, after, made.decisions)),
        curve=curve(rows, policy, draws),
        undecided=rows.undecided,
        erased=rows.erased,
        unreadable=rows.unreadable,
    )


def curve(rows: Stored, policy: Policy, draws: Draws, points: int = 200) -> tuple[Point, ...]:
    """Answer the surest first, among those to whom no rule but the threshold objects."""
    limits = replace(policy.thresholds, auto_reply=0.0)
    open_ = replace(
        policy, thresholds=limits, intent_thresholds={}, audit_rate=0.0, exploration_rate=0.0
    )
    able = np.asarray(decide(rows.columns, open_, draws).wanted) == AUTO
    sure = np.sort(rows.columns.confidence[able])[::-1]
    if not len(sure):
        return ()
    risk = np.cumsum(1 - sure) / np.arange(1, len(sure) + 1)
    places = np.unique(np.linspace(0, len(sure) - 1, min(points, len(sure))).astype(int))
    return tuple(Point(float(sure[n]), (int(n) + 1) / len(rows), float(risk[n])) for n in places)


def _place(route: str) -> int:
    # the empty value of an absent route is in every vocabulary, and on no row
    return ROUTES.index(route) if route in ROUTES else 0


def _side(routes: Places, confidence: Floats, costs: Costs) -> Side:
    auto = routes == AUTO
    assisted = auto | (routes == SUGGESTION)
    return Side(
        wilson(int(auto.sum()), len(routes)),
        wilson(int(assisted.sum()), len(routes)),
        hits_among(np.clip(1 - confidence[auto], 0, 1)),
        total_of(np.bincount(routes, minlength=len(ROUTES)), costs.array),
    )


def _queues(rows: Stored, policy: Policy, decisions: Decisions) -> Coded[str]:
    category = rows.columns.category
    names = [queue_of(policy, route, each).name for route in ROUTES for each in category.vocabulary]
    vocabulary = list(dict.fromkeys(names))
    places = np.array([vocabulary.index(name) for name in names], np.int32)
    chosen = np.asarray(decisions.chosen, np.intp)
    return Coded(places[chosen * len(category.vocabulary) + category.codes], vocabulary)


def _workload(rows: Stored, after: Coded[str]) -> Sequence[Load]:
    old, new = _counts(rows.before.queue), _counts(after)
    return [
        Load(name, old.get(name, 0), n := new.get(name, 0), wilson(n, len(rows)))
        for name in sorted(set(old) | set(new))
    ]


def _changed(
    rows: Stored, before: Places, after: Places, decisions: Decisions
) -> Iterator[Changed]:
    """Furthest first; then who loses care, then the least confident, then by id."""
    care = np.array([CARE[route] for route in ROUTES])
    steps = care[after] - care[before]
    moved = np.flatnonzero(steps)
    keys = (rows.columns.confidence[moved], steps[moved] > 0, -np.abs(steps[moved]))
    order = np.lexsort(keys)
    edge = order[SHOWN - 1 : SHOWN]
    # equals of the last one too: who is shown must not hang on the order of reading
    equal = np.logical_and.reduce([key[order] == key[edge] for key in keys]) if len(edge) else ()
    kept = moved[order[: max(SHOWN, int(np.flatnonzero(equal).max(initial=-1)) + 1)]]
    reason = rows.before.reason
    found = [
        Changed(
            rows.ticket_id[int(n)].as_py(),
            ROUTES[before[n]],
            ROUTES[after[n]],
            reason.vocabulary[reason.codes[n]],
            RULES[int(decisions.first[n])].code,
            round(float(rows.columns.confidence[n]), 4),
            int(steps[n]),
        )
        for n in kept
    ]
    found.sort(key=lambda c: (-abs(c.steps), c.steps > 0, c.confidence, c.ticket_id))
    yield from found[:SHOWN]


def _counts(column: Coded[str]) -> dict[str, int]:
    numbers = np.bincount(np.asarray(column.codes, np.intp), minlength=len(column.vocabulary))
    found: dict[str, int] = {}
    for name, count in zip(column.vocabulary, numbers.tolist(), strict=True):
        if count:
            found[name] = found.get(name, 0) + count
    return dict(sorted(found.items()))
