"""Events -> Kafka from a door: idempotent, keyed by ticket, with the headers of every event."""

from collections.abc import Sequence
from time import monotonic
from types import TracebackType
from typing import Any, Self

from confluent_kafka import KafkaError, Message, Producer

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.envelope import Event
from ticketstream.schemas.errors import BrokerError
from ticketstream.schemas.topics import TOPIC_OF
from ticketstream.stream.work import event_headers

FLUSH_S = 30.0
DELIVERY_S = 15.0


class Publisher:
    """A producer for doors; as a context manager it has delivered all when the block ends.

    Raises:
        BrokerError: a record was not delivered.
    """

    def __init__(self, brokers: str, codec: Codec) -> None:
        self._codec = codec
        self._failed: list[str] = []
        self._producer = Producer(
            {
                "bootstrap.servers": brokers,
                "log_level": 3,  # errors: what is tried again by itself is no news
                "enable.idempotence": True,  # without it records of one key change places
                "partitioner": "murmur2_random",
                "linger.ms": 5,
                "message.max.bytes": 16_000_000,
            }
        )

    def send(self, event: Event) -> None:
        """Queue one event for its topic."""
        topic = TOPIC_OF[type(event)]
        self.send_raw(
            topic,
            event.ticket_id.encode(),
            self._codec.encode(event),
            event_headers(topic, event),
        )

    def send_raw(
        self,
        topic: str,
        key: bytes | None,
        value: bytes | None,
        headers: Sequence[tuple[str, str | bytes | None]] = (),
        *,
        partition: int = -1,
    ) -> None:
        """Queue one record as it is; a value of None is a tombstone.

        Without a `partition` the key chooses it.
        """
        self._produce(
            topic,
            value=value,
            key=key,
            partition=partition,
            headers=list(headers),
            on_delivery=self._delivered,
        )

    def deliver(self, event: Event) -> None:
        """Send one event and wait until the broker has it; from any thread.

        Raises:
            BrokerError: the broker did not say in time that it has it; it may have it all the same,
                so the same event must be sent again.
        """
        topic, answers = TOPIC_OF[type(event)], list[KafkaError | None]()
        self._produce(
            topic,
            value=self._codec.encode(event),
            key=event.ticket_id.encode(),
            headers=event_headers(topic, event),
            on_delivery=lambda error, _message: answers.append(error),
        )
        end = monotonic() + DELIVERY_S
        while not answers and monotonic() < end:
            self._producer.poll(0.01)
        if not answers or answers[0] is not None:
            reason = answers[0].str() if answers and answers[0] else f"no answer in {DELIVERY_S} s"
            raise BrokerError(f"a record was not delivered: {reason}")

    def flush(self) -> None:
        """Wait until everything queued is delivered."""
        left = self._producer.flush(FLUSH_S)
        if self._failed or left:
            reason = self._failed[0] if self._failed else f"no answer within {FLUSH_S:.0f} s"
            raise BrokerError(f"{len(self._failed) + left} records were not delivered: {reason}")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, _value: object, _trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.flush()

    def _produce(self, topic: str, **record: Any) -> None:
        """Queue a record, as soon as the queue has room."""
        while True:
            try:
                self._producer.produce(topic, **record)
            except BufferError:
                self._producer.poll(0.5)
            else:
                self._producer.poll(0)
                return

    def _delivered(self, error: KafkaError | None, _message: Message) -> None:
        if error is not None:
            self._failed.append(error.str())
