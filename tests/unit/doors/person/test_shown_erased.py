"""At the desk and in training a forgotten person's ticket is erased, and not merely missing."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.doors.desk.story import Desk, make_vault, outcome, story, ticket_id

from ticketstream.doors.desk.ticket import TicketPage, ticket_page
from ticketstream.learning.corrections import corrected
from ticketstream.processors.taxonomy import shipped_labels
from ticketstream.projections.purge import purge
from ticketstream.projections.store import ReadModels, read_engine


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(ReadModels(read_engine(f"sqlite:///{tmp_path / 'read.db'}")), make_vault(tmp_path))
    for number in (1, 2):
        made.happens([*story(made, number), *outcome(made, number)])
    made.vault.forget(made.person(1))
    purge(made.models.engine, [ticket_id(1)])
    yield made
    made.vault.engine.dispose()
    made.models.engine.dispose()


def page_of(desk: Desk, number: int) -> TicketPage:
    with desk.models.engine.connect() as connection:
        page = ticket_page(connection, desk.vault, ticket_id(number))
    assert page is not None
    return page


def test_the_page_says_erased_and_still_shows_the_decision(desk: Desk) -> None:
    page = page_of(desk, 1)
    assert page.text.state == "erased"
    assert page.draft is not None
    assert page.draft.text.state == "erased"
    assert page.row.route == "agent_suggestion"
    assert page.row.reasons


def test_the_neighbours_page_is_whole(desk: Desk) -> None:
    assert page_of(desk, 2).text.state == "open"


def test_training_counts_it_as_erased(desk: Desk) -> None:
    with desk.models.engine.connect() as connection:
        found = corrected(connection, desk.vault, shipped_labels())
    assert (len(found.examples), found.erased, found.textless) == (1, 1, 0)
