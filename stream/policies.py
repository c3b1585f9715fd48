"""policy.changed -> what decides for a shop when a slice begins.

The topic is read to its end before the first slice, then followed on a thread of its own. For each
shop the last published policy decides whose `effective_from` has passed. A policy counts when it is
read, checked and prepared as a whole, models loaded; until then, and where this worker cannot carry
it out, the one before it goes on deciding, and log and metric say so.
"""

import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import structlog

from ticketstream.processors.policy import version_of
from ticketstream.processors.policy_problems import problems
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import (
    BrokerError,
    PolicyError,
    TicketstreamError,
    UndecodableError,
)
from ticketstream.schemas.policy import Policy, PolicyChanged
from ticketstream.stream.by_policy import ByPolicy
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.reading import Read, follow, read_all
from ticketstream.stream.work import Deciding, Resources

TOPIC = "policy.changed"
RETRY_S = 15.0  # between two tries at what could not be carried out: its model may come later

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, eq=False)
class Taken:
    """A published policy in this worker; one is another's equal only if it is the same.

    Attributes:
        since: the moment from which it decides; None once that has passed.
        resources: None where this worker cannot carry it out.
    """

    change: PolicyChanged
    since: datetime | None
    resources: Resources | None

    def decides(self, now: datetime) -> bool:
        return self.resources is not None and _begun(self.since, now)


Shops = Mapping[str, tuple[Taken, ...]]  # in the order of publication


class Policies:
    """The policies of all shops, as one worker has them. `begin` is for its `Work`.

    What is published is put in place by one assignment, so a slice sees all of a policy or none.
    """

    def __init__(
        self,
        plan: ByPolicy,
        codec: Codec,
        metrics: Metrics,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._plan = plan
        self._codec = codec
        self._metrics = metrics
        self._clock = clock
        self._local = plan.prepare(plan.local)
        self._shops: Shops = {}
        self._deciding: dict[str, Taken] = {}
        self._next: dict[int, int] = {}
        self._failure: TicketstreamError | None = None

    def start(self, brokers: str) -> None:
        """Read the topic to its end, then go on reading on a thread of its own.

        Raises:
            BrokerError: the topic cannot be read.
            PolicyError: a policy of a release that this worker does not know.
        """
        self.catch_up(read_all(brokers, [TOPIC]))
        threading.Thread(target=self._follow, args=(brokers,), daemon=True, name="policies").start()

    def begin(self) -> Deciding:
        """What decides in a slice that begins now.

        Raises:
            BrokerError, PolicyError: the topic cannot be followed any more: a newer policy may be
                in it, so nothing must be decided here.
        """
        if self._failure is not None:
            raise self._failure
        now, shops = self._clock(), self._shops

        def deciding(shop: str) -> Resources:
            taken = _newest(shops.get(shop, ()), now)
            if taken is None or taken.resources is None:
                return self._local
            self._tell(shop, taken)
            return taken.resources

        return deciding

    def catch_up(self, records: Iterable[Read]) -> None:
        """Take what was published before: of each shop no more than can still decide.

        Raises:
            PolicyError: a policy of a release that this worker does not know.
        """
        published: dict[str, list[PolicyChanged]] = {}
        for change in filter(None, map(self._read, records)):
            published.setdefault(change.shop, []).append(change)
        self._shops = {shop: self._still(changes) for shop, changes in published.items()}
        self._count_refused()
        log.info("policies_read", stage=self._metrics.stage, shops=len(published))
        if self._plan.document and published:
            log.warning(
                "local_policy_passed_over", document=self._plan.document, shops=sorted(published)
            )

    def arrived(self, record: Read) -> None:
        """Take one policy more.

        Raises:
            PolicyError: see `catch_up`.
        """
        if (change := self._read(record)) is not None:
            before = self._shops.get(change.shop, ())
            self._put(change.shop, (*before, self._taken(change)))

    def retry(self) -> None:
        """Try again what could not be carried out."""
        for shop, all_taken in self._shops.items():
            if any(t.resources is None for t in all_taken):
                again = (self._taken(t.change) if t.resources is None else t for t in all_taken)
                self._put(shop, tuple(again))

    def _follow(self, brokers: str) -> None:
        tried = time.monotonic()
        try:
            for record in follow(brokers, [TOPIC]):
                if record is not None and record.offset >= self._next.get(record.partition, 0):
                    self.arrived(record)
                elif time.monotonic() > tried + RETRY_S:
                    self.retry()
                    tried = time.monotonic()
        except PolicyError as error:
            self._failure = error
        except Exception as error:  # noqa: BLE001  (whatever it is: an old policy must not go on)
            self._failure = BrokerError(f"{TOPIC} cannot be read: {type(error).__name__}")

    def _read(self, record: Read) -> PolicyChanged | None:
        self._next[record.partition] = record.offset + 1
        if record.value is None:
            return None
        try:
            return self._codec.decode(PolicyChanged, record.value)
        except UndecodableError as error:
            self._unreadable(f"{TOPIC}/{record.partition}/{record.offset}", error)
            return None

    def _unreadable(self, place: str, error: UndecodableError) -> None:
        """What is no policy at all is passed over; one of another release must not be."""
        if error.reason == "unknown_schema":
            raise PolicyError(
                f"{place} holds a policy that this release cannot read, and nothing is decided by "
                f"an older one: {error}"
            ) from error
        log.error("policy_unreadable", place=place, reason=error.reason, detail=str(error))
        self._metrics.policies_unreadable.inc()

    def _taken(self, change: PolicyChanged) -> Taken:
        try:
            resources = self._prepared(change.policy)
        except Exception as error:  # noqa: BLE001  (whatever a model's files lead it into)
            self._refuse(change, error)
            return Taken(change, change.effective_from, None)
        log.info("policy_taken", **_named(change), effective_from=str(change.effective_from))
        return Taken(change, change.effective_from, resources)

    def _prepared(self, policy: Policy) -> Resources:
        for _, reason in problems(policy, self._plan.labels):
            raise PolicyError(reason)
        return self._plan.prepare(policy)

    def _refuse(self, change: PolicyChanged, error: Exception) -> None:
        said = str(error) if isinstance(error, TicketstreamError) else ""
        log.error("policy_refused", **_named(change), error=type(error).__name__, detail=said)

    def _still(self, changes: list[PolicyChanged]) -> tuple[Taken, ...]:
        """From the last one back to the one that decides now."""
        now, taken = self._clock(), list[Taken]()
        for change in reversed(changes):
            taken.insert(0, self._taken(change))
            if taken[0].decides(now):
                return (replace(taken[0], since=None), *taken[1:])
        return tuple(taken)

    def _put(self, shop: str, all_taken: tuple[Taken, ...]) -> None:
        """The one that decides now and what came after it; never again one before, by any clock."""
        if (deciding := _newest(all_taken, self._clock())) is not None:
            later = all_taken[all_taken.index(deciding) + 1 :]
            all_taken = (replace(deciding, since=None), *later)
        self._shops = {**self._shops, shop: all_taken}
        self._count_refused()

    def _tell(self, shop: str, taken: Taken) -> None:
        before = self._deciding.get(shop)
        if before is None or before.change != taken.change:
            self._deciding[shop] = taken
            log.info("policy_decides", stage=self._metrics.stage, **_named(taken.change))
            self._metrics.policy_decides(shop, taken.change.policy)

    def _count_refused(self) -> None:
        for shop, all_taken in self._shops.items():
            self._metrics.policies_refused(shop, sum(t.resources is None for t in all_taken))


def in_force(published: Sequence[PolicyChanged], now: datetime) -> PolicyChanged | None:
    """Of one shop's policies in the order of publication the one that decides."""
    return next((c for c in reversed(published) if _begun(c.effective_from, now)), None)


def _begun(since: datetime | None, now: datetime) -> bool:
    return since is None or since <= now


def _newest(all_taken: tuple[Taken, ...], now: datetime) -> Taken | None:
    return next((t for t in reversed(all_taken) if t.decides(now)), None)


def _named(change: PolicyChanged) -> dict[str, str]:
    policy, version = change.policy, version_of(change.policy)
    return {
        "shop": change.shop,
        "policy": f"{version.id} {version.version}",
        "hash": version.hash[:12],
        "model": policy.active.model,
    }
