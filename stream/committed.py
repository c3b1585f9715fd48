"""A group, partitions -> where the group stands, transactions that are still open waited for."""

from collections.abc import Iterable

from confluent_kafka import Consumer
from confluent_kafka import TopicPartition as Place

from ticketstream.schemas.errors import BrokerError
from ticketstream.stream.record import TopicPartition

TIMEOUT = 60.0  # seconds for the broker's answer


def committed_offsets(
    brokers: str, group: str, places: Iterable[TopicPartition]
) -> dict[TopicPartition, int]:
    """Where the group stands, once no transaction on it is pending (0 where it never committed).

    librdkafka waits for pending transactions under read_committed; aiokafka does not.
    """
    consumer = Consumer(
        {"bootstrap.servers": brokers, "group.id": group, "isolation.level": "read_committed"}
    )
    try:
        found = consumer.committed([Place(p.topic, p.partition) for p in places], timeout=TIMEOUT)
    finally:
        consumer.close()
    if wrong := [p.error for p in found if p.error]:
        raise BrokerError(f"the committed offsets of {group} cannot be read: {wrong[0]}")
    return {TopicPartition(p.topic, p.partition): max(p.offset, 0) for p in found}
