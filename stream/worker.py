"""One worker of one stage: topic limits, ids, metrics and health around the loop."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import structlog
from prometheus_client import CollectorRegistry

from ticketstream.schemas.codec import Codec
from ticketstream.schemas.dead import Dead
from ticketstream.schemas.topics import dead_topic
from ticketstream.stream import topics
from ticketstream.stream.by_policy import ByPolicy, always
from ticketstream.stream.health import serve_health
from ticketstream.stream.loop import Loop, LoopSettings
from ticketstream.stream.metrics import Metrics
from ticketstream.stream.orphan import end_with_parent
from ticketstream.stream.policies import Policies
from ticketstream.stream.record import Incoming, Outgoing
from ticketstream.stream.stage import run_stage
from ticketstream.stream.work import Deciding, Resources, Seals, Stage, Work
from ticketstream.stream.worker_id import claim

SUSPECT = Dead("suspect", "the worker died twice while it processed this event alone")

log = structlog.get_logger(__name__)


class Equipment(Protocol):
    """What a stage's function and its loop work with."""

    @property
    def resources(self) -> Resources | ByPolicy: ...
    @property
    def seals(self) -> Seals: ...
    @property
    def counts(self) -> CollectorRegistry | None:
        """Metrics of the resources' own, shown beside the worker's."""


@dataclass(frozen=True, slots=True)
class WorkerSettings:
    """Where a worker runs. `state` holds its lock files and marks; port 0 takes a free one."""

    brokers: str
    state: Path
    host: str
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    supervised: bool = False


def run_worker(stage: Stage, equipment: Equipment, codec: Codec, settings: WorkerSettings) -> None:
    """Run until told to stop; ends the process (see `run_stage`).

    Raises:
        BrokerError: the broker does not answer, or a topic is missing.
        PolicyError: the policies that are published cannot be read to their end.
    """
    if settings.supervised:
        end_with_parent()
    names = [stage.source, stage.target, dead_topic(stage.source)]
    topics.require(settings.brokers, names)
    limits = {t.name: t.largest for t in topics.topics().values()}
    metrics = Metrics(stage.name)
    begin = _beginning(equipment.resources, codec, metrics, settings.brokers)
    work = Work(stage, begin, codec, equipment.seals, limits)
    state = settings.state / stage.name
    worker, lock = claim(state, settings.host)
    if equipment.counts is not None:
        metrics.registry.register(equipment.counts)

    def bury(records: Sequence[Incoming]) -> list[Outgoing]:
        return work.bury(records, SUSPECT)

    def ready(loop: Loop) -> None:
        port = serve_health(
            metrics.registry,
            live=lambda: not loop.watchdog.overdue(),
            ready=lambda: loop.assignment is not None,
            host=settings.metrics_host,
            port=settings.metrics_port,
        )
        log.info("worker_starts", stage=stage.name, worker=worker, metrics_port=port)

    with lock:
        run_stage(
            LoopSettings(
                brokers=settings.brokers,
                group=stage.name,
                source=stage.source,
                worker=worker,
                state=state,
                slice_size=stage.largest_batch,
                deadline=stage.deadline,
            ),
            work,
            bury,
            metrics,
            ready,
        )


def _beginning(
    resources: Resources | ByPolicy, codec: Codec, metrics: Metrics, brokers: str
) -> Callable[[], Deciding]:
    """What says at a slice's beginning what decides; every policy published so far is known."""
    if not isinstance(resources, ByPolicy):
        return always(resources)
    policies = Policies(resources, codec, metrics)
    policies.start(brokers)
    return policies.begin
