"""A stored decision and its ticket -> whether the policy of then decides the same again."""

from dataclasses import dataclass, fields
from typing import Literal

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

Result = Literal["same", "differs", "no_policy", "no_ticket", "no_key"]


@dataclass(frozen=True, slots=True)
class Again:
    """What came of deciding again; `differs` names the fields, `origin` where the policy was."""

    result: Result
    origin: Literal["published", "local", "shipped", ""] = ""
    differs: tuple[str, ...] = ()


def decided_again(
    settings: Settings, brokers: str, routed: TicketRouted, ticket: TicketClassified | None
) -> Again:
    """Route the ticket under the policy that its decision names, and compare to the byte."""
    if ticket is None:
        return Again("no_ticket")
    found = _policy(settings, brokers, routed)
    if found is None:
        return Again("no_policy")
    try:
        key = key_source(settings).load("draws")
    except SettingError:
        return Again("no_key", found[1])
    code_version = routed.producer.version.partition("+")[0]
    (again,) = route([ticket], RouteResources.of(found[0], key, code_version))
    if Codec().encode(again) == Codec().encode(routed):
        return Again("same", found[1])
    names = (f.name for f in fields(TicketRouted))
    return Again(
        "differs", found[1], tuple(n for n in names if getattr(again, n) != getattr(routed, n))
    )


def _policy(
    settings: Settings, brokers: str, routed: TicketRouted
) -> tuple[Policy, Literal["published", "local", "shipped"]] | None:
    """The policy of the decision's hash: published for its shop, of this machine, or shipped."""
    now = standing(settings, brokers, routed.shop)
    for one in reversed(now.published):
        if policy_hash(one.change.policy) == routed.policy.hash:
            return one.change.policy, "published"
    if policy_hash(now.local) == routed.policy.hash:
        return now.local, "local"
    shipped = default_policy()
    return (shipped, "shipped") if policy_hash(shipped) == routed.policy.hash else None
