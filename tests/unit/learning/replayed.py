"""Invented tickets and their decisions -> the rows that a replay reads."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa
from tests.unit.processors.decision.varied_tickets import PAIRS, varied
from tests.unit.projections.archived import table_of

from ticketstream.learning.replay.stored import NEEDED, Stored, Wanted, stored
from ticketstream.processors.policy import load_policy
from ticketstream.processors.route import RouteResources, route
from ticketstream.projections.flat import DECISIONS, fitted, joined
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted

EVERYTHING = Wanted()
KEY = b"key of the draws"
TICKETS = [varied(n) for n in range(400)]


def policy(text: str = "", **changes: Any) -> Policy:
    """A live policy over the shipped one that answers some pairs automatically."""
    return replace(load_policy(text, "p.toml"), mode="live", whitelist=PAIRS, **changes)


OLD = policy()
NEW = policy("thresholds = { auto_reply = 0.6, suggestion = 0.5 }\naudit_rate = 0.2")


def decided(tickets: Sequence[TicketClassified], by: Policy = OLD) -> list[TicketRouted]:
    return route(tickets, RouteResources.of(by, KEY, "0.1.0"))


def rows_of(
    tickets: Sequence[TicketClassified],
    decisions: Sequence[TicketRouted],
    wanted: Wanted = EVERYTHING,
) -> Stored:
    table = joined(_plain(tickets), _plain(decisions) if decisions else _none())
    table = fitted(table, DECISIONS).select(NEEDED[:-1])
    return stored(table.append_column("erased", pa.array([False] * len(table))), wanted)


def _plain(events: Sequence[Any]) -> Any:
    return table_of(events).drop_columns(["recorded_at"])


def _none() -> Any:
    return _plain(decided(TICKETS[:1])).slice(0, 0)
