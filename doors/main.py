"""The command line: `ticketstream COMMAND`. What goes wrong is one line that says what to do."""

import os
import sys

import typer

from ticketstream.doors.commands import (
    broker,
    certify,
    decide,
    explain,
    intake,
    keep,
    local,
    operate,
    outcomes,
    person,
    policy,
    registry,
    reinfer,
    shadow,
    teach,
)
from ticketstream.schemas.errors import (
    BrokerError,
    MailboxError,
    TicketError,
    TicketstreamError,
    VaultError,
)

NOTHING = 1  # exit status where nothing can be told of what was asked for
FAILED = 2  # exit status where something must be changed first: no restart mends it
AWAY = 4  # exit status where a broker, vault or mailbox cannot be reached: another try may do

app = typer.Typer(
    name="ticketstream",
    help="Support mail in; masked, classified, routed and drafted tickets out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
ROOMS = (
    *(local, broker, intake, operate, decide, outcomes, reinfer, explain, certify),
    *(shadow, policy, teach, registry, person, keep),
)
for room in ROOMS:
    room.register(app)


def main() -> None:
    """Run the program. What it writes is for its own user, whoever else works on this machine."""
    os.umask(0o077)
    try:
        app()
    except TicketError as error:
        print(f"ticketstream: {error}", file=sys.stderr)
        sys.exit(NOTHING)
    except TicketstreamError as error:
        print(f"ticketstream: {error}", file=sys.stderr)
        away = isinstance(error, (BrokerError, VaultError, MailboxError))
        sys.exit(AWAY if away else FAILED)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
