"""What a person is handed is readable, whole, and nobody else's page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ticketstream.doors.person.export import readable_event, tickets_of
from ticketstream.doors.person.page import page
from ticketstream.doors.person.trace import Trace
from ticketstream.schemas.masked import Identity, TicketMasked, TicketText, TokenValue
from ticketstream.schemas.received import Sender, TicketReceived
from ticketstream.schemas.record import ERASED, Sealed
from ticketstream.schemas.routed import Reason, TicketRouted
from ticketstream.stream.reading import Read

from tests.unit.schemas.samples import SAMPLES  # isort: skip

RECEIVED, MASKED, ROUTED = (
    next(e for e in SAMPLES if isinstance(e, kind))
    for kind in (TicketReceived, TicketMasked, TicketRouted)
)
WHO = Identity(tokens=(TokenValue("[NAME_1]", "Lena <b>Invented</b>"),))


def read(topic: str, at: int = 0) -> Read:
    return Read(topic, 0, at, at, b"k", b"v", ())


def told(*events: tuple[str, Any]) -> dict[str, Any]:
    trace = Trace("lena@mail.example", datetime(2026, 11, 23, tzinfo=UTC), frozenset(), set())
    trace.events = [(read(topic, n), event) for n, (topic, event) in enumerate(events)]
    return {
        "asked_for": trace.asked,
        "made_at": "2026-11-23",
        "tickets": tickets_of(trace, set(), "en"),
        "dead_letters": {"count": {"intake.dead": 2}, "expire": "2026-11-30"},
        "language_models": [],
        "attachments": [{"id": "a", "file": None, "why": ""}],
    }


def test_masked_text_is_handed_out_with_the_names_put_back() -> None:
    masked = replace(MASKED, text=TicketText("About [NAME_1]", r"I am [NAME_1], [\NAME_1]"))
    event = readable_event(read("ticket.masked"), masked, WHO)
    assert event["text"]["text"] == "I am Lena <b>Invented</b>, [NAME_1]"


def test_no_key_of_a_file_and_no_bytes_of_a_draft_are_handed_out() -> None:
    event = readable_event(read("ticket.received"), RECEIVED, None)
    assert "key" not in event["attachments"][0]
    assert event["attachments"][0]["file_name"] == "foto.png"


def test_what_cannot_be_opened_is_shown_as_missing_and_not_as_bytes() -> None:
    for text in (Sealed(b"x"), ERASED):
        masked = replace(MASKED, text=text)
        assert readable_event(read("ticket.masked"), masked, None)["text"] is None


def test_a_decision_is_told_with_its_reasons_in_words() -> None:
    routed = replace(ROUTED, route="escalate_senior", reasons=(Reason("anger", {"anger": "0.9"}),))
    (ticket,) = told(("ticket.routed", routed))["tickets"]
    assert ticket["decision"]["route"] == "to a senior"
    assert ticket["decision"]["reasons"] == ["The customer is angry (0.9)."]


def test_what_anybody_wrote_is_text_on_the_page_and_never_markup() -> None:
    hostile = replace(
        RECEIVED, text="<script>alert(1)</script>", sender=Sender("Lena", "lena@mail.example")
    )
    shown = page(told(("ticket.received", hostile)), "en")
    assert "<script>" not in shown
    assert "&lt;script&gt;" in shown
    assert "default-src 'none'" in shown


def test_the_page_speaks_german_too_and_tells_of_dead_letters() -> None:
    shown = page(told(("ticket.received", RECEIVED)), "de")
    assert "Was wir über Sie gespeichert haben" in shown
    assert "verfallen bis 2026-11-30" in shown


def test_a_ticket_of_another_sender_hangs_on_nothing_but_a_typed_number() -> None:
    trace = told_names({"t1": {"a@mail.example", "c-1"}, "t2": {"c-1"}, "t3": {"b@mail.example"}})
    assert trace.joined() == {"t3"}


def test_a_ticket_whose_sender_is_not_known_any_more_is_not_taken_for_a_strangers() -> None:
    assert told_names({"t1": {"a@mail.example"}, "t2": set()}).joined() == set()


def told_names(named: dict[str, set[str]]) -> Trace:
    at = datetime(2026, 11, 23, tzinfo=UTC)
    return Trace("a@mail.example", at, frozenset(), set(named), named=named)
