"""The stages mask and review over a real vault: sealed, the same again, buried once forgotten."""

from dataclasses import replace
from typing import Any

import pytest
from tests.unit.schemas.samples import SAMPLES
from tests.unit.vault.conftest import Open

from ticketstream.processors.mask import MaskResources
from ticketstream.processors.masker import Masker
from ticketstream.processors.review import ReviewResources
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Producer, answering
from ticketstream.schemas.masked import Identity, TicketMasked
from ticketstream.schemas.outcome import AgentEdited, AgentReplied, EditText
from ticketstream.schemas.received import TicketReceived
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.stream.by_policy import always
from ticketstream.stream.memory import MemoryLog, MemoryRecord
from ticketstream.stream.pipeline import MASK, REVIEW
from ticketstream.stream.work import Stage, Work
from ticketstream.vault.store import Vault
from ticketstream.vault.tokens import bound, plain, unmask

BOTH = frozenset({"text", "identity"})
CODEC = Codec()
MASKER = Masker(b"t" * 64)
RECEIVED = replace(
    next(e for e in SAMPLES if isinstance(e, TicketReceived)),
    channel="mail", transcript=(), attachments=(), subject="Lampe",
    text="Hallo, hier ist Lena Invented, meine Lampe aus KB-4821973 flackert.",
)  # fmt: skip
REPLIED = AgentReplied(
    **answering(RECEIVED, Producer("crm", "1")),
    actions=("edited",),
    final_text="Guten Tag Lena Invented,\n\nfür KB-4821973 ist DE75512108001245126199 notiert.",
    agent="Tom Adler",
)


class House:
    """The two stages over one vault; each call is a worker that starts anew."""

    def __init__(self, opened: Open) -> None:
        self.opened = opened

    def _work(self, stage: Stage, vault: Vault) -> Work:
        resources: Any = MaskResources(vault, "1", MASKER)
        if stage is REVIEW:
            resources = ReviewResources(vault, CODEC, "1", b"k" * 64, MASKER)
        return Work(stage, always(resources), CODEC, vault, {stage.target: 1_000_000})

    def run(self, stage: Stage, event: TicketReceived | AgentReplied) -> MemoryRecord:
        log = MemoryLog()
        log.append(stage.source, event.ticket_id.encode(), CODEC.encode(event))
        log.run(stage.name, stage.source, self._work(stage, self.opened()), 10)
        (answer,) = log.topics.get(stage.target, []) + log.topics.get(f"{stage.source}.dead", [])
        return answer

    def masked(self) -> TicketMasked:
        return CODEC.decode(TicketMasked, self.run(MASK, RECEIVED).value or b"")

    def replied(self) -> AgentReplied:
        """An agent's answer to a draft, with the draft's bytes as they stand in the log."""
        masked = self.masked()
        write = bound(RECEIVED.ticket_id, MASKER.token_key)
        person, order = write("PERSON", 1, 1), write("ORDER", 1, 1)
        draft = DraftCreated(
            **answering(masked, Producer("draft", "1")), person=masked.person,
            identity=masked.identity, status="drafted", route="agent_suggestion",
            text=DraftText(answer=f"Guten Tag {person},\n\nfür {order} ist nichts notiert."),
        )  # fmt: skip
        (sealed,) = self.opened().seal_all([draft])
        assert not isinstance(sealed, Erased)
        return replace(REPLIED, draft=CODEC.encode(sealed))


@pytest.fixture
def house(opened: Open) -> House:
    return House(opened)


def test_an_answer_is_masked_with_the_tickets_own_tokens_compared_and_sealed(house: House) -> None:
    record = house.run(REVIEW, house.replied())
    assert record.topic == "agent.edited"
    for clear in (b"Lena", b"KB-4821973", b"DE7551210", b"Adler", "für".encode()):
        assert clear not in (record.value or b"")
    edited = house.opened().open(CODEC.decode(AgentEdited, record.value or b""), BOTH)
    assert isinstance(edited, AgentEdited)
    assert isinstance(edited.text, EditText)
    assert isinstance(edited.identity, Identity)
    final = plain(edited.text.final_text)
    assert final.startswith("Guten Tag [PERSON_1],\n\nfür [ORDER_1] ist [IBAN_1]")
    assert unmask(edited.text.final_text, edited.identity.tokens) == REPLIED.final_text
    assert edited.edit_distance
    changes = [(o.before, plain(o.after)) for o in edited.text.operations]
    assert changes == [("nichts", "[IBAN_1]")]


def test_what_is_delivered_again_gives_the_same_bytes(house: House) -> None:
    reply = house.replied()
    assert house.run(MASK, RECEIVED).value == house.run(MASK, RECEIVED).value
    assert house.run(REVIEW, reply).value == house.run(REVIEW, reply).value


def test_what_comes_for_somebody_who_was_forgotten_is_buried_without_its_content(
    house: House,
) -> None:
    reply = house.replied()
    masked = house.masked()
    house.opened().forget(masked.person)
    for stage, event in ((MASK, RECEIVED), (REVIEW, reply)):
        letter = house.run(stage, event)
        assert letter.topic == f"{stage.source}.dead"
        assert (dict(letter.headers)["reason"], letter.value) == (b"erased", b"")
    opened = house.opened().open(masked, BOTH)
    assert isinstance(opened, TicketMasked)
    assert (opened.text, opened.identity) == (ERASED, ERASED)


def test_review_masks_what_mask_would_mask(house: House) -> None:
    words = "Schreiben Sie an anna.berg@mail.example, IBAN DE75512108001245126199, am 3.4.2026."
    vault = house.opened()
    masked = house.run(MASK, replace(RECEIVED, ticket_id="other", text=words))
    ticket = vault.open(CODEC.decode(TicketMasked, masked.value or b""), BOTH)
    record = house.run(REVIEW, replace(house.replied(), final_text=words))
    answer = vault.open(CODEC.decode(AgentEdited, record.value or b""), BOTH)
    told = "Schreiben Sie an [EMAIL_1], IBAN [IBAN_1], am 3.4.2026."
    assert plain(ticket.text.text) == told  # type: ignore[attr-defined]
    assert plain(answer.text.final_text) == told  # type: ignore[attr-defined]
