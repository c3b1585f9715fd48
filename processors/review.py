"""agent.replied -> agent.edited: what did a person change, told without personal data?"""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from hashlib import sha256

from ticketstream.processors import edits
from ticketstream.processors.detectors import Finder, known
from ticketstream.processors.detectors.known import Known
from ticketstream.processors.masker import Masker
from ticketstream.processors.masking import mask_parts
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.masked import Identity
from ticketstream.schemas.outcome import ACTIONS, AgentEdited, AgentReplied, EditText, Labels
from ticketstream.schemas.record import Erased
from ticketstream.vault import tokens
from ticketstream.vault.ports import Opener

ERASED = Dead("erased", "the person asked to be forgotten: nothing of this answer is kept")
NO_DRAFT = Dead(
    "invalid",
    "agent.replied without the draft's bytes: hand back the draft.created event, unopened",
)
OTHER_TICKET = Dead(
    "invalid", "agent.replied hands back the draft of another ticket: send each answer with its own"
)
NO_IDENTITY = Dead(
    "invalid", "the draft handed back names nobody: hand back the draft.created event, unopened"
)
ACTION = Dead("invalid", f"agent.replied.actions: use {', '.join(sorted(ACTIONS))}")
CODE = re.compile(r"[a-z][a-z0-9_]{0,39}")
SEALED_FIELDS = frozenset({"text", "identity"})
PSEUDONYM = 16  # hexadecimal digits


@dataclass(frozen=True, slots=True)
class ReviewResources:
    """What the stage works with.

    Attributes:
        opener: opens the draft that was handed back.
        codec: decodes it.
        version: of the code, the detectors and everything else that can change the answer.
        agent_key: the key under which an agent's name becomes a pseudonym.
        masker: mask's own.
    """

    opener: Opener
    codec: Codec
    version: str
    agent_key: bytes
    masker: Masker

    @property
    def producer(self) -> Producer:
        return Producer("review", self.version)


@dataclass(frozen=True, slots=True)
class Opened:
    """A draft with its two records opened."""

    draft: DraftCreated
    text: DraftText
    identity: Identity


def review(replies: Sequence[AgentReplied], resources: ReviewResources) -> list[AgentEdited | Dead]:
    """One edited event, or its burial, for each answer."""
    return [review_one(reply, resources) for reply in replies]


def review_one(reply: AgentReplied, resources: ReviewResources) -> AgentEdited | Dead:
    """What a person did with one draft."""
    if not reply.draft:
        return NO_DRAFT
    if not set(reply.actions) <= ACTIONS:
        return ACTION
    try:
        draft = resources.codec.decode(DraftCreated, reply.draft)
        if draft.ticket_id != reply.ticket_id:
            return OTHER_TICKET
        opened = open_draft(draft, resources.opener)
    except UndecodableError as error:
        return Dead("invalid", f"agent.replied.draft: {error}")
    return opened if isinstance(opened, Dead) else edited(reply, opened, resources)


def open_draft(draft: DraftCreated, opener: Opener) -> Opened | Dead:
    """The draft, readable; buried when its person is forgotten or was never named."""
    opened = opener.open(draft, SEALED_FIELDS)
    if not isinstance(opened, DraftCreated):
        return NO_DRAFT
    if isinstance(opened.identity, Erased) or isinstance(opened.text, Erased):
        return ERASED
    if not isinstance(opened.identity, Identity):
        return NO_IDENTITY
    text = opened.text if isinstance(opened.text, DraftText) else DraftText()
    return Opened(opened, text, opened.identity)


def edited(reply: AgentReplied, opened: Opened, resources: ReviewResources) -> AgentEdited:
    """The masked, compared event."""
    draft = opened.draft
    text, identity = masked(reply, opened, resources.masker)
    before = Labels(draft.category, draft.sub_category, draft.intent, draft.route)
    compared = bool(opened.text.answer and text.final_text)
    envelope = answering(reply, resources.producer) | {
        "case_id": draft.case_id,
        "shop": draft.shop,
    }
    return AgentEdited(
        **envelope,
        external=reply.external or draft.external,
        language=draft.language,
        person=draft.person,
        identity=identity,
        actions=reply.actions,
        text=text,
        edit_distance=edits.distance(opened.text.answer, text.final_text) if compared else None,
        before=before,
        after=after(before, reply.label_after),
        cause=coded(reply.cause),
        agent=pseudonym(reply.agent, resources.agent_key),
        handle_seconds=reply.handle_seconds,
        after_call_seconds=reply.after_call_seconds,
        thumbs=reply.thumbs,
        draft_event_id=str(draft.event_id),
    )


def masked(reply: AgentReplied, opened: Opened, masker: Masker) -> tuple[EditText, Identity]:
    """The answer in the ticket's own tokens, and the identity with what was new in it."""
    answer, identity = opened.text.answer, opened.identity
    unchanged = "sent_unchanged" in reply.actions and not reply.final_text.strip()
    parts = ["" if unchanged else reply.final_text, commented(reply)]
    find = finder(identity, reply.agent)
    found = [masker.find(part, find) for part in parts]
    own = frozenset(value.token for value in identity.tokens)
    numbering = masker.numbering(reply.ticket_id, identity.tokens)
    masking = mask_parts(parts, found, numbering, own)
    final = answer if unchanged else masking.parts[0]
    operations = edits.operations(answer, final) if answer and final else ()
    text = EditText(final_text=final, operations=operations, comment=masking.parts[1])
    return text, replace(identity, tokens=masking.values)


def finder(identity: Identity, agent: str) -> Finder:
    """Finds the ticket's own values and people, and who answered."""
    named = ((tokens.name_of(v.token), v.value) for v in identity.tokens)
    values = [(name.type, value) for name, value in named if name and value]
    sender = identity.sender
    return known.finder(
        Known(
            names=(sender.name, *(v for kind, v in values if kind == "PERSON"), agent),
            addresses=(sender.address,),
            orders=identity.order_numbers,
            customers=(sender.customer_id, identity.customer_id),
            values=tuple(v for v in values if v[0] != "PERSON"),
        )
    )


def commented(reply: AgentReplied) -> str:
    """The comment; a cause that is no code joins it, because only codes stay in the clear."""
    words = "" if coded(reply.cause) == reply.cause else reply.cause
    return "\n".join(filter(None, (words, reply.comment)))


def coded(cause: str) -> str:
    """The cause when it is a code (`wrong_fact`), else `other`: codes hold no personal data."""
    return cause if not cause or CODE.fullmatch(cause) else "other"


def after(before: Labels, corrected: Labels | None) -> Labels:
    """The labels as the agent left them: what was not corrected was right."""
    if corrected is None:
        return before
    return Labels(
        category=corrected.category or before.category,
        sub_category=corrected.sub_category or before.sub_category,
        intent=corrected.intent or before.intent,
        route=corrected.route or before.route,
    )


def pseudonym(agent: str, key: bytes) -> str:
    """The same 16 hexadecimal digits for the same agent; only the key's holder can tell who."""
    return hmac.new(key, agent.encode(), sha256).hexdigest()[:PSEUDONYM] if agent else ""
