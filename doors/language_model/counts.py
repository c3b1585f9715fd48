"""Prometheus metrics of asking a language model; labels are statuses, never people."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from ticketstream.processors.language_model import Reply
from ticketstream.stream.metrics import BUCKETS, MetricName


class AskingCounts:
    """What asking gave, in a registry of its own, which the worker's metrics take in."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        replies: MetricName = "ticketstream_language_model_replies_total"
        cost: MetricName = "ticketstream_language_model_cost_eur_total"
        seconds: MetricName = "ticketstream_language_model_seconds"
        circuit: MetricName = "ticketstream_language_model_circuit_open"
        self._replies = Counter(
            replies, "Questions by outcome", ["status", "reason"], registry=self.registry
        )
        self._cost = Counter(cost, "Cost in EUR", registry=self.registry)
        self._seconds = Histogram(seconds, "One question", registry=self.registry, buckets=BUCKETS)
        self._open = Gauge(circuit, "1: nobody asks", registry=self.registry)

    def came(self, reply: Reply) -> None:
        """A question has its reply."""
        self._replies.labels(reply.status, reply.reason).inc()
        self._cost.inc(reply.cost)
        if reply.attempts:
            self._seconds.observe(reply.latency_ms / 1000)

    def circuit(self, *, is_open: bool) -> None:
        """The breaker's state."""
        self._open.set(is_open)
