"""The named errors of the project: each says in one line what to do about it."""


class TicketstreamError(Exception):
    """What ticketstream raises on purpose; the command line prints it as one line."""


class InvalidEventError(TicketstreamError):
    """A value that the event's contract does not allow (a label outside its closed list)."""


class UndecodableError(TicketstreamError):
    """Bytes that are not the expected event; `reason` is the dead letter's reason code."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class SettingError(TicketstreamError):
    """A setting that stops the start."""


class PolicyError(TicketstreamError):
    """A policy document that cannot be used; the message names the place and the reason."""


class BrokerError(TicketstreamError):
    """A Kafka broker or schema registry that cannot be reached, started or used."""


class VaultError(TicketstreamError):
    """A vault that cannot be opened or written: the worker must stop, nothing may be sealed."""


class MailboxError(TicketstreamError):
    """A mail server that cannot be reached or used; what was not taken stays there."""


class UnreadableMessageError(TicketstreamError):
    """A message at the door that cannot be turned into a ticket; kept as a dead letter."""


class TaxonomyError(TicketstreamError):
    """A taxonomy that cannot be used; the message names the label and what to do."""


class ModelError(TicketstreamError):
    """A model folder that is missing, changed or does not fit the taxonomy."""


class TicketError(TicketstreamError):
    """A ticket of which nothing can be told: nobody knows it, or its person is erased."""
