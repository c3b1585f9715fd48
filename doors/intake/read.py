"""One raw message in, a ticket or a dead letter out: nothing that a sender writes stops intake."""

from ticketstream.doors.intake.door import Door
from ticketstream.doors.intake.folder import Raw
from ticketstream.doors.intake.lines import received_from_line
from ticketstream.doors.intake.mail import received_from_mail
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.errors import UnreadableMessageError
from ticketstream.schemas.received import TicketReceived


def read(raw: Raw, door: Door) -> TicketReceived | Dead:
    """The ticket of a message, or why there is none (without personal data: no file name, either).

    Raises:
        OSError: the attachment store cannot be written; the message must be read again later.
    """
    try:
        if raw.kind == "mail":
            return received_from_mail(raw.data, door)
        return received_from_line(raw.data, door, f"line {raw.place.rpartition(':')[2]}")
    except UnreadableMessageError as error:
        return Dead("unreadable", str(error))
    except OSError:
        raise
    except Exception as error:  # noqa: BLE001  (one bad message must not stop those behind it)
        return Dead("unreadable", f"{raw.kind}: cannot be read ({type(error).__name__})")
