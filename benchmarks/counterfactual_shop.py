"""A shop whose truth is known: tickets, decisions by the real rules, outcomes of every route.

Every ticket has an outcome for every route, drawn before anything is decided; the log shows that of
the route that was taken, and of some tickets not even that.
"""

from dataclasses import dataclass, replace

import numpy as np

from ticketstream.learning.counterfactual.logged import Logged
from ticketstream.learning.counterfactual.report import by_rules
from ticketstream.processors.decision.columns import Coded, Columns, Floats, Ids
from ticketstream.processors.decision.decide import decide
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.processors.policy import default_policy
from ticketstream.schemas.policy import Pair, Policy, Thresholds

PAIRS = (
    ("track_order", "order_status"),
    ("eta", "delivery"),
    ("invoice_request", "payment_invoice"),
)
SHARES = (0.5, 0.3, 0.2)
INTENTS = ("ask_status", "ask_information", "complain")
AUTO = ROUTES.index("auto_reply")


@dataclass(frozen=True, slots=True)
class Case:
    """One kind of log: how many tickets, how much is explored, which share of customers rates."""

    name: str
    tickets: int
    exploration: float
    audit: float
    rates: float  # 1: every outcome is known
    slope: float = 2.2  # how fast a machine gets worse as it gets less sure


CASES = (
    Case("small shop, every outcome known", 2_000, 0.03, 0.05, 1.0),
    Case("every outcome known", 10_000, 0.02, 0.05, 1.0),
    Case("one in four customers rates", 10_000, 0.02, 0.05, 0.25),
    Case("little exploration", 5_000, 0.01, 0.0, 1.0),
    Case("a machine hardly worse than people", 10_000, 0.02, 0.05, 1.0, 0.75),
)
THRESHOLDS = Thresholds(auto_reply=0.85, suggestion=0.7)


def policies(case: Case) -> tuple[Policy, Policy]:
    """The one that decided, and the one that is asked about: its threshold is lower."""
    pairs = tuple(Pair(sub, intent) for sub, _ in PAIRS for intent in INTENTS[:2])
    old = replace(
        default_policy(),
        mode="live",
        whitelist=pairs,
        thresholds=THRESHOLDS,
        exploration_rate=case.exploration,
        exploration_width=0.05,
        exploration_intents=INTENTS[:2],
        audit_rate=case.audit,
    )
    return old, replace(old, thresholds=replace(THRESHOLDS, auto_reply=0.81))


def tickets(dice: np.random.Generator, number: int) -> Columns:
    """Ordinary tickets, a few angry, a few of value; sure about most."""
    sub = dice.choice(len(PAIRS), number, p=SHARES)
    none = Coded.of([""] * number)
    return Columns(
        event_id=dice.integers(0, 256, (number, 16), np.uint8),
        occurred_at=np.arange(number),
        shop=none,
        language=Coded(dice.integers(0, 2, number), ("en", "de")),
        category=Coded(sub, tuple(category for _, category in PAIRS)),
        sub_category=Coded(sub, tuple(name for name, _ in PAIRS)),
        intent=Coded(dice.choice(3, number, p=(0.6, 0.3, 0.1)), INTENTS),
        auto_submitted=Coded.of(["no"] * number),
        payment=none,
        triggers=Coded(np.zeros(number, np.int32), ((),)),
        confidence=dice.beta(8, 2, number),
        anger=dice.beta(1, 12, number),
        injection=np.zeros(number),
        spam=np.zeros(number),
        out_of_scope=np.zeros(number),
        customer_value=dice.exponential(150, number),
        order_amount=dice.exponential(80, number),
        case_tickets=dice.poisson(0.2, number).astype(np.float64),
        secondary=np.zeros(number, np.int32),
        unmeasured=np.zeros(number, np.bool_),
    )


def good(columns: Columns, slope: float) -> Floats:
    """The chance of a good end by ticket and route: a machine's hangs on its confidence."""
    category = np.array([0.0, -0.05, -0.1])[columns.category.codes]
    chances = np.tile((0.86 + category - 0.3 * columns.anger)[:, None], (1, len(ROUTES)))
    sure = 1 - slope * (1 - columns.confidence)
    chances[:, AUTO] = sure + category - 0.3 * columns.anger
    within: Floats = np.clip(chances, 0, 1)
    return within


@dataclass(frozen=True, slots=True)
class Year:
    """What is logged, and what nobody in the shop can know."""

    log: Logged
    before: float
    after: float


def year(case: Case, seed: int) -> Year:
    """One log with its truth; both are about the tickets with support."""
    dice = np.random.default_rng(seed)
    columns = tickets(dice, case.tickets)
    old, new = policies(case)

    def draws(ids: Ids, _purpose: str) -> Floats:
        return dice.random(len(ids))

    decisions = decide(columns, old, draws)
    rows = np.arange(case.tickets)
    taken, target = np.asarray(decisions.chosen, np.intp), by_rules(columns, new)
    ends = dice.random((case.tickets, len(ROUTES))) < good(columns, case.slope)
    # people rate what people answered more often, and late parcels more often than invoices
    rate = case.rates * np.where(taken == AUTO, 0.7, 1.0)
    rate *= np.array([1.0, 1.2, 0.7])[columns.category.codes]
    told = dice.random(case.tickets) < (rate if case.rates < 1 else 1.0)
    outcome = np.where(told, ends[rows, taken], np.nan)
    codes = np.asarray(columns.category.codes, np.intp)
    log = Logged(taken, target, decisions.eligible[rows, target], outcome, codes)
    able = log.supported
    return Year(
        log.of(able),
        float(ends[rows, taken][able].mean()),
        float(ends[rows, target][able].mean()),
    )
