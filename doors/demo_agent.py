"""draft.created -> agent.replied, ticket.closed: what an invented agent does in the demo.

It knows what any CRM knows: the topics and the .avsc files. It hands each draft back unopened.
"""

from datetime import timedelta
from uuid import NAMESPACE_URL, uuid5

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.outcome import AgentReplied, Labels, TicketClosed
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all

CRM = Producer("demo-crm", "1")
EVERY_THIRD = 3
REWRITTEN = {
    "en": "Hello,\n\nwe have looked into it and will write to you again tomorrow.\n\nKind regards",
    "de": "Guten Tag,\n\nwir prüfen das und melden uns morgen wieder.\n\nViele Grüße",
}


def answer_suggestions(brokers: str, codec: Codec) -> int:
    """Answer every drafted suggestion: two of three sent unchanged, one rewritten."""
    raw = [r.value for r in read_all(brokers, ["draft.created"]) if r.value]
    drafts = [(codec.decode(DraftCreated, value), value) for value in raw]
    drafted = [(draft, value) for draft, value in drafts if draft.status == "drafted"]
    with Publisher(brokers, codec) as publisher:
        for number, (draft, value) in enumerate(drafted):
            publisher.send(_reply(draft, value, rewrite=number % EVERY_THIRD == 0))
            publisher.send(_closed(draft))
    return len(drafted)


def _reply(draft: DraftCreated, value: bytes, *, rewrite: bool) -> AgentReplied:
    language = draft.language.code if draft.language.code in REWRITTEN else "en"
    return AgentReplied(
        event_id=uuid5(NAMESPACE_URL, f"reply/{draft.event_id}"),
        ticket_id=draft.ticket_id,
        case_id=draft.case_id,
        cause_id=draft.event_id,
        occurred_at=draft.occurred_at + timedelta(minutes=7),
        shop=draft.shop,
        producer=CRM,
        draft=value,
        actions=("edited",) if rewrite else ("sent_unchanged",),
        final_text=REWRITTEN[language] if rewrite else "",
        label_after=Labels(intent="report_problem") if rewrite else None,
        agent="demo agent",
        handle_seconds=95.0 if rewrite else 20.0,
    )


def _closed(draft: DraftCreated) -> TicketClosed:
    return TicketClosed(
        event_id=uuid5(NAMESPACE_URL, f"closed/{draft.event_id}"),
        ticket_id=draft.ticket_id,
        case_id=draft.case_id,
        cause_id=draft.event_id,
        occurred_at=draft.occurred_at + timedelta(hours=3),
        shop=draft.shop,
        producer=CRM,
        person=draft.person,
        resolution="assumed",
        first_contact=True,
        resolution_seconds=3 * 3600.0,
        route=draft.route,
    )
