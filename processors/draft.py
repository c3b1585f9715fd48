"""ticket.routed -> draft.created: an answer in the shop's own sentences, or why there is none.

Extractive: every sentence is cited from the knowledge base, word for word. Nothing is invented,
so what can go wrong is the choice of sentences; when they do not fit well enough, it abstains.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from ticketstream.processors.retrieve import Hit, KnowledgeBase, Vectors
from ticketstream.schemas.classified import Model
from ticketstream.schemas.draft import (
    DraftCreated,
    DraftStatus,
    DraftText,
    Handover,
    Knowledge,
    Prompt,
    Send,
    Sentence,
    Source,
)
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import Facts, TicketText
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted
from ticketstream.vault.tokens import plain

CHUNKS = 4  # looked at for one answer
SECTIONS = 2  # that one answer quotes, at most
QUESTION = 1_000  # characters of the ticket that are searched with
LABELLED = 0.15  # what a section gains that was written for the ticket's sub-category
GROUNDED = 0.40  # least support; chosen on every second pair of knowledge/questions.jsonl
FITS = 0.95  # share of the best section's support that a second one needs
WANTED = {"auto_reply", "agent_suggestion"}

_OPENING = {"en": "Hello,", "de": "Guten Tag,"}
_CLOSING = {"en": "Kind regards", "de": "Viele Grüße"}
AI_NOTICE = {
    "en": "This answer was put together by a machine from our help pages.",
    "de": "Diese Antwort wurde maschinell aus unseren Hilfeseiten zusammengestellt.",
}


@dataclass(frozen=True, slots=True)
class DraftResources:
    """The knowledge base, the code's version, and what keeps drafts from going out by themselves.

    `halted` is `kill_switch`, `shadow` or nothing: a ticket may have been routed to an automatic
    reply before the policy said so.
    """

    knowledge: KnowledgeBase
    code_version: str
    halted: str = ""

    @property
    def producer(self) -> Producer:
        halted = f"+{self.halted}" if self.halted else ""
        return Producer("draft", f"{self.code_version}+{self.knowledge.version}{halted}")


@dataclass(frozen=True, slots=True)
class Answer:
    """Sentences with their sources, and how well the best is supported."""

    sentences: tuple[Sentence, ...]
    sources: tuple[Source, ...]
    grounding: float


def draft(tickets: Sequence[TicketRouted], resources: DraftResources) -> list[DraftCreated]:
    """One draft, abstention or handover for every routed ticket."""
    return [_draft_one(ticket, resources) for ticket in tickets]


def _draft_one(ticket: TicketRouted, resources: DraftResources) -> DraftCreated:
    if ticket.route == "no_reply":
        return _created(ticket, resources, "not_wanted", "no reply is wanted")
    if ticket.route not in WANTED:
        text = DraftText(handover=handover(ticket))
        return _created(ticket, resources, "handover", "a person answers this", text=text)
    answer = answer_from(ticket, resources.knowledge)
    if not answer.sentences:
        return _created(ticket, resources, "no_grounding", "no article in this language")
    if answer.grounding < GROUNDED:
        reason = f"best section fits {answer.grounding:.2f}, needed {GROUNDED:.2f}"
        return _created(
            ticket,
            resources,
            "not_answerable",
            reason,
            answer=Answer((), answer.sources, answer.grounding),
        )
    text = DraftText(answer=_letter(answer, ticket.language.code), sentences=answer.sentences)
    return _created(ticket, resources, "drafted", "", text=text, answer=answer)


def answer_from(ticket: TicketRouted, knowledge: KnowledgeBase) -> Answer:
    """The section, or two, that answers best; a section is quoted whole."""
    question = question_of(ticket)
    hits = knowledge.search(question, ticket.language.code, ticket.sub_category, CHUNKS)
    if not hits:
        return Answer((), (), 0.0)
    vector = knowledge.centred([question])[0]
    rated = [(support(hit, knowledge.sentence_vectors(hit.chunk) @ vector), hit) for hit in hits]
    rated.sort(key=lambda r: (-r[0], r[1].chunk.chunk_id))
    best = rated[0][0]
    used = [(value, hit) for value, hit in rated[:SECTIONS] if value >= FITS * best]
    return Answer(
        tuple(
            Sentence(sentence, (hit.chunk.chunk_id,), round(value, 4))
            for value, hit in used
            for sentence in hit.chunk.sentences()
        ),
        tuple(_source(hit) for _, hit in used),
        round(best, 4),
    )


def support(hit: Hit, cosines: Vectors) -> float:
    """How well a section answers: its best sentence, the whole section, and its label."""
    return float(cosines.max() + hit.cosine) / 2 + (LABELLED if hit.labelled else 0.0)


def question_of(ticket: TicketRouted) -> str:
    """What is searched with: subject and newest text, masked, in plain tokens."""
    text = ticket.text
    if not isinstance(text, TicketText):
        raise TypeError("draft reads the ticket's text: it must be opened")
    return plain(f"{text.subject}. {text.text}")[:QUESTION]


def handover(ticket: TicketRouted) -> Handover:
    """What a person needs to know first; numbers and labels, no originals."""
    facts = ticket.facts
    known: list[tuple[str, Any]] = [
        ("hypothesis", ticket.hint),
        ("customer value", facts.customer_value),
        ("order amount", facts.order_amount),
        ("order age in days", facts.order_age_days),
        ("payment", payment_of(facts)),
        ("tickets in 30 days", facts.tickets_30d),
        ("of these on this case", facts.tickets_30d_same_case),
        ("further requests", ", ".join(r.sub_category for r in ticket.open_requests)),
    ]
    told = (f"{name}: {value}" for name, value in known if value not in (None, ""))
    return Handover(
        facts=(*told, *spoken_of(ticket.text)),
        open_questions=facts.unknown,
    )


def payment_of(facts: Facts) -> str:
    """`open by invoice, 64.90 EUR due`; empty when nothing is known."""
    how = f" by {facts.payment_method.replace('_', ' ')}" if facts.payment_method else ""
    due = f", {facts.payment_due:.2f} {facts.currency} due".rstrip() if facts.payment_due else ""
    return f"{facts.payment}{how}{due}" if facts.payment else ""


def spoken_of(text: object) -> Iterator[str]:
    """How the people behind the tokens are to be addressed, as far as the ticket tells."""
    for entry in text.grammar if isinstance(text, TicketText) else ():
        gender = entry.gender and f"{entry.gender} (by {entry.gender_by.replace('_', ' ')})"
        name = entry.name and f"{entry.name} name"
        yield f"{entry.token}: {', '.join(filter(None, (gender, name)))}"


def _letter(answer: Answer, language: str) -> str:
    numbers = {source.chunk_id: n for n, source in enumerate(answer.sources, start=1)}
    body = " ".join(f"{s.text} [{numbers[s.citations[0]]}]" for s in answer.sentences)
    notice = AI_NOTICE[language]
    return f"{_OPENING[language]}\n\n{body}\n\n{_CLOSING[language]}\n\n{notice}"


def _source(hit: Hit) -> Source:
    chunk = hit.chunk
    return Source(chunk.chunk_id, chunk.document, chunk.version, chunk.layer, round(hit.score, 6))


def halted(policy: Policy) -> str:
    """What in a policy stops every automatic reply; empty when nothing does."""
    if policy.kill_switch:
        return "kill_switch"
    return "shadow" if policy.mode == "shadow" else ""


def _send(ticket: TicketRouted, status: DraftStatus, stopped: str) -> Send:
    if status != "drafted":
        return Send("never", (status,))
    if ticket.route == "auto_reply":
        return Send("after_review", (stopped,)) if stopped else Send("auto", ("whitelisted",))
    return Send("after_review", ("suggestion",))


def _created(
    ticket: TicketRouted,
    resources: DraftResources,
    status: DraftStatus,
    reason: str,
    *,
    text: DraftText = DraftText(),  # noqa: B008  (frozen)
    answer: Answer = Answer((), (), 0.0),
) -> DraftCreated:
    written = status == "drafted"
    return DraftCreated(
        **answering(ticket, resources.producer),
        channel=ticket.channel,
        external=ticket.external,
        language=ticket.language,
        identity=ticket.identity,
        person=ticket.person,
        category=ticket.category,
        sub_category=ticket.sub_category,
        intent=ticket.intent,
        open_requests=ticket.open_requests,
        route=ticket.route,
        status=status,
        reason=reason,
        text=text,
        sources=answer.sources,
        knowledge=Knowledge(resources.knowledge.version),
        model=Model("extractive", resources.code_version) if written else Model(),
        prompt=Prompt(),
        grounding=answer.grounding,
        send=_send(ticket, status, resources.halted),
        ai_notice=f"extractive.{ticket.language.code}" if written else "",
    )
