"""A ticket and the rules that fired -> the reasons, with the values that the rules looked at."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from ticketstream.processors.decision.rules import RULES
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Route
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import Escalation, Reason


@dataclass(frozen=True, slots=True)
class Case:
    """What a reason may name."""

    ticket: TicketClassified
    policy: Policy
    escalation: Escalation
    undrawn: Route = "manual_queue"  # what the rules say without a draw


Values = dict[str, object]


def reasons_of(case: Case, fired: Iterable[int]) -> tuple[Reason, ...]:
    """The reasons of the rules that fired (places in `RULES`), in their order."""
    return tuple(reason for place in fired for reason in _reasons(case, RULES[place].code))


def _reasons(case: Case, code: str) -> Iterator[Reason]:
    if code == "trigger":  # a reason for each
        special = [t for t in case.ticket.triggers if t in case.policy.specialist_triggers]
        yield from (Reason(code, {"trigger": trigger}) for trigger in special)
        return
    values = VALUES[code](case) if code in VALUES else {}
    yield Reason(code, {name: _text(value) for name, value in values.items()})


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _confidence(case: Case) -> Values:
    return {"confidence": case.ticket.confidence}


def _pair(case: Case) -> Values:
    return {"pair": f"{case.ticket.sub_category}/{case.ticket.intent}"}


def _opinion(case: Case) -> Values:
    opinion = case.ticket.second_opinion
    return {"status": opinion.status if opinion else ""}


VALUES: dict[str, Callable[[Case], Values]] = {
    "auto_generated": lambda c: {"kind": c.ticket.auto_submitted},
    "spam": lambda c: {"score": c.ticket.spam},
    "legal_demand": lambda c: {"intent": c.ticket.intent},
    "escalation": lambda c: {
        "score": c.escalation.score,
        "limit": c.policy.escalation.threshold,
    },
    "high_value_order": lambda c: {
        "amount": c.ticket.facts.order_amount,
        "limit": c.policy.thresholds.high_value_amount,
    },
    "out_of_scope": lambda c: {"score": c.ticket.out_of_scope},
    "injection": lambda c: {"score": c.ticket.injection},
    "language": lambda c: {"language": c.ticket.language.code or "unknown"},
    "explored": lambda c: {"instead_of": c.undrawn},
    "whitelisted": lambda c: {**_pair(c), **_confidence(c)},
    "not_whitelisted": _pair,
    "several_requests": lambda c: {"count": len(c.ticket.secondary) + 1},
    "anger": lambda c: {"anger": c.ticket.sentiment.anger},
    "second_opinion": _opinion,
    "confident": _confidence,
    "unsure": _confidence,
}
