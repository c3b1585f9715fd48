"""What a stage works with where a policy decides: resources made anew for each policy."""

from collections.abc import Callable
from dataclasses import dataclass, field

from ticketstream.processors.taxonomy import Labels, shipped_labels
from ticketstream.schemas.policy import Policy
from ticketstream.stream.work import Deciding, Resources


@dataclass(frozen=True, slots=True)
class ByPolicy:
    """Resources that follow the published policies.

    Attributes:
        local: what decides for a shop for which nothing is published.
        prepare: a policy -> what decides under it; raises when this worker cannot carry it out.
        document: the local policy's document, where one is set.
        labels: the taxonomy that a policy must fit.
    """

    local: Policy
    prepare: Callable[[Policy], Resources]
    document: str = ""
    labels: Labels = field(default_factory=shipped_labels)


def always(resources: Resources | ByPolicy) -> Callable[[], Deciding]:
    """The same resources for every shop, at any time; of those that follow policies, the local."""
    fixed = resources.prepare(resources.local) if isinstance(resources, ByPolicy) else resources
    return lambda: lambda _shop: fixed
