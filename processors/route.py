"""ticket.classified -> ticket.routed: who answers, and may a machine begin?

The rules stand in `decision/rules.py` and decide a whole slice at once; here are its events made.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from ticketstream.processors.business_hours import OpenHours, due_at
from ticketstream.processors.decision.columns import columns_of
from ticketstream.processors.decision.decide import Decisions, decide
from ticketstream.processors.decision.draws import keyed
from ticketstream.processors.decision.reasons import Case, reasons_of
from ticketstream.processors.decision.rules import ROUTES
from ticketstream.processors.policy import version_of
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Producer, Route, answering
from ticketstream.schemas.policy import Policy, PolicyVersion, Queue
from ticketstream.schemas.routed import Shadow, TicketRouted


@dataclass(frozen=True, slots=True)
class RouteResources:
    """The policy with its calendar, and the key of the draws, so that no customer can foresee them.

    `producer` changes with the code and with every word of the policy.
    """

    policy: Policy
    policy_version: PolicyVersion
    producer: Producer
    draw_key: bytes
    opening: OpenHours

    @classmethod
    def of(cls, policy: Policy, draw_key: bytes, code_version: str) -> Self:
        """The resources of one policy."""
        version = version_of(policy)
        producer = Producer("route", f"{code_version}+{version.hash[:12]}")
        return cls(policy, version, producer, draw_key, OpenHours.of(policy.calendar))


def route(tickets: Sequence[TicketClassified], resources: RouteResources) -> list[TicketRouted]:
    """Decide each of the tickets by the policy."""
    decisions = decide(columns_of(tickets), resources.policy, keyed(resources.draw_key))
    decided = zip(tickets, _decided(decisions, resources.policy, tickets), strict=True)
    return [_routed(ticket, resources, fields) for ticket, fields in decided]


def _decided(
    decisions: Decisions, policy: Policy, tickets: Sequence[TicketClassified]
) -> list[dict[str, Any]]:
    """What was decided about each ticket, as fields of its event."""
    shadow = policy.mode == "shadow"
    rows = zip(
        tickets,
        decisions.undrawn.tolist(),
        decisions.wanted.tolist(),
        decisions.chosen.tolist(),
        decisions.eligible.tolist(),
        decisions.explored.tolist(),
        decisions.audit.tolist(),
        decisions.fired.T,
        decisions.escalation.each(),
        strict=True,
    )
    return [
        {
            "route": ROUTES[chosen],
            "reasons": reasons_of(
                Case(ticket, policy, terms, ROUTES[undrawn]), fired.nonzero()[0].tolist()
            ),
            "escalation": terms,
            "eligible": {ROUTES[place]: p for place, p in enumerate(chances) if p},
            "propensity": chances[chosen],
            "explored": explored,
            "audit": audit,
            "shadow": Shadow(ROUTES[wanted]) if shadow else None,
        }
        for ticket, undrawn, wanted, chosen, chances, explored, audit, fired, terms in rows
    ]


def _routed(
    ticket: TicketClassified, resources: RouteResources, decided: dict[str, Any]
) -> TicketRouted:
    chosen: Route = decided["route"]
    queue = queue_of(resources.policy, chosen, ticket.category)
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
        queue=queue.name,
        priority=queue.priority,
        due_at=due_at(ticket.occurred_at, queue, resources.opening),
        hint=_hint(ticket, chosen),
        policy=resources.policy_version,
        **decided,
    )


def queue_of(policy: Policy, chosen: Route, category: str) -> Queue:
    """The queue of `route/category`, else of the route, else one named as the route."""
    queues = policy.queues
    return queues.get(f"{chosen}/{category}") or queues.get(chosen) or Queue(name=chosen)


def _hint(ticket: TicketClassified, chosen: Route) -> str:
    if chosen == "no_reply" or not ticket.sub_category:
        return ""
    return f"{ticket.sub_category} / {ticket.intent} ({ticket.confidence:.0%})"
