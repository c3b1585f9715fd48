"""Decided tickets and a policy -> what the policy would have given, and what nobody can tell."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from ticketstream.learning.bands import BANDS, bands_of
from ticketstream.learning.counterfactual.archived import SCALES, Decided, OutcomeName, Scale
from ticketstream.learning.counterfactual.estimate import Valued, value
from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.learning.replay.intervals import Estimate
from ticketstream.processors.decision.columns import Columns, Floats, Ids, Mask
from ticketstream.processors.decision.decide import decide
from ticketstream.processors.decision.drawn import Places
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.processors.policy import version_of
from ticketstream.schemas.policy import Policy, PolicyVersion

ENOUGH = 10  # tickets sent the new way by chance, below which only the interval is worth a look


@dataclass(frozen=True, slots=True)
class Refused:
    """Tickets of one kind (by what) that the new policy sends where the log never could."""

    by: str
    name: str
    tickets: int
    of: int


@dataclass(frozen=True, slots=True)
class Known:
    """Of how many tickets of a route the outcome is known."""

    route: str
    known: int
    of: int


@dataclass(frozen=True, slots=True)
class WouldHave:
    """An outcome under the policies that decided and under another one.

    Attributes:
        tickets: decided ones.
        supported: those of which something can be said; `valued` is about them only.
        moved: the supported ones that the new policy sends another way than the log mostly did.
        telling, effective: those of them that tell, and what they are worth in equal weights.
        before, after, gain: None where nothing can be estimated.
        thin: fewer than ten tell: the interval holds, the value in its middle means little.
    """

    policy: PolicyVersion
    outcome: str
    scale: Scale
    tickets: int
    supported: int
    refused: tuple[Refused, ...]
    moved: int
    telling: int
    effective: float
    before: Estimate | None
    after: Estimate | None
    gain: Estimate | None
    thin: bool
    known: tuple[Known, ...]
    erased: int
    undecided: int
    capped: int


def would_have(rows: Decided, policy: Policy, outcome: OutcomeName) -> WouldHave:
    """Estimate where there is support, refuse elsewhere."""
    target, scale = by_rules(rows.columns, policy), SCALES[outcome]
    log = Logged(
        rows.taken,
        target,
        rows.eligible[np.arange(len(target)), target],
        (rows.outcome - scale.least) / (scale.most - scale.least),
        np.asarray(rows.columns.category.codes, np.intp),
    )
    able = log.of(log.supported)
    found = value(able) if able.answered.any() else None
    return WouldHave(
        policy=version_of(policy),
        outcome=outcome,
        scale=scale,
        tickets=len(log),
        supported=len(able),
        refused=tuple(_refused(rows, log)),
        moved=int(able.moved.sum()),
        telling=found.telling if found else 0,
        effective=round(found.effective, 1) if found else 0.0,
        **_told(found, scale),
        thin=found is not None and found.moved > 0 and found.telling < ENOUGH,
        known=tuple(_known(log)),
        erased=rows.erased,
        undecided=rows.undecided,
        capped=rows.capped,
    )


def by_rules(columns: Columns, policy: Policy) -> Places:
    """The routes by the policy's rules alone: live, without exploration and audit of its own."""

    def no_dice(ids: Ids, _purpose: str) -> Floats:
        return np.ones(len(ids))

    rules = replace(policy, mode="live", exploration_rate=0.0, audit_rate=0.0)
    return np.asarray(decide(columns, rules, no_dice).undrawn, np.intp)


def _told(found: Valued | None, scale: Scale) -> dict[str, Estimate | None]:
    if found is None:
        return dict.fromkeys(("before", "after", "gain"))
    width = scale.most - scale.least

    def scaled(e: Estimate, least: float) -> Estimate:
        return Estimate(*(least + width * x for x in (e.value, e.low, e.high)))

    before, after = scaled(found.before, scale.least), scaled(found.after, scale.least)
    return {"before": before, "after": after, "gain": scaled(found.gain, 0.0)}


def _refused(rows: Decided, log: Logged) -> list[Refused]:
    """What has no support, by the way it would go, by category and by confidence; most first."""
    gone = ~log.supported
    usual = rows.eligible.argmax(axis=1)
    ways = usual * len(ROUTES) + log.target
    category = rows.columns.category
    names: list[tuple[str, Places, Callable[[int], str]]] = [
        ("route", ways, lambda n: f"{ROUTES[n // len(ROUTES)]} -> {ROUTES[n % len(ROUTES)]}"),
        ("category", np.asarray(category.codes), lambda n: category.vocabulary[n]),
        ("confidence", bands_of(rows.columns.confidence), lambda n: BANDS[n]),
    ]
    return [r for by, codes, name in names for r in _counted(by, codes, gone, name)]


def _counted(by: str, codes: Places, gone: Mask, name: Callable[[int], str]) -> Sequence[Refused]:
    every, mine = np.bincount(codes), np.bincount(codes[gone], minlength=1)
    found = [
        Refused(by, name(n), int(count), int(every[n])) for n, count in enumerate(mine) if count
    ]
    return sorted(found, key=lambda r: (-r.tickets, r.name))


def _known(log: Logged) -> list[Known]:
    return [
        Known(route, int((log.answered & mine).sum()), int(mine.sum()))
        for place, route in enumerate(ROUTES)
        if (mine := log.taken == place).any()
    ]
