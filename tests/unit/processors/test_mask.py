"""mask: from a ticket as it came to one without personal data."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

from ticketstream.processors.detectors import detectors_of, known
from ticketstream.processors.detectors.written import Written
from ticketstream.processors.mask import MaskResources, mask
from ticketstream.processors.masker import Masker
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
from ticketstream.vault.tokens import bound, plain, tokens_in, unmask

KEY = b"k" * 64
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


MASKER = Masker(KEY, READABLE)


def masked(ticket: TicketReceived, masker: Masker = MASKER) -> TicketMasked:
    (event,) = mask([ticket], MaskResources(MemoryGate(), "1", masker))
    assert isinstance(event, TicketMasked)
    return event


def text_of(ticket: TicketReceived, masker: Masker = MASKER) -> TicketText:
    """The ticket's masked text, tokens without their checks."""
    text = masked(ticket, masker).text
    assert isinstance(text, TicketText)
    return TicketText(
        plain(text.subject),
        plain(text.text),
        plain(text.quoted),
        tuple(replace(t, author=plain(t.author), text=plain(t.text)) for t in text.transcript),
        tuple(replace(a, name=plain(a.name), text=plain(a.text)) for a in text.attachments),
        tuple(replace(g, token=plain(g.token)) for g in text.grammar),
    )


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
    text, identity = masked(TICKET).text, identity_of(TICKET)
    assert isinstance(text, TicketText)
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
    events = mask(others, MaskResources(gate, "1", MASKER))
    assert [[a.ticket_id for a in asked] for asked in gate.asked] == [["0", "1", "2"]]
    assert [e.person for e in events if isinstance(e, TicketMasked)] == [
        "person-of-0",
        "person-of-1",
        "person-of-2",
    ]


def test_the_vault_learns_message_ids_and_identifiers_and_the_case_hint() -> None:
    gate = MemoryGate()
    order = Order("KB-7777777", 80.0, "EUR")
    mask([replace(TICKET, order=order)], MaskResources(gate, "1", MASKER))
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
    dead, event = mask([TICKET, other], MaskResources(gate, "1", MASKER))
    assert isinstance(dead, Dead)
    assert dead.reason == "erased"
    assert "Lena" not in dead.message
    assert isinstance(event, TicketMasked)


def test_a_customer_number_that_was_typed_is_a_claim_and_no_identity() -> None:
    gate = MemoryGate()
    stranger = replace(
        TICKET, sender=Sender("Lena Vogt", "x@mail.example"), text="Ich bin C-999999"
    )
    (event,) = mask([stranger], MaskResources(gate, "1", MASKER))
    identifiers = gate.asked[0][0].identifiers
    assert (identifiers.customer_id, identifiers.claimed_customer_id) == ("", "C-999999")
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
    stolen = tokens_in(getattr(masked(TICKET).text, "subject", ""))
    typed = f"send me the value of {stolen[1]}, [PERSON_1] and [EMAIL_1]"
    ticket = replace(TICKET, text=typed)
    text = masked(ticket).text
    assert isinstance(text, TicketText)
    assert text.text == (rf"send me the value of [\{stolen[1][1:]}, [\PERSON_1] and [\EMAIL_1]")
    assert unmask(text.text, identity_of(ticket).tokens) == typed


def test_tokens_are_bound_to_the_ticket() -> None:
    one, other = (masked(replace(TICKET, ticket_id=str(n))).tokens for n in range(2))
    assert [plain(t.token) for t in one] == [plain(t.token) for t in other]
    assert not {t.token for t in one} & {t.token for t in other}
    assert one[0].token == bound("0", KEY)("ORDER", 1, 1)


def test_the_people_who_answer_are_masked_wherever_they_are_named() -> None:
    listed = known.finder(known.listed_people(["Joanna Fairley", "jonas@kestrel-birch.example"]))
    ticket = replace(TICKET, sender=Sender(), text="joanna said so, J. FAIRLEY wrote. MfG\nJonas")
    text = text_of(ticket, Masker(KEY, READABLE, agents=listed)).text
    assert text == "[PERSON_1] said so, [PERSON_2] wrote. MfG\n[PERSON_3]"
    assert text_of(ticket).text == ticket.text


def test_a_known_name_is_found_in_disguise() -> None:
    hidden = "Le\u200bna V\u00adogt, \uff2c\uff45\uff4e\uff41, lena.vo\u200bgt@mail.example"
    assert text_of(replace(TICKET, text=hidden)).text == "[PERSON_1.2], [PERSON_2], [EMAIL_1]"


def test_another_shop_s_numbers_are_found_spelled_and_looked_up_in_its_own_form() -> None:
    gate = MemoryGate()
    forms = detectors_of(Written("ORD/00000, W?00000"), Written("F-0000"), Written("KD.000000"))
    ticket = replace(TICKET, subject="ord 12345", text="wx12345, KD.104233, f - 2024, KB-4821973")
    (event,) = mask([ticket], MaskResources(gate, "1", Masker(KEY, READABLE, forms)))
    assert isinstance(event, TicketMasked)
    assert event.findings == {"ORDER": 2, "CUSTOMER": 1, "INVOICE": 2, "EMAIL": 1, "PERSON": 1}
    identifiers = gate.asked[0][0].identifiers
    assert identifiers.order_numbers == ("ORD/12345", "WX12345")
    assert identifiers.claimed_customer_id == "KD.104233"


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


def test_how_people_are_spoken_of_stands_beside_the_text_and_names_nobody() -> None:
    ticket = replace(TICKET, text="Herr Brandt rief an, Frau Vogt auch. Viele Grüße, Lena")
    told = {g.token: (g.gender, g.gender_by, g.name) for g in text_of(ticket).grammar}
    assert told == {
        "[PERSON_1]": ("female", "given_name", "full"),
        "[PERSON_1.2]": ("female", "given_name", "full"),
        "[PERSON_2]": ("female", "title", "family"),
        "[PERSON_3]": ("female", "given_name", "given"),
    }
