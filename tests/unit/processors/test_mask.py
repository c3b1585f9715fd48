"""mask: from a ticket as it came to one without personal data."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from ticketstream.processors.mask import MaskResources, explain, mask
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.envelope import Producer, answer_id
from ticketstream.schemas.masked import (
    AttachmentKey,
    Facts,
    Identity,
    TicketMasked,
    TicketText,
)
from ticketstream.schemas.received import (
    Attachment,
    AutoSubmitted,
    Message,
    Order,
    Sender,
    TicketReceived,
    Turn,
)
from ticketstream.schemas.record import ERASED, Erased
from ticketstream.vault.ports import Admission, Arrival
from ticketstream.vault.tokens import unmask

READABLE = frozenset(
    {
        "Kestrel & Birch",
        "Birch Club",
        "support@kestrel-birch.example",
        "kestrel-birch.example",
        "+49 40 66969 100",
    }
)
TICKET = TicketReceived(
    event_id=UUID(int=7),
    ticket_id="00000000-0000-0000-0000-000000000007",
    case_id="hint",
    cause_id=None,
    occurred_at=datetime(2026, 11, 20, 9, 30, tzinfo=UTC),
    shop="kestrel",
    producer=Producer("intake", "1"),
    language="de",
    subject="Bestellung KB-4821973 von Lena Vogt",
    text=(
        "Hallo Kestrel & Birch,\nmeine Lampe LMP-204-BK für 149,95 EUR fehlt.\n\nViele Grüße, Lena"
    ),
    quoted="> lena.vogt@mail.example schrieb: KB-4821973",
    sender=Sender("Lena Vogt", "lena.vogt@mail.example", "C-104233"),
    recipient="support@kestrel-birch.example",
    message=Message(
        "<a@mail.example>", "<b@mail.example>", ("<c@mail.example>", "<b@mail.example>")
    ),
    auto_submitted=AutoSubmitted("auto_replied", ("auto-submitted",)),
    attachments=(
        Attachment(id="1", file_name="rechnung_lena_vogt.pdf", key="a2V5", text="INV-2026-004412"),
    ),
    signals={"html_hidden": 1},
)


@dataclass
class MemoryGate:
    """A vault that keeps what it was asked and forgets the tickets that it is told to forget."""

    erased: frozenset[str] = frozenset()
    asked: list[list[Arrival]] = field(default_factory=list)

    def admit(self, arrivals: Sequence[Arrival]) -> list[Admission | Erased]:
        self.asked.append(list(arrivals))
        return [
            ERASED
            if a.ticket_id in self.erased
            else Admission(f"person-of-{a.ticket_id}", "case-1", Facts(customer_value=300.0))
            for a in arrivals
        ]


def masked(ticket: TicketReceived) -> TicketMasked:
    (event,) = mask([ticket], MaskResources(MemoryGate(), "1", READABLE))
    assert isinstance(event, TicketMasked)
    return event


def text_of(ticket: TicketReceived) -> TicketText:
    text = masked(ticket).text
    assert isinstance(text, TicketText)
    return text


def identity_of(ticket: TicketReceived) -> Identity:
    identity = masked(ticket).identity
    assert isinstance(identity, Identity)
    return identity


def test_every_part_is_masked_and_numbered_by_first_appearance() -> None:
    text = text_of(TICKET)
    assert text.subject == "Bestellung [ORDER_1] von [PERSON_1]"
    assert text.text == (
        "Hallo Kestrel & Birch,\nmeine Lampe LMP-204-BK für 149,95 EUR fehlt.\n\n"
        "Viele Grüße, [PERSON_2]"
    )
    assert text.quoted == "> [EMAIL_1] schrieb: [ORDER_1]"
    assert (text.attachments[0].name, text.attachments[0].text) == (
        "rechnung_[PERSON_1.2].pdf",
        "[INVOICE_1]",
    )


def test_the_originals_come_back_from_the_identity() -> None:
    text, identity = text_of(TICKET), identity_of(TICKET)
    assert unmask(text.text, identity.tokens) == TICKET.text
    assert unmask(text.attachments[0].name, identity.tokens) == "rechnung_lena_vogt.pdf"


def test_the_event_is_derived_from_its_cause_and_takes_case_person_and_facts_from_the_vault() -> (
    None
):
    event = masked(TICKET)
    assert event.event_id == answer_id(TICKET, Producer("mask", "1"))
    assert (event.cause_id, event.occurred_at) == (TICKET.event_id, TICKET.occurred_at)
    assert (event.case_id, event.person) == ("case-1", f"person-of-{TICKET.ticket_id}")
    assert event.facts == Facts(customer_value=300.0)
    assert (event.auto_submitted, event.signals) == ("auto_replied", {"html_hidden": 1})
    assert event.language.code == "de"
    assert event.findings == {"ORDER": 2, "PERSON": 3, "EMAIL": 1, "INVOICE": 1}


def test_the_identity_holds_who_wrote_and_how_to_answer() -> None:
    identity = identity_of(TICKET)
    assert identity.sender == TICKET.sender
    assert (identity.recipient, identity.message) == (TICKET.recipient, TICKET.message)
    assert (identity.customer_id, identity.order_numbers) == ("C-104233", ("KB-4821973",))
    assert identity.attachment_keys == (AttachmentKey("1", "a2V5"),)


def test_the_vault_is_asked_once_for_a_whole_batch_in_order() -> None:
    gate = MemoryGate()
    others = [replace(TICKET, ticket_id=str(n), event_id=UUID(int=n)) for n in range(3)]
    events = mask(others, MaskResources(gate, "1"))
    assert [[a.ticket_id for a in asked] for asked in gate.asked] == [["0", "1", "2"]]
    assert [e.person for e in events if isinstance(e, TicketMasked)] == [
        "person-of-0",
        "person-of-1",
        "person-of-2",
    ]


def test_the_vault_learns_message_ids_and_identifiers_and_the_case_hint() -> None:
    gate = MemoryGate()
    order = Order("KB-7777777", 80.0, "EUR")
    mask([replace(TICKET, order=order)], MaskResources(gate, "1"))
    arrival = gate.asked[0][0]
    assert (arrival.case_hint, arrival.subject) == ("hint", TICKET.subject)
    assert arrival.message_id == "<a@mail.example>"
    assert arrival.replies_to == ("<b@mail.example>", "<c@mail.example>")
    assert arrival.identifiers.address == "lena.vogt@mail.example"
    assert arrival.identifiers.order_numbers == ("KB-7777777", "KB-4821973")
    assert arrival.identifiers.order == order


def test_a_forgotten_person_s_ticket_is_buried_without_a_trace_of_it() -> None:
    gate = MemoryGate(erased=frozenset({TICKET.ticket_id}))
    other = replace(TICKET, ticket_id="other")
    dead, event = mask([TICKET, other], MaskResources(gate, "1"))
    assert isinstance(dead, Dead)
    assert dead.reason == "erased"
    assert "Lena" not in dead.message
    assert isinstance(event, TicketMasked)


def test_a_customer_number_that_was_typed_helps_the_look_up_but_is_no_identity() -> None:
    gate = MemoryGate()
    stranger = replace(
        TICKET, sender=Sender("Lena Vogt", "x@mail.example"), text="Ich bin C-999999"
    )
    (event,) = mask([stranger], MaskResources(gate, "1"))
    assert gate.asked[0][0].identifiers.customer_id == "C-999999"
    assert isinstance(event, TicketMasked)
    assert isinstance(event.identity, Identity)
    assert event.identity.customer_id == ""


def test_the_speakers_of_a_chat_are_masked_and_a_bot_keeps_its_name() -> None:
    chat = replace(
        TICKET,
        channel="chat",
        subject="",
        text="",
        sender=Sender(),
        transcript=(
            Turn("bot", "Birchy", "Hello, how can I help?"),
            Turn("customer", "Nora Quist", "hi, nora here, order KB-4821973"),
            Turn("agent", "Tom Adler", "Hello Nora, Tom speaking"),
            Turn("customer", "Customer", "thanks tom"),
        ),
    )
    turns = text_of(chat).transcript
    assert [t.author for t in turns] == ["Birchy", "[PERSON_1]", "[PERSON_3]", "Customer"]
    assert [t.text for t in turns] == [
        "Hello, how can I help?",
        "hi, [PERSON_2] here, order [ORDER_1]",
        "Hello [PERSON_2.2], [PERSON_4] speaking",
        "thanks [PERSON_4.2]",
    ]
    assert masked(chat).language.code == "en"


def test_the_shop_s_own_contact_data_stays_readable_and_a_stranger_s_does_not() -> None:
    text = (
        "support@kestrel-birch.example, https://www.kestrel-birch.example/returns?x=1, "
        "040 66969100, www.kestrel-birch.example, lena@kestrel-birch.example, "
        "https://kestrel-birch.example.evil.example/x"
    )
    ticket = replace(TICKET, text=text)
    assert text_of(ticket).text == (
        "support@kestrel-birch.example, https://www.kestrel-birch.example/returns?x=1, "
        "040 66969100, www.kestrel-birch.example, [EMAIL_1], [URL_1]"
    )


def test_a_sender_who_shares_a_word_with_the_shop_leaves_the_shop_s_name_alone() -> None:
    ticket = replace(
        TICKET, sender=Sender("Mia Kestrel"), text="Dear Kestrel & Birch,\nMia Kestrel"
    )
    assert text_of(ticket).text == "Dear Kestrel & Birch,\n[PERSON_1]"


def test_an_order_number_inside_the_shop_s_own_address_is_masked() -> None:
    ticket = replace(TICKET, text="https://www.kestrel-birch.example/order/KB-4821973")
    assert text_of(ticket).text == "https://www.kestrel-birch.example/order/[ORDER_1]"


def test_a_forged_token_is_never_taken_for_one_of_ours() -> None:
    ticket = replace(TICKET, text="send me the value of [PERSON_1] and [EMAIL_1]")
    text = text_of(ticket)
    assert text.text == r"send me the value of [\PERSON_1] and [\EMAIL_1]"
    assert unmask(text.text, identity_of(ticket).tokens) == ticket.text


def test_an_empty_ticket_is_masked_too() -> None:
    event = masked(
        TicketReceived(
            event_id=UUID(int=1),
            ticket_id="1",
            case_id="1",
            cause_id=None,
            occurred_at=TICKET.occurred_at,
            shop="kestrel",
            producer=Producer("intake", "1"),
        )
    )
    assert event.text == TicketText()
    assert (event.tokens, event.findings, event.language.code) == ((), {}, "")


def test_masking_twice_gives_the_same_event() -> None:
    assert masked(TICKET) == masked(TICKET)


def test_explain_tells_what_was_found_where_in_what_came_in() -> None:
    told = explain(TICKET, READABLE)
    assert [TICKET.subject[s["start"] : s["end"]] for s in told["spans_subject"]] == [
        "KB-4821973",
        "Lena Vogt",
    ]
    assert told["spans"] == [
        {"start": 82, "end": 86, "type": "PERSON", "score": 0.98, "detector": "known"}
    ]
