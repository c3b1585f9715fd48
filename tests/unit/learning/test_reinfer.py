"""A stage answers stored events again: differences are counted, what is published is marked."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from typing import Any
from uuid import UUID

import pytest
from tests.unit.schemas.samples import AT, SAMPLES

from ticketstream.learning.reinfer.answers import ANSWERS, Answer, answers_then, band_of
from ticketstream.learning.reinfer.tally import Found, Move, Tally
from ticketstream.learning.reinfer.trial import Trial, marked, reinfer
from ticketstream.learning.replay.stored import Wanted
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.draft import DraftCreated, Send
from ticketstream.schemas.envelope import Event, Producer, answering
from ticketstream.schemas.masked import TicketMasked
from ticketstream.stream.reading import Read
from ticketstream.stream.work import Stage, Work
from ticketstream.vault.nokeys import NoKeys

CODEC = Codec()
MASKED = next(e for e in SAMPLES if isinstance(e, TicketMasked))
CLASSIFIED = next(e for e in SAMPLES if isinstance(e, TicketClassified))
DRAFT = next(e for e in SAMPLES if isinstance(e, DraftCreated))
NOW = Producer("classify", "2")


class Resources:
    producer = NOW


def masked(number: int) -> TicketMasked:
    return replace(MASKED, event_id=UUID(int=number), ticket_id=f"t{number}")


def classified(
    cause: TicketMasked, intent: str, confidence: float, by: Producer
) -> TicketClassified:
    changes: dict[str, Any] = answering(cause, by)
    return replace(CLASSIFIED, **changes, intent=intent, confidence=confidence)


def record(topic: str, offset: int, event: Event) -> Read:
    return Read(topic, 0, offset, 0, event.ticket_id.encode(), CODEC.encode(event), ())


def classify_again(tickets: Sequence[TicketMasked], _: object) -> list[TicketClassified]:
    """Today's model: it knows a complaint in every third ticket, and fails at ticket 7."""
    if any(ticket.ticket_id == "t7" for ticket in tickets):
        raise ValueError
    return [
        classified(t, "complain" if t.event_id.int % 3 == 0 else "ask_status", 0.75, NOW)
        for t in tickets
    ]


def trial(emit: Callable[[str, Event], None] | None = None) -> Trial:
    stage = Stage("classify", "ticket.masked", "ticket.classified", classify_again, largest_batch=4)
    limits = {"ticket.classified": 1_000_000}
    work = Work(stage, lambda: lambda _: Resources(), CODEC, NoKeys(), limits)
    return Trial(work, "spring", emit)


THEN = Producer("classify", "1")
STORED = [record("ticket.masked", n, masked(n)) for n in range(9)]
ANSWERED = [
    record("ticket.classified", n, classified(masked(n), "ask_status", 0.5, THEN))
    for n in range(1, 9)
]


def test_moves_means_and_what_cannot_be_compared_are_counted() -> None:
    then = answers_then(ANSWERED, "ticket.classified", CODEC)
    told = list[int]()
    result = reinfer(replace(trial(), tell=told.append), STORED, then)
    sub = CLASSIFIED.sub_category
    assert {(m.before, m.after): m.tickets for m in result.matrix} == {
        (f"{sub} / ask_status", f"{sub} / ask_status"): 5,
        (f"{sub} / ask_status", f"{sub} / complain"): 2,
    }
    assert (result.compared, result.moved, result.first_answers) == (7, 2, 1)
    assert (result.number_before, result.number_after) == (0.5, 0.75)
    assert dict(result.dead) == {"raised": 1}
    assert list(result.tickets) == ["t3", "t6"]
    assert told == [4, 8, 9]
    assert result.bands == [Move("0.5 to 0.6", "0.7 to 0.8", 7)]
    assert result.found == []


def test_an_event_that_is_there_twice_is_compared_once_and_a_tombstone_never() -> None:
    then = answers_then(ANSWERED, "ticket.classified", CODEC)
    gone = Read("ticket.masked", 0, 99, 0, b"t1", None, ())
    again = reinfer(trial(), [*STORED, *STORED, gone], then)
    assert again == reinfer(trial(), STORED, then)


def test_of_several_stored_answers_the_last_is_compared_and_an_unreadable_one_passed_over() -> None:
    later = record("ticket.classified", 9, classified(masked(1), "complain", 0.9, THEN))
    broken = Read("ticket.classified", 0, 10, 0, b"t1", b"broken", ())
    then = answers_then([*ANSWERED, later, broken], "ticket.classified", CODEC)
    assert then[UUID(int=1)] == Answer(
        f"{CLASSIFIED.sub_category} / complain", number=0.9, band="0.9 to 1.0"
    )


def test_what_is_published_is_marked_and_has_an_id_of_its_own() -> None:
    sent = list[tuple[str, Event]]()
    result = reinfer(trial(lambda topic, event: sent.append((topic, event))), STORED, {})
    assert {topic for topic, _ in sent} == {"ticket.classified.replay.spring"}
    events = [event for _, event in sent]
    assert {e.producer for e in events} == {Producer("classify.replay", "2+spring")}
    assert result.producer == Producer("classify.replay", "2+spring")
    assert [e.cause_id for e in events] == [UUID(int=n) for n in range(9) if n != 7]
    live = {classified(masked(n), "ask_status", 0.75, NOW).event_id for n in range(9)}
    assert not live & {e.event_id for e in events}
    assert len({e.event_id for e in events}) == len(events)


@pytest.mark.parametrize("action", ["auto", "after_review", "never"])
def test_a_draft_of_a_trial_is_never_sent(action: Any) -> None:
    draft = replace(DRAFT, send=Send(action, ("whitelisted",)))
    again = marked(draft, trial())
    assert isinstance(again, DraftCreated)
    assert again.send == Send("never", ("replay",))
    assert again.occurred_at == AT


def test_drafts_are_compared_by_status_and_sources_and_masking_by_what_was_found() -> None:
    answer = ANSWERS["draft.created"](DRAFT)
    assert (answer.said, answer.rests_on) == (DRAFT.status, {s.chunk_id for s in DRAFT.sources})
    found = ANSWERS["ticket.masked"](replace(MASKED, findings={"PHONE": 1, "EMAIL": 2}))
    assert (found.said, found.number) == ("EMAIL 2, PHONE 1", 3.0)
    assert ANSWERS["ticket.masked"](replace(MASKED, findings={})).said == "nothing"


def at(number: int, day: int, shop: str = "kestrel") -> Read:
    moment = AT.replace(month=6, day=day)
    event = replace(masked(number), occurred_at=moment, shop=shop)
    return record("ticket.masked", number, event)


@pytest.mark.parametrize(
    ("wanted", "answered"),
    [
        (Wanted(since=date(2026, 6, 2)), [2, 3, 4]),
        (Wanted(until=date(2026, 6, 3)), [1, 2, 4]),
        (Wanted(shop="birch"), [3]),
        (Wanted(limit=2), [4, 3]),
        (Wanted(until=date(2026, 6, 3), limit=2), [2, 4]),
    ],
)
def test_only_the_days_the_shop_and_the_latest_that_are_asked_for_are_answered(
    wanted: Wanted, answered: list[int]
) -> None:
    stored = [at(1, 1), at(2, 2), at(3, 3, "birch"), at(4, 2)]
    sent = list[Event]()
    asked = replace(trial(lambda _topic, event: sent.append(event)), wanted=wanted)
    reinfer(asked, stored, {})
    assert [e.ticket_id for e in sent] == [f"t{n}" for n in answered]


def test_a_ticket_that_was_never_admitted_is_counted_and_not_answered() -> None:
    sent = list[Event]()
    asked = replace(
        trial(lambda _topic, event: sent.append(event)), admitted={"t1", "t2"}.__contains__
    )
    broken = Read("ticket.masked", 0, 99, 0, b"t1", b"broken", ())
    result = reinfer(asked, [*STORED, broken], {})
    assert [e.ticket_id for e in sent] == ["t1", "t2"]
    assert result.dead["not_admitted"] == 7
    assert sum(result.dead.values()) == 8


def test_findings_are_told_by_type_those_that_are_found_no_more_too() -> None:
    tally, was = Tally(), {"EMAIL": 2, "PHONE": 1}
    then, now = (
        ANSWERS["ticket.masked"](replace(MASKED, findings=f))
        for f in (was, {"EMAIL": 2, "PERSON": 3})
    )
    tally.add("t1", then, now)
    tally.add("t2", then, then)
    result = tally.result(NOW)
    assert result.found == [Found("EMAIL", 4, 4), Found("PERSON", 0, 3), Found("PHONE", 2, 1)]
    assert (result.moved, result.tickets, result.bands) == (1, ["t1"], [])


@pytest.mark.parametrize(
    ("share", "band"),
    [
        *((0.0, "0.0 to 0.1"), (0.3, "0.3 to 0.4"), (0.7499, "0.7 to 0.8"), (1.0, "0.9 to 1.0")),
        *((1.15, "0.9 to 1.0"), (-0.2, "0.0 to 0.1")),
    ],
)
def test_a_share_lies_in_its_tenth(share: float, band: str) -> None:
    assert band_of(share) == band
