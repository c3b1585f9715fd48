"""A policy that names a model -> whether the model may decide under it."""

from ticketstream.doors.deciding import snapshots_of
from ticketstream.doors.settings import Settings
from ticketstream.learning.floors import missed
from ticketstream.processors.snapshots import Snapshot
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Policy


def check_model(settings: Settings, policy: Policy) -> Snapshot:
    """The snapshot that a policy names, once its files and its figures are found to be good.

    Raises:
        ModelError: it is not on this machine, its files are not those of its name, or it misses a
            floor of the policy; the message has the figures.
    """
    snapshot = snapshots_of(settings).of(policy.active)
    if lines := missed(policy.floors, snapshot.manifest.document):
        raise ModelError(f"the model {snapshot.id} is not promoted: {'; '.join(lines)}")
    return snapshot
