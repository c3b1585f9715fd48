"""Settings -> the supervisor of the stages' worker processes."""

import sys
from collections.abc import Sequence

from ticketstream.doors import settings as settings_module
from ticketstream.doors.settings import Settings
from ticketstream.stream.supervisor import Supervisor


def supervisor_of(settings: Settings, brokers: str, names: Sequence[str]) -> Supervisor:
    """One child `ticketstream worker STAGE` a stage, with exactly these settings."""
    values = settings.environment() | {"TICKETSTREAM_BROKERS": brokers}
    program = [sys.executable, "-m", "ticketstream.doors.main", "worker"]
    commands = {name: [*program, name, "--supervised"] for name in names}
    return Supervisor(commands, {**settings_module.inherited(), **values})
