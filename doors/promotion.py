"""A policy that names a model -> whether the model may decide under it."""

from ticketstream.doors.deciding import loaded
from ticketstream.doors.settings import Settings
from ticketstream.learning.floors import missed
from ticketstream.processors.encoder import Encoder
from ticketstream.processors.snapshots import Snapshot
from ticketstream.schemas.errors import ModelError
from ticketstream.schemas.policy import Active, Policy


def check_model(settings: Settings, policy: Policy) -> Snapshot:
    """The snapshot that a policy names, once workers can load it and its figures are good.

    Raises:
        ModelError: see `usable`; or it misses a floor of the policy: the message has the figures.
    """
    snapshot = usable(settings, policy.active)
    if lines := missed(policy.floors, snapshot.manifest.document):
        raise ModelError(f"the model {snapshot.id} is not promoted: {'; '.join(lines)}")
    return snapshot


def usable(settings: Settings, active: Active) -> Snapshot:
    """The snapshot that a policy names, loaded once as workers load it.

    Raises:
        ModelError: it is not on this machine, its files are not those of its name, or it fits
            another encoder or taxonomy; workers would refuse it and go on with the one before.
    """
    return loaded(settings, active, Encoder.load(settings.models / "encoder"))[0]
