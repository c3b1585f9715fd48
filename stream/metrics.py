"""Prometheus metrics of one worker, by typed names; labels are stages and reasons, never people."""

from collections import Counter as Count
from collections.abc import Sequence
from typing import Literal

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ticketstream.schemas.policy import Policy
from ticketstream.stream.record import Outgoing

MetricName = Literal[
    "ticketstream_records_in_total",  # counter: records read, tombstones included
    "ticketstream_records_out_total",  # counter: answers committed
    "ticketstream_records_dead_total",  # counter, by reason: dead letters committed
    "ticketstream_tombstones_total",  # counter: records without a value
    "ticketstream_transform_seconds",  # histogram: one slice through the stage's function
    "ticketstream_commit_seconds",  # histogram: one transaction
    "ticketstream_assigned_partitions",  # gauge: partitions of this worker
    "ticketstream_policy_in_force",  # gauge, by shop, policy, version, model: 1 for what decides
    "ticketstream_policies_refused",  # gauge, by shop: published, but not to be carried out here
    "ticketstream_policies_unreadable_total",  # counter: records of policy.changed that are none
    "ticketstream_intake_tickets_total",  # counter, by door: tickets that the broker has
    "ticketstream_intake_dead_total",  # counter, by door and reason: messages that are no ticket
    "ticketstream_intake_refused_total",  # counter, by door and status: answers other than 202
    "ticketstream_intake_loops_total",  # counter, by door: mails of loops that were stopped
    "ticketstream_intake_left",  # gauge, by door: mails that stay in the mailbox
    "ticketstream_language_model_replies_total",  # counter, by status and reason: questions
    "ticketstream_language_model_cost_eur_total",  # counter: EUR, of all attempts
    "ticketstream_language_model_seconds",  # histogram: one question, its second attempt included
    "ticketstream_language_model_circuit_open",  # gauge: 1 while nobody asks
]
BUCKETS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Metrics:
    """The metrics of one stage's worker, in a registry of its own."""

    def __init__(self, stage: str) -> None:
        self.stage = stage
        self.registry = CollectorRegistry()
        self.records_in = self._counter("ticketstream_records_in_total", "Records read")
        self.records_out = self._counter("ticketstream_records_out_total", "Answers committed")
        self.tombstones = self._counter("ticketstream_tombstones_total", "Records without a value")
        self.dead = Counter(
            "ticketstream_records_dead_total",
            "Dead letters committed",
            ["stage", "reason"],
            registry=self.registry,
        )
        self.transform_seconds = self._histogram("ticketstream_transform_seconds", "One slice")
        self.commit_seconds = self._histogram("ticketstream_commit_seconds", "One transaction")
        name: MetricName = "ticketstream_assigned_partitions"
        self.assigned = Gauge(
            name, "Partitions of this worker", ["stage"], registry=self.registry
        ).labels(stage)
        self.policies_unreadable = self._counter(
            "ticketstream_policies_unreadable_total", "Records of policy.changed that are none"
        )
        self._refused = self._gauge("ticketstream_policies_refused", "Not carried out", "shop")
        self._in_force = self._gauge(
            "ticketstream_policy_in_force",
            "1 for what decides",
            "shop",
            "policy",
            "version",
            "model",
        )
        self._deciding: dict[str, tuple[str, ...]] = {}

    def slice_done(self, records: int, outputs: Sequence[Outgoing]) -> None:
        """Count one committed slice."""
        reasons = Count(o.dead for o in outputs if o.dead)
        self.records_in.inc(records)
        self.records_out.inc(len(outputs) - reasons.total())
        self.tombstones.inc(records - len(outputs))
        for reason, count in reasons.items():
            self.dead.labels(self.stage, reason).inc(count)

    def policies_refused(self, shop: str, count: int) -> None:
        """How many of a shop's published policies this worker cannot carry out."""
        self._refused.labels(self.stage, shop).set(count)

    def policy_decides(self, shop: str, policy: Policy) -> None:
        """Another policy decides for a shop from now on."""
        if (before := self._deciding.get(shop)) is not None:
            self._in_force.remove(*before)
        now = (self.stage, shop, policy.id, policy.version, policy.active.model)
        self._in_force.labels(*now).set(1)
        self._deciding[shop] = now

    def _gauge(self, name: MetricName, text: str, *labels: str) -> Gauge:
        return Gauge(name, text, ["stage", *labels], registry=self.registry)

    def _counter(self, name: MetricName, text: str) -> Counter:
        return Counter(name, text, ["stage"], registry=self.registry).labels(self.stage)

    def _histogram(self, name: MetricName, text: str) -> Histogram:
        return Histogram(name, text, ["stage"], registry=self.registry, buckets=BUCKETS).labels(
            self.stage
        )
