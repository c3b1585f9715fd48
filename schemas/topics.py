"""Which event lives on which topic."""

from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText
from ticketstream.schemas.outcome import (
    AgentEdited,
    AgentReplied,
    EditText,
    ReplySent,
    TicketClosed,
)
from ticketstream.schemas.policy import PolicyChanged
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import Record
from ticketstream.schemas.routed import TicketRouted

EVENTS: dict[str, type[Event]] = {
    "ticket.received": TicketReceived,
    "ticket.masked": TicketMasked,
    "ticket.classified": TicketClassified,
    "ticket.routed": TicketRouted,
    "draft.created": DraftCreated,
    "reply.sent": ReplySent,
    "agent.replied": AgentReplied,
    "agent.edited": AgentEdited,
    "ticket.closed": TicketClosed,
    "policy.changed": PolicyChanged,
}
TOPIC_OF: dict[type[Event], str] = {kind: topic for topic, kind in EVENTS.items()}
SEALED_RECORDS: tuple[type[Record], ...] = (TicketText, DraftText, EditText, Identity)
CLEAR_TOPICS: tuple[str, ...] = ("ticket.received", "agent.replied")


def dead_topic(topic: str) -> str:
    """The topic for what could not be processed from `topic`."""
    return f"{topic}.dead"
