"""Every topic with its settings: created, and held against what a broker has."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient, ConfigResource, NewTopic, ResourceType

from ticketstream.schemas.errors import BrokerError
from ticketstream.schemas.topics import CLEAR_TOPICS, EVENTS, dead_topic
from ticketstream.stream.pipeline import STAGES

DAY_MS = 24 * 3600 * 1000
MINUTE_MS = 60 * 1000
MB = 1024 * 1024
TIMEOUT = 20.0
INTAKE_DEAD = "intake.dead"

CLEAR = {
    "cleanup.policy": "compact,delete",
    "retention.ms": str(7 * DAY_MS),
    # short segments, so that a tombstone takes effect within minutes
    "segment.ms": str(10 * MINUTE_MS),
    "max.compaction.lag.ms": str(10 * MINUTE_MS),
    "delete.retention.ms": str(DAY_MS),
}
SEALED = {"cleanup.policy": "delete", "retention.ms": str(3 * 365 * DAY_MS)}
FOREVER = {"cleanup.policy": "delete", "retention.ms": "-1"}
TRIAL_DAYS = 30  # decisions of a policy on trial are no record of anything
TRIAL = {"cleanup.policy": "delete", "retention.ms": str(TRIAL_DAYS * DAY_MS)}
DEAD = {"cleanup.policy": "delete", "retention.ms": CLEAR["retention.ms"]}


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic: `largest` is the largest record it takes, in bytes."""

    name: str
    partitions: int
    largest: int
    settings: Mapping[str, str]

    def config(self) -> dict[str, str]:
        return {**self.settings, "max.message.bytes": str(self.largest)}


def topics(partitions: int = 4) -> dict[str, Topic]:
    """All topics by name; an event's topics have the same partitions, so keys stay together."""
    made = {name: Topic(name, partitions, 2 * MB, SEALED) for name in EVENTS}
    made |= {name: Topic(name, partitions, 2 * MB, CLEAR) for name in CLEAR_TOPICS}
    made["policy.changed"] = Topic("policy.changed", 1, 2 * MB, FOREVER)
    for source in dict.fromkeys(stage.source for stage in STAGES):
        made[dead_topic(source)] = Topic(dead_topic(source), partitions, 4 * MB, DEAD)
    made[INTAKE_DEAD] = Topic(INTAKE_DEAD, 1, 4 * MB, DEAD)
    return made


def admin(brokers: str) -> AdminClient:
    """An admin client of a broker that answered.

    Raises:
        BrokerError: nothing answers there.
    """
    client = AdminClient({"bootstrap.servers": brokers, "log_level": 0})
    try:
        client.list_topics(timeout=5)
    except KafkaException as error:
        raise BrokerError(
            f"no Kafka broker answers at {brokers}: start one with `ticketstream broker start`, "
            "or set TICKETSTREAM_BROKERS"
        ) from error
    return client


def create(brokers: str, partitions: int, replication: int = 1) -> list[str]:
    """Create the topics that are missing; returns their names."""
    client = admin(brokers)
    there = client.list_topics(timeout=TIMEOUT).topics
    missing = [t for t in topics(partitions).values() if t.name not in there]
    new = [NewTopic(t.name, t.partitions, replication, config=t.config()) for t in missing]
    for name, created in (client.create_topics(new) if new else {}).items():
        try:
            created.result(TIMEOUT)
        except KafkaException as error:
            raise BrokerError(f"topic {name} cannot be created: {error.args[0].str()}") from error
    return [t.name for t in missing]


def create_replay(brokers: str, name: str) -> str:
    """Make the topic of a policy on trial, with as many partitions and copies as the live one.

    Raises:
        BrokerError: there is no live topic, or it cannot be made.
    """
    require(brokers, ["ticket.routed"])
    client = admin(brokers)
    there = client.list_topics(timeout=TIMEOUT).topics
    if name not in there:
        live = there["ticket.routed"].partitions
        copies = len(live[0].replicas)
        topic = Topic(name, len(live), 2 * MB, TRIAL)
        new = NewTopic(name, topic.partitions, copies, config=topic.config())
        try:
            client.create_topics([new])[name].result(TIMEOUT)
        except KafkaException as error:
            raise BrokerError(f"topic {name} cannot be created: {error.args[0].str()}") from error
    return name


def check(brokers: str) -> list[str]:
    """What differs between the topics as they should be and as they are, a line each."""
    client = admin(brokers)
    there = client.list_topics(timeout=TIMEOUT).topics
    found = [t for t in topics().values() if t.name in there]
    lines = [
        f"topic {t.name} is missing: run `ticketstream topics create`"
        for t in topics().values()
        if t.name not in there
    ]
    for topic, actual in zip(found, _settings(client, [t.name for t in found]), strict=True):
        for name, wanted in topic.config().items():
            if actual[name] != wanted:
                lines.append(f"topic {topic.name}: {name} is {actual[name]}, should be {wanted}")
    return lines


def require(brokers: str, names: list[str]) -> None:
    """Stop a start that would wait for ever.

    Raises:
        BrokerError: the broker does not answer, or a topic is missing.
    """
    there = admin(brokers).list_topics(timeout=TIMEOUT).topics
    if missing := [n for n in names if n not in there]:
        raise BrokerError(f"missing topics {missing}: run `ticketstream topics create` first")


def _settings(client: AdminClient, names: list[str]) -> list[dict[str, Any]]:
    wanted = [ConfigResource(ResourceType.TOPIC, name) for name in names]
    if not wanted:
        return []
    answers = client.describe_configs(wanted)
    return [
        {k: entry.value for k, entry in answers[resource].result(TIMEOUT).items()}
        for resource in wanted
    ]
