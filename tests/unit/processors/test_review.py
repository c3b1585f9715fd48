"""review: what an agent changed, in the ticket's own tokens."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from uuid import UUID

import pytest

from ticketstream.processors.detectors import known
from ticketstream.processors.edits import distance, operations
from ticketstream.processors.masker import Masker
from ticketstream.processors.reply_body import body
from ticketstream.processors.review import ReviewResources, pseudonym, review
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.draft import DraftCreated, DraftText
from ticketstream.schemas.envelope import Event, Producer, answer_id
from ticketstream.schemas.masked import Identity, TokenValue
from ticketstream.schemas.outcome import AgentEdited, AgentReplied, Edit, EditText, Labels
from ticketstream.schemas.received import Sender
from ticketstream.schemas.record import ERASED, Erased, Record, Sealed
from ticketstream.vault.tokens import bound, plain, unmask

KEY = b"k" * 64
write = bound("ticket-1", KEY)
PERSON, ORDER = write("PERSON", 1, 1), write("ORDER", 1, 1)
MASKER = Masker(KEY, frozenset({"Kestrel & Birch"}))
ANSWER = (
    f"Hallo {PERSON},\n\nIhre Lampe aus {ORDER} ist heute versandt worden.\n\n"
    "Viele Grüße\nIhr Kestrel & Birch Team"
)
FINAL = (
    "Sehr geehrte Frau Vogt,\n\nIhre Lampe aus KB-4821973 ist gestern versandt worden.\n\n"
    "Mit freundlichen Grüßen\nTom Adler\n\n"
    "Am 20.11.2026 schrieb lena.vogt@mail.example:\n> wo ist sie?"
)
IDENTITY = Identity(
    tokens=(TokenValue(PERSON, "Lena Vogt"), TokenValue(ORDER, "KB-4821973")),
    sender=Sender("Lena Vogt", "lena.vogt@mail.example", "C-104233"),
    order_numbers=("KB-4821973",),
)
NOW = datetime(2026, 11, 20, 9, 30, tzinfo=UTC)
DRAFT = DraftCreated(
    event_id=UUID(int=5),
    ticket_id="ticket-1",
    case_id="case-1",
    cause_id=UUID(int=4),
    occurred_at=NOW,
    shop="kestrel",
    producer=Producer("draft", "1"),
    person="person-1",
    category="delivery",
    sub_category="where_is_it",
    intent="ask_status",
    route="agent_suggestion",
    status="drafted",
    identity=Sealed(b"identity"),
    text=Sealed(b"text"),
)
REPLY = AgentReplied(
    event_id=UUID(int=6),
    ticket_id="ticket-1",
    case_id="",
    cause_id=DRAFT.event_id,
    occurred_at=NOW,
    shop="kestrel",
    producer=Producer("crm", "1"),
    draft=Codec().encode(DRAFT),
    actions=("edited",),
    final_text=FINAL,
    agent="Tom Adler",
    handle_seconds=90.0,
    thumbs=1,
)


@dataclass(frozen=True)
class Drawer:
    """An opener that holds what the sealed bytes stand for."""

    records: Mapping[bytes, Record | Erased] = field(default_factory=dict)

    def open(self, event: Event, fields: frozenset[str]) -> Event:
        sealed = {name: getattr(event, name).data for name in fields}
        opened = {n: self.records[data] for n, data in sealed.items() if data in self.records}
        return replace(event, **opened)  # type: ignore[arg-type]


FULL = Drawer({b"identity": IDENTITY, b"text": DraftText(answer=ANSWER)})


def reviewed(reply: AgentReplied, drawer: Drawer = FULL) -> AgentEdited | Dead:
    (event,) = review([reply], ReviewResources(drawer, Codec(), "1", b"secret", MASKER))
    return event


def edited(reply: AgentReplied, drawer: Drawer = FULL) -> AgentEdited:
    event = reviewed(reply, drawer)
    assert isinstance(event, AgentEdited)
    return event


def text_of(reply: AgentReplied, drawer: Drawer = FULL) -> EditText:
    text = edited(reply, drawer).text
    assert isinstance(text, EditText)
    return text


def test_an_answer_is_masked_with_the_ticket_s_own_tokens_first() -> None:
    text = text_of(REPLY).final_text
    assert f"Ihre Lampe aus {ORDER} ist gestern" in text
    for name in ("Vogt", "Tom", "Adler", "mail.example", "KB-4821973"):
        assert name not in text


def test_new_values_get_free_numbers_and_the_whole_comes_back() -> None:
    event = edited(REPLY)
    assert isinstance(event.identity, Identity)
    assert isinstance(event.text, EditText)
    assert event.identity.tokens[:2] == IDENTITY.tokens
    assert TokenValue(write("PERSON", 2, 1), "Vogt") in event.identity.tokens
    assert event.identity.sender == IDENTITY.sender
    assert unmask(event.text.final_text, event.identity.tokens) == FINAL


def test_only_the_body_is_compared() -> None:
    event = edited(REPLY)
    assert isinstance(event.text, EditText)
    assert event.text.operations == (Edit("replace", "heute", "gestern"),)
    assert event.edit_distance is not None
    assert 0.05 < event.edit_distance < 0.2


def test_labels_before_are_the_draft_s_and_after_what_the_agent_corrected() -> None:
    before = Labels("delivery", "where_is_it", "ask_status", "agent_suggestion")
    assert (edited(REPLY).before, edited(REPLY).after) == (before, before)
    corrected = edited(replace(REPLY, label_after=Labels(category="returns")))
    assert corrected.after == replace(before, category="returns")


def test_the_event_answers_the_agent_s_and_keeps_case_and_person_of_the_draft() -> None:
    event = edited(REPLY)
    assert event.event_id == answer_id(REPLY, Producer("review", "1"))
    assert (event.cause_id, event.case_id, event.person) == (REPLY.event_id, "case-1", "person-1")
    assert event.draft_event_id == str(DRAFT.event_id)
    assert (event.handle_seconds, event.thumbs) == (90.0, 1)


def test_an_agent_is_a_pseudonym_that_needs_the_key() -> None:
    name = edited(REPLY).agent
    assert len(name) == 16
    assert name == edited(replace(REPLY, final_text="x")).agent
    assert name not in {pseudonym("Tom Adler", b"other"), pseudonym("Tom Adlers", b"secret")}
    assert pseudonym("", b"secret") == ""


def test_a_draft_sent_unchanged_needs_no_text() -> None:
    event = edited(replace(REPLY, actions=("sent_unchanged",), final_text=""))
    assert event.text == EditText(final_text=ANSWER)
    assert event.edit_distance == 0.0


def test_an_answer_written_in_tokens_keeps_the_ticket_s_own_and_escapes_others() -> None:
    stranger = bound("ticket-2", KEY)("ORDER", 1, 1)
    typed = f"{PERSON}, order {ORDER}, order {stranger}, [ORDER_1] und [ORDER_9-kfqxt]"
    text = text_of(replace(REPLY, final_text=typed)).final_text
    assert text == (
        rf"{PERSON}, order {ORDER}, order [\{stranger[1:]}, [\ORDER_1] und [\ORDER_9-kfqxt]"
    )
    assert unmask(text, IDENTITY.tokens) == typed.replace(PERSON, "Lena Vogt").replace(
        ORDER, "KB-4821973"
    )


def test_a_colleague_who_is_named_is_masked_too() -> None:
    listed = known.finder(known.listed_people(["Joanna Fairley"]))
    masker = Masker(KEY, agents=listed)
    reply = replace(REPLY, final_text="joanna will call you", comment="")
    (event,) = review([reply], ReviewResources(FULL, Codec(), "1", b"secret", masker))
    assert isinstance(event, AgentEdited)
    assert isinstance(event.text, EditText)
    assert plain(event.text.final_text) == "[PERSON_2] will call you"


def test_a_rejected_draft_without_an_answer_has_no_distance() -> None:
    event = edited(replace(REPLY, actions=("rejected",), final_text=""))
    assert event.edit_distance is None
    assert event.text == EditText()


def test_a_draft_that_abstained_is_no_ground_for_a_comparison() -> None:
    event = edited(REPLY, Drawer({b"identity": IDENTITY, b"text": DraftText()}))
    assert event.edit_distance is None
    assert isinstance(event.text, EditText)
    assert event.text.operations == ()


def test_the_comment_is_masked_and_a_cause_in_words_is_sealed_with_it() -> None:
    reply = replace(REPLY, comment="Lena rief an", cause="Frau Vogt wollte es anders")
    assert edited(reply).cause == "other"
    comment = plain(text_of(reply).comment)
    assert comment == "Frau [PERSON_2] wollte es anders\n[PERSON_4] rief an"
    assert edited(replace(REPLY, cause="wrong_fact")).cause == "wrong_fact"


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (replace(REPLY, draft=b""), "without the draft's bytes"),
        (replace(REPLY, draft=b"Lena"), "draft"),
        (replace(REPLY, ticket_id="other"), "another ticket"),
        (replace(REPLY, actions=("edited", "Lena")), "actions"),
    ],
)
def test_what_cannot_be_sealed_is_buried_with_a_reason_that_names_nobody(
    reply: AgentReplied, says: str
) -> None:
    event = reviewed(reply)
    assert isinstance(event, Dead)
    assert event.reason == "invalid"
    assert says in event.message
    assert "Lena" not in event.message


@pytest.mark.parametrize("gone", [b"identity", b"text"])
def test_the_answer_to_a_forgotten_person_is_buried(gone: bytes) -> None:
    event = reviewed(REPLY, Drawer({**FULL.records, gone: ERASED}))
    assert isinstance(event, Dead)
    assert event.reason == "erased"


def test_one_reply_in_is_one_answer_out_in_order() -> None:
    resources = ReviewResources(FULL, Codec(), "1", b"secret", MASKER)
    events = review([REPLY, replace(REPLY, draft=b""), REPLY], resources)
    assert [type(e) for e in events] == [AgentEdited, Dead, AgentEdited]


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("Hi Lena,\n\nit ships today.\n\nBest regards,\nTom\nKestrel & Birch", "it ships today."),
        ("Hi Lena, it ships today. Thanks for waiting.", "it ships today. Thanks for waiting."),
        ("Dear Ms Vogt:\nDone.\n-- \nTom", "Done."),
        ("Guten Tag Frau Vogt,\r\nerledigt.\r\n\r\nLG\r\nTom", "erledigt."),
        ("Hallo\nerledigt.\nViele Grüße aus Hamburg, Tom", "erledigt."),
        ("Done.\n\nOn Fri, 20 Nov 2026, Lena wrote:\n> where?", "Done."),
        ("Done.\n-----Original Message-----\nwhere?", "Done."),
        ("Done.\n\nVon: Lena\nGesendet: Freitag\nwo?", "Done."),
        ("> where?\nHere.\n> when?\nToday.", "Here. Today."),
        ("Thank you for writing. We will check.", "Thank you for writing. We will check."),
        ("Highlights of the lamp are bright.", "Highlights of the lamp are bright."),
        ("Best lamp ever.\nReally.", "Best lamp ever. Really."),
        ("", ""),
    ],
)  # fmt: skip
def test_greeting_signature_and_quote_are_no_part_of_what_is_said(text: str, left: str) -> None:
    assert body(text) == left


def test_distance_runs_from_the_same_to_nothing_in_common() -> None:
    assert distance("Hi A,\nit ships.", "Hello B,\nit  ships.\n\nCheers") == 0.0
    assert distance("abc", "xyz") == 1.0


def test_operations_name_what_came_and_went() -> None:
    assert operations("we ship it today", "we will ship it") == (
        Edit("insert", "", "will"),
        Edit("delete", "today", ""),
    )
    assert operations("It costs 4.95 EUR.", "It costs 9,90 EUR, [PERSON_1].") == (
        Edit("replace", "4.95", "9,90"),
        Edit("insert", "", ", [PERSON_1]"),
    )
