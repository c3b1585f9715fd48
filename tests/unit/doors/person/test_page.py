"""What a person is handed is readable, whole, and nobody else's page."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from tests.unit.schemas.samples import SAMPLES

from ticketstream.doors.person.about import Met, about
from ticketstream.doors.person.export import readable_event, tickets_of
from ticketstream.doors.person.notice import load_notice
from ticketstream.doors.person.page import page
from ticketstream.doors.person.trace import Trace, named_files
from ticketstream.doors.person.words import WORDS
from ticketstream.doors.settings import load
from ticketstream.processors.policy import default_policy
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.schemas.masked import (
    AttachmentKey,
    AttachmentText,
    Identity,
    TicketMasked,
    TicketText,
    TokenValue,
)
from ticketstream.schemas.outcome import AgentEdited, AgentReplied
from ticketstream.schemas.policy import PolicyChanged
from ticketstream.schemas.received import Sender, TicketReceived
from ticketstream.schemas.record import ERASED, Sealed
from ticketstream.schemas.routed import Reason, TicketRouted
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.stream.reading import Read

RECEIVED, MASKED, ROUTED, REPLIED, EDITED = (
    next(e for e in SAMPLES if isinstance(e, kind))
    for kind in (TicketReceived, TicketMasked, TicketRouted, AgentReplied, AgentEdited)
)
WHO = Identity(tokens=(TokenValue("[NAME_1]", "Lena <b>Invented</b>"),))
NOTICE = load_notice(load().notice_file)
LETTER = {
    "recorded_at": "2026-11-23T09:00:00+00:00",
    "expires": "2026-11-30T09:00:00+00:00",
    "file": "letters/001.eml",
}


def read(topic: str, at: int = 0) -> Read:
    return Read(topic, 0, at, at, b"k", b"v", ())


def told(*events: tuple[str, Any], tongue: Literal["en", "de"] = "en") -> dict[str, Any]:
    trace = trace_of()
    trace.events = [(read(topic, n), event) for n, (topic, event) in enumerate(events)]
    met = Met(["mail"], [], looked_up=False, models=[])
    return {
        "asked_for": trace.asked,
        "made_at": "2026-11-23T09:00:00+00:00",
        "about": about(NOTICE, default_policy(), met, tongue, shipped_labels()),
        "tickets": tickets_of(trace, tongue, shipped_labels()),
        "dead_letters": [LETTER],
        "language_models": [],
        "attachments": [{"id": "a", "name": "", "file": None, "why": ""}],
    }


def shown(*events: tuple[str, Any], tongue: Literal["en", "de"] = "en") -> str:
    return page(told(*events, tongue=tongue), tongue, ZoneInfo("Europe/Berlin"))


def trace_of() -> Trace:
    return Trace(("a@mail.example",), datetime(2026, 11, 23, tzinfo=UTC), frozenset(), set())


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


def test_who_of_the_staff_answered_is_not_handed_out() -> None:
    for topic, event in (("agent.replied", REPLIED), ("agent.edited", EDITED)):
        named = (
            replace(event, agent="Tim Hinrichs", final_text="Hello")
            if topic == "agent.replied"
            else replace(event, agent="Tim Hinrichs")
        )
        assert "Hinrichs" not in repr(readable_event(read(topic), named, WHO))


def test_a_decision_is_told_with_its_reasons_in_words() -> None:
    routed = replace(ROUTED, route="escalate_senior", reasons=(Reason("anger", {"anger": "0.9"}),))
    (ticket,) = told(("ticket.routed", routed))["tickets"]
    (decision,) = ticket["decisions"]
    assert decision["route"] == "to a senior"
    assert decision["reasons"] == ["The customer is angry (90\N{NARROW NO-BREAK SPACE}%)."]
    assert "The customer is angry (90\N{NARROW NO-BREAK SPACE}%)." in shown(
        ("ticket.routed", routed)
    )
    assert "Der Kunde ist verärgert (0,9)." in shown(("ticket.routed", routed), tongue="de")


def test_a_decision_that_was_taken_twice_is_told_twice_and_a_redelivery_once() -> None:
    again = replace(ROUTED, event_id=uuid4(), route="manual_queue")
    (ticket,) = told(*(("ticket.routed", e) for e in (ROUTED, again, ROUTED)))["tickets"]
    assert len(ticket["decisions"]) == 2


@pytest.mark.parametrize("tongue", ["en", "de"])
def test_every_kind_of_event_has_a_part_on_the_page(tongue: Literal["en", "de"]) -> None:
    events = [(TOPIC_OF[type(e)], e) for e in SAMPLES if not isinstance(e, PolicyChanged)]
    sections = told(*events, tongue=tongue)["tickets"][0]["in_words"]
    titles = {s.title for s in sections}
    parts = ("wrote", "looked up", "understood", "decided", "proposed", "answered", "sent", "ended")
    assert titles == {WORDS[part][tongue == "de"] for part in parts}
    assert shown(*events, tongue=tongue)


def test_once_the_original_has_expired_its_copy_is_told_with_the_names_put_back() -> None:
    sender = Sender("Lena Invented", "lena@mail.example")
    masked = replace(
        MASKED,
        text=TicketText("About [NAME_1]", "I am [NAME_1]"),
        identity=replace(WHO, sender=sender),
    )
    (ticket,) = told(("ticket.masked", masked))["tickets"]
    wrote = ticket["in_words"][0]
    assert ("From", "Lena Invented <lena@mail.example>") in wrote.facts
    assert ("Text", "I am Lena <b>Invented</b>") in wrote.texts
    assert (
        len(
            told(("ticket.received", RECEIVED), ("ticket.masked", masked))["tickets"][0]["in_words"]
        )
        == 2
    )


def test_what_an_agent_did_is_told_once() -> None:
    after = replace(EDITED, cause_id=REPLIED.event_id, ticket_id=REPLIED.ticket_id)
    (ticket,) = told(("agent.replied", REPLIED), ("agent.edited", after))["tickets"]
    assert [s.title for s in ticket["in_words"]] == ["What a person answered"]
    assert len(ticket["events"]) == 2


def test_what_anybody_wrote_is_text_on_the_page_and_never_markup() -> None:
    hostile = replace(
        RECEIVED, text="<script>alert(1)</script>", sender=Sender("Lena", "lena@mail.example")
    )
    html = shown(("ticket.received", hostile))
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "default-src 'none'" in html


def test_the_page_speaks_german_too_and_tells_of_dead_letters() -> None:
    html = shown(("ticket.received", RECEIVED), tongue="de")
    assert "Was wir über Sie gespeichert haben" in html
    assert "gelöscht bis 30.11.2026 10:00" in html
    assert 'href="letters/001.eml"' in html
    assert "Aufsichtsbehörde" in html


def test_an_attachment_keeps_its_name_after_the_original_has_expired() -> None:
    text = TicketText(attachments=(AttachmentText("f1", "bill of [NAME_1].pdf", "..."),))
    identity = replace(WHO, attachment_keys=(AttachmentKey("f1", "k"), AttachmentKey("f2", "k")))
    files = named_files(replace(MASKED, text=text), identity)
    assert files["f1"].file_name == "bill of Lena <b>Invented</b>.pdf"
    assert files["f2"].file_name == ""
