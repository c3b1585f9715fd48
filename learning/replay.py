"""ticket.classified under another policy: which tickets would have gone elsewhere?"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar
from uuid import UUID

from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream.reading import read_all

E = TypeVar("E", TicketRouted, TicketClassified)


@dataclass(frozen=True, slots=True)
class Move:
    """A ticket that goes elsewhere under the second policy, and the rules that decide."""

    ticket_id: str
    before: str
    after: str
    reason_before: str
    reason_after: str
    confidence: float


@dataclass(slots=True)
class Replay:
    """What a second policy does to stored classifications.

    Attributes:
        matrix: (route before, route after) -> tickets.
        undecided: classifications that have no stored decision; they are not compared.
        unreadable: records that could not be decoded.
    """

    policy: str
    matrix: Counter[tuple[str, str]] = field(default_factory=Counter)
    moves: list[Move] = field(default_factory=list)
    undecided: int = 0
    unreadable: int = 0

    @property
    def compared(self) -> int:
        return self.matrix.total()


def replay_route(
    classified: Iterable[TicketClassified],
    decided: Mapping[UUID, TicketRouted],
    resources: RouteResources,
) -> Replay:
    """Decide again and compare with the stored decision about the same classification."""
    policy = resources.policy_version
    result = Replay(f"{policy.id} {policy.version} {policy.hash[:12]}")
    for ticket in classified:
        before = decided.get(ticket.event_id)
        if before is None:
            result.undecided += 1
            continue
        (after,) = route([ticket], resources)
        result.matrix[before.route, after.route] += 1
        if before.route != after.route:
            result.moves.append(_move(ticket, before, after))
    return result


def replay_topics(brokers: str, codec: Codec, resources: RouteResources) -> Replay:
    """Replay what the topics hold now; nothing is written and no group is joined.

    A later decision of the same classification stands for it.
    """
    unreadable = Counter[str]()
    decided = {
        e.cause_id: e
        for e in _events(brokers, "ticket.routed", TicketRouted, codec, unreadable)
        if e.cause_id is not None
    }
    classified = _events(brokers, "ticket.classified", TicketClassified, codec, unreadable)
    result = replay_route(classified, decided, resources)
    result.unreadable = unreadable.total()
    return result


def _events(
    brokers: str, topic: str, kind: type[E], codec: Codec, unreadable: Counter[str]
) -> Iterator[E]:
    for record in read_all(brokers, [topic]):
        try:
            if record.value is not None:
                yield codec.decode(kind, record.value)
        except UndecodableError as error:
            unreadable[error.reason] += 1


def _move(ticket: TicketClassified, before: TicketRouted, after: TicketRouted) -> Move:
    return Move(
        ticket.ticket_id,
        before.route,
        after.route,
        before.reasons[0].code if before.reasons else "",
        after.reasons[0].code if after.reasons else "",
        round(ticket.confidence, 4),
    )
