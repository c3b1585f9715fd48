"""What agents set right: from sealed events to examples, and from nobody who was forgotten."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import pytest
from tests.unit.doors.desk.story import Desk, make_vault, outcome, story

from ticketstream.learning.corrections import Corrected, corrected
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.projections.store import ReadModels, read_engine
from ticketstream.schemas.masked import TicketMasked, TicketText
from ticketstream.schemas.outcome import AgentEdited, Labels
from ticketstream.schemas.received import Turn


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(ReadModels(read_engine(f"sqlite:///{tmp_path / 'read.db'}")), make_vault(tmp_path))
    yield made
    made.models.engine.dispose()
    made.vault.engine.dispose()


def found(desk: Desk) -> Corrected:
    with desk.models.engine.connect() as connection:
        return corrected(connection, desk.vault, shipped_labels())


def edited(desk: Desk, after: Labels, number: int = 1, nth: int = 0) -> AgentEdited:
    event = outcome(desk, number)[0]
    assert isinstance(event, AgentEdited)
    return replace(event, after=after, event_id=UUID(int=number * 1000 + nth))


def test_a_corrected_label_is_an_example_with_the_masked_text(desk: Desk) -> None:
    desk.happens([*story(desk), *outcome(desk)])
    (example,) = found(desk).examples
    assert (example.sub_category, example.intent) == ("lost_parcel", "ask_status")
    assert example.text.startswith("Where is my order [ORDER_1]?. Hello,")
    assert (example.language, example.kind) == ("en", "correction")


def test_a_corrected_chat_is_learned_as_classify_reads_it(desk: Desk) -> None:
    turns = (
        Turn("customer", "", "My lamp arrived broken"),
        Turn("agent", "", "Which order is it?"),
        Turn("customer", "", "It is [ORDER_1-kfqxt]"),
    )
    after = Labels("delivery", "damaged_in_transit", "report_problem", "agent_suggestion")
    chat = TicketText(transcript=turns)
    told = [replace(e, text=chat) if isinstance(e, TicketMasked) else e for e in story(desk)]
    desk.happens([*told, edited(desk, after)])
    assert [e.text for e in found(desk).examples] == ["My lamp arrived broken\nIt is [ORDER_1]"]


def test_of_two_corrections_of_a_ticket_the_later_one_counts(desk: Desk) -> None:
    first = Labels("delivery", "lost_parcel", "ask_status", "agent_suggestion")
    later = Labels("delivery", "damaged_in_transit", "report_problem", "agent_suggestion")
    desk.happens(story(desk))
    desk.happens([edited(desk, first, nth=1), edited(desk, later, nth=2)])
    assert [e.sub_category for e in found(desk).examples] == [later.sub_category]


def test_a_changed_answer_alone_corrects_no_label(desk: Desk) -> None:
    same = Labels("delivery", "delay_not_received", "ask_status", "manual_queue")
    desk.happens([*story(desk), edited(desk, same)])
    assert found(desk) == Corrected()


def test_nobody_learns_from_a_person_who_was_forgotten(desk: Desk) -> None:
    desk.happens([*story(desk), *outcome(desk)])
    desk.vault.forget(desk.person(1))
    assert found(desk) == Corrected(erased=1)


def test_a_label_outside_the_taxonomy_and_a_ticket_without_text_are_counted(desk: Desk) -> None:
    strange = Labels("delivery", "by_balloon", "ask_status", "agent_suggestion")
    known = Labels("delivery", "lost_parcel", "ask_status", "agent_suggestion")
    desk.happens([*story(desk), edited(desk, strange), edited(desk, known, number=2)])
    assert found(desk) == Corrected(unknown=1, textless=1)
