"""Which policy decides: the last published whose moment has come, whole, or the one before it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import structlog
from prometheus_client import generate_latest
from tests.unit.schemas.samples import AT

from ticketstream.processors.policy import default_policy
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.errors import BrokerError, ModelError, PolicyError
from ticketstream.schemas.policy import Active, Policy, PolicyChanged, Thresholds
from ticketstream.stream import policies as room
from ticketstream.stream.by_policy import ByPolicy
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.policies import Policies, in_force
from ticketstream.stream.reading import Read

HOUR = timedelta(hours=1)
LOCAL = replace(default_policy(), id="local")


@dataclass(frozen=True)
class Resources:
    policy: Policy

    @property
    def producer(self) -> Producer:
        return Producer("route", self.policy.version)


@dataclass
class House:
    """A worker's policies, a clock that is set by hand, and models that come and go."""

    now: datetime = AT
    missing: set[str] = field(default_factory=set)
    prepared: list[str] = field(default_factory=list)
    offset: int = 0
    metrics: Metrics = field(default_factory=lambda: Metrics("route"))

    def __post_init__(self) -> None:
        plan = ByPolicy(LOCAL, self.prepare)
        self.policies = Policies(plan, Codec(), self.metrics, clock=lambda: self.now)

    def prepare(self, policy: Policy) -> Resources:
        self.prepared.append(policy.version)
        if policy.active.model in self.missing:
            raise ModelError(f"no snapshot {policy.active.model}")
        return Resources(policy)

    def record(self, value: bytes | None) -> Read:
        self.offset += 1
        return Read("policy.changed", 0, self.offset - 1, 0, b"kestrel", value, ())

    def published(self, version: str, since: datetime | None = None, **given: Any) -> Read:
        return self.record(Codec().encode(change(version, since, **given)))

    def decides(self, shop: str = "kestrel") -> str:
        resources = self.policies.begin()(shop)
        assert isinstance(resources, Resources)
        return f"{resources.policy.id} {resources.policy.version}"

    def metric(self, name: str) -> list[str]:
        lines = generate_latest(self.metrics.registry).decode().splitlines()
        return [line for line in lines if line.startswith(name)]


def change(
    version: str, since: datetime | None = None, shop: str = "kestrel", **policy: Any
) -> PolicyChanged:
    return PolicyChanged(
        event_id=uuid4(),
        ticket_id=shop,
        case_id="",
        cause_id=None,
        occurred_at=AT,
        shop=shop,
        producer=Producer("operator", "1"),
        policy=replace(default_policy(), id="house", version=version, **policy),
        effective_from=since,
    )


@pytest.fixture
def house() -> House:
    return House()


@pytest.fixture
def logged() -> Iterator[list[Any]]:
    with structlog.testing.capture_logs() as lines:
        yield lines


def events(logged: list[Any]) -> list[str]:
    return [line["event"] for line in logged]


def test_with_an_empty_topic_the_local_policy_decides(house: House) -> None:
    house.policies.catch_up([])
    assert house.decides() == "local 1"


def test_the_last_published_decides(house: House) -> None:
    house.policies.catch_up([house.published("1"), house.published("2")])
    assert house.decides() == "house 2"


def test_a_policy_that_arrives_decides_in_the_next_slice_and_not_in_the_one_that_runs(
    house: House,
) -> None:
    house.policies.catch_up([house.published("1")])
    running = house.policies.begin()
    house.policies.arrived(house.published("2"))
    assert running("kestrel").producer.version == "1"
    assert house.decides() == "house 2"


def test_a_policy_decides_from_its_moment_on(house: House) -> None:
    house.policies.catch_up([house.published("1"), house.published("2", AT + HOUR)])
    assert house.decides() == "house 1"
    house.now = AT + HOUR - timedelta(microseconds=1)
    assert house.decides() == "house 1"
    house.now = AT + HOUR
    assert house.decides() == "house 2"


def test_what_is_published_later_puts_an_end_to_what_was_planned(house: House) -> None:
    house.policies.catch_up([house.published("2", AT + HOUR), house.published("3")])
    assert house.decides() == "house 3"
    house.now = AT + 2 * HOUR
    assert house.decides() == "house 3"


def test_two_that_are_planned_in_order_decide_one_after_the_other(house: House) -> None:
    house.policies.catch_up([])
    for version, hours in (("1", 1), ("2", 2)):
        house.policies.arrived(house.published(version, AT + hours * HOUR))
    seen = []
    for hours in range(4):
        house.now = AT + hours * HOUR
        seen.append(house.decides())
    assert seen == ["local 1", "house 1", "house 2", "house 2"]


def test_each_shop_has_its_own(house: House) -> None:
    house.policies.catch_up([house.published("1"), house.published("7", shop="birch")])
    assert [house.decides(s) for s in ("kestrel", "birch", "other")] == [
        "house 1",
        "house 7",
        "local 1",
    ]


def test_a_clock_that_goes_back_brings_no_older_policy_back(house: House) -> None:
    house.policies.catch_up([house.published("1"), house.published("2", AT + HOUR)])
    house.now = AT + HOUR
    house.policies.arrived(house.published("3", AT + 9 * HOUR))
    house.now = AT
    assert house.decides() == "house 2"


def test_of_a_long_history_no_more_is_loaded_than_can_still_decide(house: House) -> None:
    many = [house.published(str(n)) for n in range(50)]
    house.policies.catch_up([*many, house.published("50", AT + HOUR)])
    assert house.prepared == ["1", "50", "49"]  # the local one first
    assert house.decides() == "house 49"


def test_a_policy_that_cannot_be_carried_out_leaves_the_one_before_and_says_so(
    house: House, logged: list[Any]
) -> None:
    house.missing = {"m2"}
    house.policies.catch_up([house.published("1")])
    house.policies.arrived(house.published("2", active=Active("m2")))
    assert house.decides() == "house 1"
    (refusal,) = (line for line in logged if line["event"] == "policy_refused")
    assert (refusal["log_level"], refusal["detail"]) == ("error", "no snapshot m2")
    assert (refusal["shop"], refusal["policy"], refusal["model"]) == ("kestrel", "house 2", "m2")
    assert house.metric("ticketstream_policies_refused{") == [
        'ticketstream_policies_refused{shop="kestrel",stage="route"} 1.0'
    ]


def test_it_is_tried_again_and_taken_when_its_model_has_come(house: House) -> None:
    house.missing = {"m2"}
    house.policies.catch_up([house.published("1"), house.published("2", active=Active("m2"))])
    house.policies.retry()
    assert house.decides() == "house 1"
    house.missing = set()
    house.policies.retry()
    assert house.decides() == "house 2"
    assert house.metric("ticketstream_policies_refused{")[0].endswith(" 0.0")


def test_a_start_finds_the_same_policy_as_a_worker_that_ran_on(house: House) -> None:
    house.missing = {"m2", "m3"}
    models = {"1": "", "2": "m2", "3": "m3"}
    house.policies.catch_up([house.published(v, active=Active(m)) for v, m in models.items()])
    assert house.decides() == "house 1"


def test_a_policy_that_no_command_would_publish_is_refused(house: House, logged: list[Any]) -> None:
    house.policies.catch_up([house.published("1")])
    house.policies.arrived(house.published("2", thresholds=Thresholds(auto_reply=7.0)))
    assert house.decides() == "house 1"
    assert any("must be from 0 to 1" in line.get("detail", "") for line in logged)


def test_whatever_a_models_files_do_the_one_before_goes_on(
    house: House, monkeypatch: pytest.MonkeyPatch, logged: list[Any]
) -> None:
    house.policies.catch_up([house.published("1")])

    def broken(_: Policy) -> Resources:
        raise KeyError("Lena Invented")

    monkeypatch.setattr(house.policies, "_plan", ByPolicy(LOCAL, broken))
    house.policies.arrived(house.published("2"))
    assert house.decides() == "house 1"
    assert "KeyError" in str(logged)
    assert "Lena" not in str(logged)


def test_junk_in_the_topic_is_passed_over_loudly(house: House, logged: list[Any]) -> None:
    house.policies.catch_up([house.published("1"), house.record(b"junk"), house.record(None)])
    house.policies.arrived(house.record(b""))
    assert house.decides() == "house 1"
    assert events(logged).count("policy_unreadable") == 2
    assert house.metric("ticketstream_policies_unreadable_total{")[0].endswith(" 2.0")


def test_a_policy_of_another_release_stops_the_worker_before_it_decides(house: House) -> None:
    stranger = b"\xc3\x01" + bytes(8) + b"whatever a newer release says"
    with pytest.raises(PolicyError, match="holds a policy that this release cannot read"):
        house.policies.catch_up([house.published("1"), house.record(stranger)])


def test_who_cannot_follow_the_topic_any_more_decides_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def follow(*_: object) -> Iterator[Read | None]:
        yield house.published("2")
        raise OSError("gone")

    house.policies.catch_up([house.published("1")])
    monkeypatch.setattr(room, "follow", follow)
    house.policies._follow("nowhere")
    with pytest.raises(BrokerError, match=r"policy\.changed cannot be read: OSError"):
        house.policies.begin()


def test_what_was_read_at_the_start_is_not_taken_twice_by_who_follows_from_the_beginning(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = house.published("1"), house.published("2")
    house.policies.catch_up([first])
    monkeypatch.setattr(room, "follow", lambda *_: iter([first, None, second]))
    house.policies._follow("nowhere")
    assert house.prepared == ["1", "1", "2"]
    assert house.decides() == "house 2"


def test_log_and_metric_say_which_policy_decides(house: House, logged: list[Any]) -> None:
    house.policies.catch_up([house.published("1")])
    for _ in range(3):
        house.decides()
    house.policies.arrived(house.published("2", active=Active("m2", "c2")))
    house.decides()
    told = [line["policy"] for line in logged if line["event"] == "policy_decides"]
    assert told == ["house 1", "house 2"]
    (metric,) = house.metric("ticketstream_policy_in_force{")
    assert 'version="2"' in metric
    assert 'model="m2"' in metric
    assert metric.endswith(" 1.0")


def test_a_local_document_that_no_longer_decides_is_named_in_the_log(logged: list[Any]) -> None:
    house = House()
    plan = ByPolicy(LOCAL, house.prepare, "mine.toml")
    Policies(plan, Codec(), house.metrics).catch_up([house.published("1")])
    (told,) = (line for line in logged if line["event"] == "local_policy_passed_over")
    assert (told["document"], told["shops"]) == ("mine.toml", ["kestrel"])


def test_people_are_shown_the_policy_that_workers_use() -> None:
    changes = [change("1"), change("2", AT + HOUR), change("3", AT + 2 * HOUR)]
    at = [in_force(changes, AT + n * HOUR) for n in range(3)]
    assert [c.policy.version for c in at if c] == ["1", "2", "3"]
    assert in_force([], datetime.now(UTC)) is None
