"""ticket.classified -> ticket.routed: who answers, and may a machine begin?

The first rule that fires decides; every rule that would have fired is stored as a reason.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Self

from ticketstream.processors.policy import version_of
from ticketstream.schemas.classified import ANSWERED, TicketClassified
from ticketstream.schemas.envelope import Producer, Route, answering
from ticketstream.schemas.policy import EscalationWeights, Pair, Policy, PolicyVersion, Queue
from ticketstream.schemas.routed import Escalation, Reason, Shadow, TicketRouted


@dataclass(frozen=True, slots=True)
class RouteResources:
    """The policy, and the key of the draws (audit), so that no customer can foresee them.

    `producer` changes with the code and with every word of the policy.
    """

    policy: Policy
    policy_version: PolicyVersion
    producer: Producer
    draw_key: bytes

    @classmethod
    def of(cls, policy: Policy, draw_key: bytes, code_version: str) -> Self:
        """The resources of one policy."""
        version = version_of(policy)
        producer = Producer("route", f"{code_version}+{version.hash[:12]}")
        return cls(policy, version, producer, draw_key)


@dataclass(frozen=True, slots=True)
class Case:
    """What the rules look at."""

    ticket: TicketClassified
    policy: Policy
    escalation: Escalation
    audit: bool


Verdict = tuple[Route, Reason]
CHARGEBACK = "chargeback"  # a class of words, and a state of a payment


def route(ticket: TicketClassified, resources: RouteResources) -> TicketRouted:
    """Decide one ticket by the policy."""
    policy = resources.policy
    audit = draw(resources.draw_key, ticket, "audit") < policy.audit_rate
    case = Case(ticket, policy, escalation_of(ticket, policy.escalation), audit)
    verdicts = [verdict for rule in RULES for verdict in rule(case)]
    wanted = verdicts[0][0]
    chosen = _allowed(wanted, policy)
    queue = queue_of(policy, chosen, ticket.category)
    eligible = _eligible(case, chosen)
    return TicketRouted(
        **answering(ticket, resources.producer),
        channel=ticket.channel,
        external=ticket.external,
        language=ticket.language,
        text=ticket.text,
        identity=ticket.identity,
        person=ticket.person,
        facts=ticket.facts,
        category=ticket.category,
        sub_category=ticket.sub_category,
        intent=ticket.intent,
        confidence=ticket.confidence,
        open_requests=ticket.secondary,
        sentiment=ticket.sentiment,
        triggers=ticket.triggers,
        route=chosen,
        queue=queue.name,
        priority=queue.priority,
        due_at=ticket.occurred_at + timedelta(hours=queue.sla_hours),
        reasons=tuple(reason for _, reason in verdicts),
        hint=_hint(ticket, chosen),
        escalation=case.escalation,
        policy=resources.policy_version,
        eligible=eligible,
        propensity=eligible[chosen],
        audit=audit and any(reason.code == "audit" for _, reason in verdicts),
        shadow=Shadow(wanted) if policy.mode == "shadow" else None,
    )


def escalation_of(ticket: TicketClassified, weights: EscalationWeights) -> Escalation:
    """Score = sentiment x (base + value + trigger + history), every term kept.

    `tickets_30d_same_case` excludes the ticket itself, so the third contact finds two before it.
    What is unknown adds nothing.
    """
    before = ticket.facts.tickets_30d_same_case or 0
    repeat = weights.repeat_sentiment if before + 1 >= weights.repeat_tickets else 0.0
    sentiment = max(ticket.sentiment.anger, repeat)
    value = weights.value * min((ticket.facts.customer_value or 0.0) / weights.value_scale, 1.0)
    trigger = weights.trigger if ticket.triggers else 0.0
    history = weights.history * min(before / weights.history_scale, 1.0)
    score = sentiment * (weights.base + value + trigger + history)
    return Escalation(score, sentiment, weights.base, value, trigger, history)


def draw(key: bytes, ticket: TicketClassified, purpose: str) -> float:
    """A number in [0, 1) that a replay draws again: a keyed hash of cause id and purpose."""
    digest = hmac.digest(key, f"{ticket.event_id}/{purpose}".encode(), "sha256")
    return int.from_bytes(digest[:8]) / 2**64


def queue_of(policy: Policy, chosen: Route, category: str) -> Queue:
    """The queue of `route/category`, else of the route, else one named as the route."""
    queues = policy.queues
    return queues.get(f"{chosen}/{category}") or queues.get(chosen) or Queue(name=chosen)


def _reason(code: str, **values: object) -> Reason:
    return Reason(code, {name: _text(value) for name, value in values.items()})


def _text(value: object) -> str:
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _special(case: Case) -> list[str]:
    return [t for t in case.ticket.triggers if t in case.policy.specialist_triggers]


def _is_demand(ticket: TicketClassified) -> bool:
    return ticket.category == "legal_privacy" and ticket.intent != "ask_information"


def _machine_mail(case: Case) -> Iterator[Verdict]:
    if _special(case) or _is_demand(case.ticket) or "safety" in case.ticket.triggers:
        return  # a machine may have sent it, but somebody must read it
    if case.ticket.auto_submitted != "no":
        yield "no_reply", _reason("auto_generated", kind=case.ticket.auto_submitted)
    if case.ticket.spam >= case.policy.thresholds.spam:
        yield "no_reply", _reason("spam", score=case.ticket.spam)


def _legal(case: Case) -> Iterator[Verdict]:
    if _is_demand(case.ticket):
        yield "escalate_specialist", _reason("legal_demand", intent=case.ticket.intent)
    for trigger in _special(case):
        yield "escalate_specialist", _reason("trigger", trigger=trigger)
    # what the bank says weighs as much as the word: who decides must not pay a second time
    if case.ticket.facts.payment == CHARGEBACK and CHARGEBACK in case.policy.specialist_triggers:
        yield "escalate_specialist", _reason("charged_back")


def _safety(case: Case) -> Iterator[Verdict]:
    if "safety" in case.ticket.triggers:
        yield "escalate_specialist", _reason("safety")


def _escalates(case: Case) -> Iterator[Verdict]:
    limit = case.policy.escalation.threshold
    if case.escalation.score >= limit:
        yield "escalate_senior", _reason("escalation", score=case.escalation.score, limit=limit)


def _high_value(case: Case) -> Iterator[Verdict]:
    amount = case.ticket.facts.order_amount
    limit = case.policy.thresholds.high_value_amount
    if amount is not None and amount >= limit:
        yield "escalate_senior", _reason("high_value_order", amount=amount, limit=limit)


def _not_for_machines(case: Case) -> Iterator[Verdict]:
    ticket, limits = case.ticket, case.policy.thresholds
    if ticket.out_of_scope >= limits.out_of_scope or ticket.category == "oos":
        yield "manual_queue", _reason("out_of_scope", score=ticket.out_of_scope)
    if ticket.injection >= limits.injection:
        yield "manual_queue", _reason("injection", score=ticket.injection)
    if ticket.language.code not in case.policy.languages:
        yield "manual_queue", _reason("language", language=ticket.language.code or "unknown")


def _bands(case: Case) -> Iterator[Verdict]:
    ticket, policy = case.ticket, case.policy
    confidence = ticket.confidence
    if confidence >= auto_threshold(policy, ticket.intent):
        against = list(_against_auto(case))
        if not against:
            pair = f"{ticket.sub_category}/{ticket.intent}"
            yield "auto_reply", _reason("whitelisted", pair=pair, confidence=confidence)
        yield from (("agent_suggestion", reason) for reason in against)
    if confidence >= policy.thresholds.suggestion:
        yield "agent_suggestion", _reason("confident", confidence=confidence)
    else:
        yield "manual_queue", _reason("unsure", confidence=confidence)


def _against_auto(case: Case) -> Iterator[Reason]:
    ticket = case.ticket
    if Pair(ticket.sub_category, ticket.intent) not in case.policy.whitelist:
        yield _reason("not_whitelisted", pair=f"{ticket.sub_category}/{ticket.intent}")
    if ticket.secondary:
        yield _reason("several_requests", count=len(ticket.secondary) + 1)
    if ticket.sentiment.anger >= case.policy.thresholds.anger:
        yield _reason("anger", anger=ticket.sentiment.anger)
    opinion = ticket.second_opinion
    if opinion and opinion.status in ANSWERED and not opinion.calibration:
        yield _reason("second_opinion", status=opinion.status)
    if case.policy.kill_switch:
        yield _reason("kill_switch")
    if case.audit:
        yield _reason("audit")


RULES: tuple[Callable[[Case], Iterator[Verdict]], ...] = (
    _machine_mail,
    _legal,
    _safety,
    _escalates,
    _high_value,
    _not_for_machines,
    _bands,
)


def auto_threshold(policy: Policy, intent: str) -> float:
    """The intent's own threshold for automatic replies, else the common one."""
    return policy.intent_thresholds.get(intent, policy.thresholds.auto_reply)


def _allowed(wanted: Route, policy: Policy) -> Route:
    """Shadow mode sends nothing by itself."""
    in_shadow = policy.mode == "shadow" and wanted == "auto_reply"
    return "agent_suggestion" if in_shadow else wanted


def _eligible(case: Case, chosen: Route) -> Mapping[str, float]:
    """The routes that the draws could have chosen, with their probabilities."""
    rate = case.policy.audit_rate
    if not rate or case.policy.mode == "shadow":
        return {chosen: 1.0}
    undrawn = Case(case.ticket, case.policy, case.escalation, audit=False)
    if next(v for rule in RULES for v in rule(undrawn))[0] != "auto_reply":
        return {chosen: 1.0}
    return {"auto_reply": 1.0 - rate, "agent_suggestion": rate}


def _hint(ticket: TicketClassified, chosen: Route) -> str:
    if chosen == "no_reply" or not ticket.sub_category:
        return ""
    return f"{ticket.sub_category} / {ticket.intent} ({ticket.confidence:.0%})"
