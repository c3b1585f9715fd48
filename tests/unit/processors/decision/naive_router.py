"""The router that the issue sets out from, as most shops would first write it.

It stands for the listing of the issue, whose words it follows: anger is looked at first, sentiment
alone escalates, and above 0.85 a machine answers whatever the ticket is about.
"""

from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.envelope import Route

ANGRY = 0.6
LEGAL = frozenset({"lawyer", "gdpr", "chargeback", "safety"})


def naive_route(ticket: TicketClassified) -> Route:
    """First come, first served: anger, law, value, confidence."""
    if ticket.sentiment.anger >= ANGRY:
        return "escalate_senior"
    if ticket.category == "legal_privacy" or LEGAL & set(ticket.triggers):
        return "escalate_specialist"
    if (ticket.facts.order_amount or 0.0) >= 500:
        return "escalate_senior"
    if ticket.confidence >= 0.85:
        return "auto_reply"
    if ticket.confidence >= 0.75:
        return "agent_suggestion"
    return "manual_queue"
