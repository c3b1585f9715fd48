"""A dead letter: what a stage returns for an event that it cannot answer."""

from dataclasses import dataclass
from typing import Literal

DeadReason = Literal[
    "undecodable",  # not the expected Avro
    "unknown_schema",  # an Avro schema nobody here knows
    "invalid",  # a value outside its closed list, or no key
    "raised",  # the processor raised on this event
    "suspect",  # the worker died three times while it was being processed
    "oversize",  # the answer is larger than the topic takes
    "erased",  # the person asked to be forgotten; no payload is kept
    "unreadable",  # a message at the door that is no mail, form or chat
    "loop",  # a turn of a mail loop, stopped at the door
]


@dataclass(frozen=True, slots=True)
class Dead:
    """Why an event was buried. `message` holds no personal data."""

    reason: DeadReason
    message: str
