"""Rules over columns decide as the rules over single tickets did that they replaced.

`golden_decisions.json` was made with these (commit 7533019) over the same tickets; one thing was
mended there first: an audit is drawn only for what would have been sent.
"""

import json
from pathlib import Path

import pytest
from tests.unit.processors.decision.varied_tickets import POLICIES, digest, varied

from ticketstream.processors.decision.rules import RULES
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.routed import TicketRouted

GOLDEN = json.loads((Path(__file__).parent / "golden_decisions.json").read_text())
EACH = 400  # tickets a policy, others for each


def decided(name: str) -> list[TicketRouted]:
    first = EACH * list(POLICIES).index(name)
    tickets = [varied(number) for number in range(first, first + EACH)]
    return route(tickets, RouteResources.of(POLICIES[name], b"key", "0.1.0"))


@pytest.mark.parametrize("name", POLICIES)
def test_decisions_are_those_that_were_made_before(name: str) -> None:
    assert "".join(map(digest, decided(name))) == GOLDEN[name]


def test_every_rule_decides_some_of_these_tickets() -> None:
    deciding = {event.reasons[0].code for name in POLICIES for event in decided(name)}
    assert deciding == {rule.code for rule in RULES} - {"explored"}  # it came later


def test_a_ticket_is_decided_alike_alone_and_in_company() -> None:
    resources = RouteResources.of(POLICIES["own"], b"key", "0.1.0")
    tickets = [varied(number) for number in range(300)]
    assert route(tickets, resources) == [route([ticket], resources)[0] for ticket in tickets]
    assert route([], resources) == []
