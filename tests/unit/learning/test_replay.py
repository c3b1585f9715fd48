"""Stored classifications under a second policy: what would move?"""

from dataclasses import replace
from uuid import UUID

from tests.unit.schemas.samples import SAMPLES

from ticketstream.learning.replay import replay_route
from ticketstream.processors.policy import load_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import Sentiment, TicketClassified
from ticketstream.schemas.masked import Facts, Language

BASE = replace(
    next(e for e in SAMPLES if isinstance(e, TicketClassified)),
    language=Language("en", 0.9),
    triggers=(),
    sentiment=Sentiment(),
    facts=Facts(),
)
TICKETS = [
    replace(BASE, event_id=UUID(int=n), ticket_id=f"t{n}", confidence=n / 100) for n in range(100)
]


def resources(text: str) -> RouteResources:
    return RouteResources.of(load_policy(text, "p.toml"), b"key", "0.1.0")


FIRST, STRICT = resources(""), resources("thresholds = { suggestion = 0.85, auto_reply = 0.9 }")
DECIDED = {t.event_id: r for t, r in zip(TICKETS, route(TICKETS, FIRST), strict=True)}


def test_the_same_policy_moves_nothing_and_gives_the_same_events() -> None:
    result = replay_route(TICKETS, DECIDED, FIRST)
    assert not result.moves
    assert result.compared == 100
    assert route(TICKETS, FIRST) == list(DECIDED.values())


def test_a_stricter_policy_moves_exactly_the_band_between() -> None:
    result = replay_route(TICKETS, DECIDED, STRICT)
    assert result.matrix["agent_suggestion", "manual_queue"] == 10
    assert {m.ticket_id for m in result.moves} == {f"t{n}" for n in range(75, 85)}
    assert {m.reason_after for m in result.moves} == {"unsure"}
    assert result.compared == 100


def test_what_was_never_decided_is_counted_and_not_guessed() -> None:
    result = replay_route(TICKETS, {}, STRICT)
    assert (result.compared, result.undecided) == (0, 100)
