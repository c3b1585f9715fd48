"""A stored decision and its ticket -> whether the policy of then decides the same again."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import chain
from typing import Literal, NamedTuple

from ticketstream.doors.equip import key_source
from ticketstream.doors.policies import standing
from ticketstream.doors.settings import Settings
from ticketstream.processors.policy import default_policy, policy_hash
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import SettingError
from ticketstream.schemas.policy import Policy
from ticketstream.schemas.routed import TicketRouted

Origin = Literal["published", "local", "shipped"]
Result = Literal["same", "differs", "no_policy", "no_ticket", "no_key"]


@dataclass(frozen=True, slots=True)
class Again:
    """What came of deciding again; `differs` names the fields, `origin` where the policy was."""

    result: Result
    origin: Origin | Literal[""] = ""
    differs: tuple[str, ...] = ()


class Found(NamedTuple):
    """A policy, and where it was."""

    policy: Policy
    origin: Origin


def decided_again(
    settings: Settings, brokers: str, routed: TicketRouted, ticket: TicketClassified | None
) -> Again:
    """Route the ticket under the policy that its decision names, and compare to the byte."""
    if ticket is None:
        return Again("no_ticket")
    now = standing(settings, brokers, routed.shop)
    found = policy_of_then([p.change.policy for p in now.published], now.local, routed.policy.hash)
    if found is None:
        return Again("no_policy")
    try:
        key = key_source(settings).load("draws")
    except SettingError:
        return Again("no_key", found.origin)
    return compared(routed, ticket, found, key)


def policy_of_then(published: Sequence[Policy], local: Policy, wanted: str) -> Found | None:
    """The policy of a hash: published for the shop, of this machine, or shipped."""
    known: Iterator[Found] = chain(
        (Found(policy, "published") for policy in reversed(published)),
        (Found(local, "local"), Found(default_policy(), "shipped")),
    )
    return next((found for found in known if policy_hash(found.policy) == wanted), None)


def compared(routed: TicketRouted, ticket: TicketClassified, found: Found, key: bytes) -> Again:
    """The stored decision beside the one that the policy makes now."""
    code_version = routed.producer.version.partition("+")[0]
    (again,) = route([ticket], RouteResources.of(found.policy, key, code_version))
    if Codec().encode(again) == Codec().encode(routed):
        return Again("same", found.origin)
    names = (f.name for f in fields(TicketRouted))
    differs = tuple(n for n in names if getattr(again, n) != getattr(routed, n))
    return Again("differs", found.origin, differs)
