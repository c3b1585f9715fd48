"""Stored classifications under another policy -> whole decisions on a topic of their own."""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from ticketstream.learning.replay.stored import Wanted
from ticketstream.processors.route import RouteResources, route
from ticketstream.schemas.classified import TicketClassified
from ticketstream.schemas.codec import Codec
from ticketstream.schemas.errors import UndecodableError
from ticketstream.schemas.policy import PolicyVersion
from ticketstream.stream.publish import Publisher
from ticketstream.stream.reading import read_all
from ticketstream.stream.topics import create_replay
from ticketstream.stream.work import event_headers

TOGETHER = 4_000
SOURCE = "ticket.classified"


def replay_topic(policy: PolicyVersion) -> str:
    """Where the decisions of a policy on trial go: never the live topic."""
    name = re.sub(r"[^A-Za-z0-9_-]+", "-", f"{policy.id}-{policy.version}").strip("-")
    return f"ticket.routed.replay.{name}-{policy.hash[:8]}"


def emit(
    brokers: str,
    codec: Codec,
    resources: RouteResources,
    wanted: Wanted,
    tell: Callable[[int], None],
) -> tuple[str, int]:
    """Publish a decision for every wanted classification; returns the topic and how many.

    The same policy again says the same events with the same ids.

    Raises:
        BrokerError: no broker, a missing topic, or a record was not delivered.
    """
    topic = create_replay(brokers, replay_topic(resources.policy_version))
    sent, found = 0, _classified(brokers, codec, wanted)
    with Publisher(brokers, codec) as publisher:
        while part := list(islice(found, TOGETHER)):
            for event in route(part, resources):
                key, headers = event.ticket_id.encode(), event_headers(topic, event)
                publisher.send_raw(topic, key, codec.encode(event), headers)
            sent += len(part)
            tell(sent)
    return topic, sent


def _classified(brokers: str, codec: Codec, wanted: Wanted) -> Iterator[TicketClassified]:
    for record in read_all(brokers, [SOURCE]):
        try:
            event = codec.decode(TicketClassified, record.value or b"")
        except UndecodableError:
            continue  # the comparison counts them
        day = event.occurred_at.date()
        if (
            (not wanted.shop or event.shop == wanted.shop)
            and (wanted.since is None or day >= wanted.since)
            and (wanted.until is None or day < wanted.until)
        ):
            yield event
