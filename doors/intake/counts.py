"""Prometheus metrics of one door; labels are doors, reasons and statuses, never people."""

from prometheus_client import CollectorRegistry, Counter, Gauge

from ticketstream.stream.metrics import MetricName


class DoorCounts:
    """What came through one door, in a registry of its own."""

    def __init__(self, door: str) -> None:
        self.registry = CollectorRegistry()
        self._door = door
        self._tickets = self._counter("ticketstream_intake_tickets_total", "Tickets published")
        self._dead = self._counter("ticketstream_intake_dead_total", "Dead letters", "reason")
        self._refused = self._counter("ticketstream_intake_refused_total", "Refused", "status")
        self._loops = self._counter("ticketstream_intake_loops_total", "Mails of loops stopped")
        name: MetricName = "ticketstream_intake_left"
        self._left = Gauge(name, "Mails left in the mailbox", ["door"], registry=self.registry)

    def taken(self, tickets: int = 1) -> None:
        """The broker has tickets."""
        self._tickets.labels(self._door).inc(tickets)

    def buried(self, reason: str, letters: int = 1) -> None:
        """The broker has dead letters."""
        self._dead.labels(self._door, reason).inc(letters)

    def refused(self, status: int) -> None:
        """A caller was told to do otherwise."""
        self._refused.labels(self._door, str(status)).inc()

    def loops(self, mails: int) -> None:
        """Mails of loops were stopped: the alarm."""
        self._loops.labels(self._door).inc(mails)

    def left(self, mails: int) -> None:
        """Mails stay in the mailbox: too large, or the server does not hand them out."""
        self._left.labels(self._door).set(mails)

    def _counter(self, name: MetricName, text: str, *labels: str) -> Counter:
        return Counter(name, text, ["door", *labels], registry=self.registry)
