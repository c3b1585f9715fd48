"""Policies change while the real route stage runs over a log in memory; the law holds."""

import threading
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise
from uuid import UUID, uuid4

import pytest
from tests.unit.schemas.samples import AT, SAMPLES

from ticketstream.processors.policy import default_policy, policy_hash
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.policy import Policy, PolicyChanged, Thresholds
from ticketstream.schemas.routed import TicketRouted
from ticketstream.stream.by_policy import ByPolicy
from ticketstream.stream.memory import MemoryLog, MemoryRecord
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.pipeline import ROUTE
from ticketstream.stream.policies import Policies
from ticketstream.stream.reading import Read
from ticketstream.stream.record import Incoming, Outgoing
from ticketstream.stream.work import Work
from ticketstream.vault.nokeys import NoKeys

SOURCE, TARGET = ROUTE.source, ROUTE.target
MINUTE = timedelta(minutes=1)
TICKET = replace(
    next(e for e in SAMPLES if isinstance(e, TicketClassified)), triggers=(), secondary=()
)


def numbered(number: int, shop: str = "kestrel") -> TicketClassified:
    """A ticket whose confidence is its number's, so that every policy decides it its own way."""
    return replace(
        TICKET,
        event_id=UUID(int=number + 1),
        ticket_id=f"t{number}",
        shop=shop,
        confidence=(number % 100) / 100,
    )


@cache
def policy(version: int) -> Policy:
    """The band of suggestions begins at 0.00, 0.01, 0.02 and so on."""
    limits = Thresholds(auto_reply=0.99, suggestion=(version % 99) / 100)
    return replace(default_policy(), id="house", version=str(version), thresholds=limits)


def prepare(chosen: Policy) -> RouteResources:
    return RouteResources.of(chosen, b"key", "1")


@cache
def prepared(version: int) -> RouteResources:
    return prepare(policy(version))


@dataclass
class House:
    """The route stage with its policies, a log, and a clock that goes on a minute a slice."""

    log: MemoryLog = field(default_factory=MemoryLog)
    now: datetime = AT
    offset: int = 0

    def __post_init__(self) -> None:
        plan = ByPolicy(replace(default_policy(), id="local"), prepare)
        self.policies = Policies(plan, Codec(), Metrics("route"), clock=self._clock)
        limits = {TARGET: 1_000_000}
        self.work = Work(ROUTE, self.policies.begin, Codec(), NoKeys(), limits)

    def _clock(self) -> datetime:
        self.now += MINUTE
        return self.now

    def publish(self, chosen: Policy, since: datetime | None = None, shop: str = "kestrel") -> None:
        change = PolicyChanged(
            event_id=uuid4(),
            ticket_id=shop,
            case_id="",
            cause_id=None,
            occurred_at=AT,
            shop=shop,
            producer=Producer("operator", "1"),
            policy=chosen,
            effective_from=since,
        )
        value = Codec().encode(change)
        self.policies.arrived(Read("policy.changed", 0, self.offset, 0, shop.encode(), value, ()))
        self.offset += 1

    def receive(self, tickets: Sequence[TicketClassified]) -> None:
        for ticket in tickets:
            self.log.append(SOURCE, ticket.ticket_id.encode(), Codec().encode(ticket))

    def routed(self) -> list[TicketRouted]:
        return [routed_in(record) for record in self.log.topics.get(TARGET, [])]


def routed_in(record: MemoryRecord) -> TicketRouted:
    return Codec().decode(TicketRouted, record.value or b"")


def header(record: MemoryRecord, name: str) -> str:
    return dict(record.headers)[name].decode()


def by_its_own_policy(decided: TicketRouted) -> bool:
    """Whether an event is, byte for byte, what the policy that it names says of its ticket."""
    number = int(decided.ticket_id[1:])
    named = prepared(int(decided.policy.version))
    return [decided] == route([numbered(number, decided.shop)], named)


def test_every_slice_is_decided_by_the_policy_of_its_beginning() -> None:
    house = House()
    house.publish(policy(1))
    house.publish(policy(50), since=AT + 4 * MINUTE)
    house.receive([numbered(n) for n in range(70)])
    house.log.run("route", SOURCE, house.work, 10)
    versions = [e.policy.version for e in house.routed()]
    # a look at the clock a publication and a slice: the third slice begins at the fifth minute
    assert versions == ["1"] * 10 + ["50"] * 60
    assert all(by_its_own_policy(e) for e in house.routed())


def test_tickets_of_two_shops_in_one_slice_are_decided_each_by_its_shops_policy() -> None:
    house = House()
    house.publish(policy(10))
    house.publish(policy(90), shop="birch")
    shops = ["kestrel", "birch", "birch", "nobody", "kestrel"] * 4
    house.receive([numbered(50 + n, shop) for n, shop in enumerate(shops)])
    house.log.run("route", SOURCE, house.work, 7)
    routed = house.routed()
    assert [e.ticket_id for e in routed] == [f"t{50 + n}" for n in range(20)]
    versions = {"kestrel": "10", "birch": "90", "nobody": "1"}
    assert [e.policy.version for e in routed] == [versions[shop] for shop in shops]
    assert {e.policy.id for e in routed if e.shop == "nobody"} == {"local"}


def test_a_dead_letter_names_the_policy_that_was_in_force() -> None:
    house = House()
    house.publish(policy(3))
    broken = replace(numbered(1), facts=replace(TICKET.facts, customer_value=float("nan")))
    work = replace(house.work, stage=replace(ROUTE, process=_raises))
    house.receive([broken])
    house.log.append(SOURCE, b"junk", b"junk")
    house.log.run("route", SOURCE, work, 10)
    raised, junk = house.log.topics[f"{SOURCE}.dead"]
    assert header(raised, "version") == f"1+{policy_hash(policy(3))[:12]}"
    assert header(junk, "version").startswith("1+")
    assert header(junk, "version") != header(raised, "version")


def _raises(_events: object, _resources: object) -> list[TicketRouted]:
    raise ValueError("Lena Invented")


def test_a_redelivered_ticket_gets_a_new_id_with_the_same_cause_under_a_newer_policy() -> None:
    house = House()
    for version in (1, 1, 2):
        house.publish(policy(version))
        house.receive([numbered(7)])
        house.log.run("route", SOURCE, house.work, 10)
    first, again, newer = house.routed()
    assert first == again
    assert newer.event_id != first.event_id
    assert newer.cause_id == first.cause_id == numbered(7).event_id


@pytest.mark.parametrize("slice_size", [1, 7, 100])
def test_a_crash_between_two_policies_loses_and_doubles_nothing(slice_size: int) -> None:
    house = House()
    house.publish(policy(0))
    for version in range(1, 40):
        house.publish(policy(version), since=AT + (41 + 2 * version) * MINUTE)
    house.receive([numbered(n) for n in range(200)])
    house.log.append(SOURCE, b"gone", None)
    house.log.append(SOURCE, b"junk", b"junk")
    house.receive([numbered(n) for n in range(200, 300)])
    house.log.crash_at = {("route", n) for n in (3, 50, 51, 199, 260)}
    starts = house.log.run("route", SOURCE, house.work, slice_size)
    assert starts > 1
    assert_the_law(house, came_in=302, dead=1, tombstones=1)


def test_policies_that_come_from_another_thread_under_load_are_taken_whole() -> None:
    house = House()
    house.publish(policy(0))
    house.receive([numbered(n) for n in range(3_000)])
    published = threading.Event()

    def publish() -> None:
        for version in range(1, 99):
            house.publish(policy(version))
        published.set()

    thread = threading.Thread(target=publish)

    def work(records: Sequence[Incoming]) -> list[Outgoing]:
        if records[0].offset == 200:
            thread.start()
        if records[0].offset == 2_500:
            assert published.wait(60)
        return house.work(records)

    house.log.crash_at = {("route", n) for n in (500, 1_000, 1_500)}
    house.log.run("route", SOURCE, work, 20)
    thread.join()
    versions = assert_the_law(house, came_in=3_000, dead=0, tombstones=0)
    assert len(set(versions)) > 3
    assert versions[-1] == 98


def assert_the_law(house: House, came_in: int, dead: int, tombstones: int) -> list[int]:
    """In = out + dead + tombstones, none twice, each by the policy it names, none goes back."""
    records = house.log.topics[TARGET]
    letters = house.log.topics.get(f"{SOURCE}.dead", [])
    assert len(house.log.topics[SOURCE]) == came_in
    assert (len(records), len(letters)) == (came_in - dead - tombstones, dead)
    assert max(Counter(header(r, "source") for r in [*records, *letters]).values()) == 1
    routed = house.routed()
    assert len({e.cause_id for e in routed}) == len(routed)
    assert all(by_its_own_policy(e) for e in routed)
    versions = [int(e.policy.version) for e in routed]
    assert all(before <= after for before, after in pairwise(versions))
    return versions
