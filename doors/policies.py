"""policy.changed as people work with it: what was published for a shop, what decides, a new one."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Literal, NamedTuple
from uuid import uuid4

from ticketstream import __version__
from ticketstream.doors.equip import codec_of, policy_of
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import policy_hash, version_of
from ticketstream.schemas.envelope import Producer
from ticketstream.schemas.errors import PolicyError, UndecodableError
from ticketstream.schemas.policy import Active, Policy, PolicyChanged
from ticketstream.stream.policies import TOPIC, in_force
from ticketstream.stream.reading import read_all

State = Literal["in force", "planned", "replaced", "never in force"]


class Published(NamedTuple):
    """A policy in the topic: its offset, when the broker got it, and what it says."""

    offset: int
    at: datetime
    change: PolicyChanged

    @property
    def begins(self) -> datetime:
        """From when on it could decide."""
        return max(self.at, self.change.effective_from or self.at)


@dataclass(frozen=True, slots=True)
class Standing:
    """A shop's policies at a moment.

    Attributes:
        published: all of them, in the order of publication.
        now: the moment.
        local: what decides where nothing is published: this machine's own.
    """

    shop: str
    published: Sequence[Published]
    now: datetime
    local: Policy

    @property
    def in_force(self) -> PolicyChanged | None:
        """The published policy that decides."""
        return in_force([p.change for p in self.published], self.now)

    @property
    def policy(self) -> Policy:
        """What decides: published, else the local one."""
        return self.local if self.in_force is None else self.in_force.policy

    @property
    def planned(self) -> list[Published]:
        """Those whose time will come, as long as nothing is published after them."""
        return [p for p in self.published if self.state(p) == "planned"]

    def state(self, one: Published) -> State:
        """What became of a published policy: the last published decides, once its time has come."""
        later = [p for p in self.published if p.offset > one.offset]
        if any(p.begins <= one.begins for p in later):
            return "never in force"
        if one.change is self.in_force:
            return "in force"
        return "planned" if one.begins > self.now else "replaced"

    def previous_model(self) -> Active | None:
        """The model and calibration that decided before those of now; None if there were none."""
        now = self.policy.active
        decided = [p.change.policy.active for p in self.published if self._decided(p)]
        before = [self.local.active, *decided] if decided else []
        return next((a for a in reversed(before) if a != now), None)

    def _decided(self, one: Published) -> bool:
        return self.state(one) in {"in force", "replaced"}


def standing(settings: Settings, brokers: str, shop: str) -> Standing:
    """The policies of a shop now.

    Raises:
        BrokerError: the topic cannot be read.
    """
    codec, found = codec_of(settings), list[Published]()
    for record in read_all(brokers, [TOPIC]):
        try:
            change = codec.decode(PolicyChanged, record.value or b"")
        except UndecodableError:
            continue  # the workers tell of it
        if change.shop == shop:
            at = datetime.fromtimestamp(record.timestamp / 1000, UTC)
            found.append(Published(record.offset, at, change))
    return Standing(shop, found, datetime.now(UTC), policy_of(settings))


class Word(NamedTuple):
    """Who publishes, why, and from when on it holds; without a moment: at once."""

    author: str
    note: str
    effective_from: datetime | None = None


def change_to(policy: Policy, before: Standing, word: Word) -> PolicyChanged:
    """The event that makes a policy decide.

    Raises:
        PolicyError: another policy has this id and version, or its moment has passed.
    """
    _only_one_content(policy, before.published)
    if word.effective_from is not None and word.effective_from < before.now:
        raise PolicyError(
            f"{word.effective_from.isoformat()} has passed: what was decided since then stays, so "
            "publish without --from"
        )
    replaced = before.in_force
    return PolicyChanged(
        event_id=uuid4(),
        ticket_id=before.shop,
        case_id="",
        cause_id=replaced.event_id if replaced else None,
        occurred_at=before.now,
        shop=before.shop,
        producer=Producer("operator", __version__),
        policy=policy,
        author=word.author,
        note=word.note,
        # none for "at once": a moment would wait wherever a worker's clock is behind
        effective_from=word.effective_from,
    )


def _only_one_content(policy: Policy, published: Sequence[Published]) -> None:
    """What operators switch (model, kill switch) may change under one version, nothing else."""
    for other in (p.change.policy for p in published):
        named = (other.id, other.version) == (policy.id, policy.version)
        if named and _said(other) != _said(policy):
            raise PolicyError(
                f"version {policy.version} of the policy {policy.id} was published with other "
                f"content (hash {version_of(other).hash[:12]}): give this one a version of its own"
            )


def _said(policy: Policy) -> str:
    return policy_hash(replace(policy, active=Active(), kill_switch=False))
